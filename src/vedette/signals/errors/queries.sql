-- :name issues
-- Issues with events in a range, latest first. Whole hours come from the aggregates, the rest of the range, at its two
-- ends, from the events; a search is about events, so with one all of the range is read there.
SELECT IssueId, events, toUnixTimestamp64Nano(last_seen) AS last_seen_ns
FROM (
    SELECT IssueId, sum(Events) AS events, max(LastSeen) AS last_seen
    FROM (
        SELECT IssueId, Events, LastSeen
        FROM error_issues_1h
        WHERE Project = {project:UInt32}
          AND Hour >= toDateTime({first_hour_s:UInt32}, 'UTC') AND Hour < toDateTime({last_hour_s:UInt32}, 'UTC')
          AND (/*status*/)
        UNION ALL
        SELECT IssueId, 1 AS Events, Timestamp AS LastSeen
        FROM error_events
        WHERE Project = {project:UInt32}
          AND Timestamp >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC')
          AND Timestamp < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
          AND (
              Timestamp < toDateTime64({first_hour_s:UInt32}, 9, 'UTC')
              OR Timestamp >= toDateTime64({last_hour_s:UInt32}, 9, 'UTC')
          )
          AND (/*status*/)
          AND (/*search*/)
    )
    GROUP BY IssueId
)
WHERE (last_seen_ns, IssueId) < ({cursor_ns:Int64}, {cursor_id:UInt64})
ORDER BY last_seen DESC, IssueId DESC
LIMIT {limit:UInt32}

-- :name figures
-- Events and users of some issues in a range; whole hours and ends as above.
SELECT IssueId, sum(Events) AS events, uniqIfMerge(Users) AS users
FROM (
    SELECT IssueId, Events, Users
    FROM error_issues_1h
    WHERE Project = {project:UInt32} AND IssueId IN {ids:Array(UInt64)}
      AND Hour >= toDateTime({first_hour_s:UInt32}, 'UTC') AND Hour < toDateTime({last_hour_s:UInt32}, 'UTC')
    UNION ALL
    SELECT IssueId, count() AS Events, uniqIfState(UserId, UserId != '') AS Users
    FROM error_events
    WHERE Project = {project:UInt32} AND IssueId IN {ids:Array(UInt64)}
      AND Timestamp >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC')
      AND Timestamp < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
      AND (
          Timestamp < toDateTime64({first_hour_s:UInt32}, 9, 'UTC')
          OR Timestamp >= toDateTime64({last_hour_s:UInt32}, 9, 'UTC')
      )
      AND (/*search*/)
    GROUP BY IssueId
)
GROUP BY IssueId

-- :name trends
-- Events of some issues per step of a range; whole hours and ends as above.
SELECT IssueId, intDiv(moment_s, {step_s:UInt32}) AS step, sum(events) AS events
FROM (
    SELECT IssueId, toUnixTimestamp(Hour) AS moment_s, Events AS events
    FROM error_issues_1h
    WHERE Project = {project:UInt32} AND IssueId IN {ids:Array(UInt64)}
      AND Hour >= toDateTime({first_hour_s:UInt32}, 'UTC') AND Hour < toDateTime({last_hour_s:UInt32}, 'UTC')
    UNION ALL
    SELECT IssueId, toUnixTimestamp(toDateTime(Timestamp, 'UTC')) AS moment_s, 1 AS events
    FROM error_events
    WHERE Project = {project:UInt32} AND IssueId IN {ids:Array(UInt64)}
      AND Timestamp >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC')
      AND Timestamp < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
      AND (
          Timestamp < toDateTime64({first_hour_s:UInt32}, 9, 'UTC')
          OR Timestamp >= toDateTime64({last_hour_s:UInt32}, 9, 'UTC')
      )
      AND (/*search*/)
)
GROUP BY IssueId, step

-- :name histories
-- What is known of some issues over all of the retention.
SELECT
    IssueId,
    argMaxMerge(Latest) AS latest,
    toUnixTimestamp64Nano(min(FirstSeen)) AS first_seen_ns,
    toUnixTimestamp64Nano(max(LastSeen)) AS last_seen_ns,
    toUnixTimestamp64Nano(max(LastReceived)) AS last_received_ns,
    argMinIfMerge(FirstRelease) AS first_release,
    argMaxIfMerge(LastRelease) AS last_release,
    arraySort(groupUniqArrayArray(20)(Environments)) AS environments,
    arraySort(groupUniqArrayArray(20)(Services)) AS services
FROM error_issues
WHERE Project = {project:UInt32} AND IssueId IN {ids:Array(UInt64)}
GROUP BY IssueId

-- :name last_received
-- When some issues last received an event: what came after they were resolved opens them again.
SELECT IssueId, toUnixTimestamp64Nano(max(LastReceived)) AS last_received_ns
FROM error_issues
WHERE Project = {project:UInt32} AND IssueId IN {ids:Array(UInt64)}
GROUP BY IssueId

-- :name issue_events
-- The events of one issue before a cursor, latest first.
SELECT
    EventId, toUnixTimestamp64Nano(Timestamp) AS time_ns, sipHash64(EventId) AS hash,
    Type, Value, Level, Release, Environment, UserId, TraceId, SpanId, IssueId, ServiceName
FROM error_events
WHERE Project = {project:UInt32} AND IssueId = {id:UInt64}
  AND Timestamp <= fromUnixTimestamp64Nano({cursor_ns:Int64}, 'UTC')
  AND (toUnixTimestamp64Nano(Timestamp), sipHash64(EventId)) < ({cursor_ns:Int64}, {cursor_id:UInt64})
ORDER BY Timestamp DESC, hash DESC
LIMIT {limit:UInt32}

-- :name trace_events
-- The events of one trace before a cursor, latest first.
SELECT
    EventId, toUnixTimestamp64Nano(Timestamp) AS time_ns, sipHash64(EventId) AS hash,
    Type, Value, Level, Release, Environment, UserId, TraceId, SpanId, IssueId, ServiceName
FROM error_events
WHERE Project = {project:UInt32} AND TraceId = {trace_id:String}
  AND (toUnixTimestamp64Nano(Timestamp), sipHash64(EventId)) < ({cursor_ns:Int64}, {cursor_id:UInt64})
ORDER BY Timestamp DESC, hash DESC
LIMIT {limit:UInt32}

-- :name event
-- One event by its id.
SELECT
    EventId, IssueId, toUnixTimestamp64Nano(Timestamp) AS time_ns, toUnixTimestamp64Nano(ReceivedAt) AS received_ns,
    Type, Value, Culprit, Level, Platform, Release, Environment, ServerName, TransactionName, ServiceName, Logger,
    toString(Handled) AS handled, TraceId, SpanId, UserId, Tags, SdkName, SdkVersion, Payload
FROM error_events
WHERE Project = {project:UInt32} AND EventId = {event_id:String}
LIMIT 1
