-- :name page
-- The newest events before a cursor that match a search.
SELECT RecordId, toUnixTimestamp64Nano(Timestamp) AS time_ns, Name, DistinctId, SessionId, Properties
FROM events
WHERE Project = {project:UInt32}
  AND Timestamp >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC')
  AND Timestamp < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
  AND (toUnixTimestamp64Nano(Timestamp), RecordId) < ({cursor_ns:Int64}, {cursor_id:UInt64})
  AND (/*search*/)
ORDER BY Timestamp DESC, RecordId DESC
LIMIT {limit:UInt32}

-- :name names
-- The names of the events in a range, most frequent first, with how many people did it.
SELECT
    toString(Name) AS name,
    count() AS count,
    uniqIf(DistinctId, DistinctId != '') AS people,
    toUnixTimestamp64Nano(max(Timestamp)) AS last_seen_ns
FROM events
WHERE Project = {project:UInt32}
  AND Timestamp >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC')
  AND Timestamp < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
GROUP BY Name
ORDER BY count DESC, name
LIMIT 1000

-- :name retention
-- Of the people first seen in each period (counted from 1970 on), how many were seen in each later one.
SELECT first AS cohort, toInt64(arrayJoin(seen)) - first AS later, count() AS people
FROM (
    SELECT
        toInt64(min(Period)) AS first,
        groupUniqArray(Period) AS seen
    FROM (
        SELECT DistinctId, intDiv(toUnixTimestamp(toDateTime(Timestamp, 'UTC')) - {shift_s:Int64}, {period_s:Int64}) AS Period
        FROM events
        WHERE Project = {project:UInt32}
          AND Timestamp < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
          AND DistinctId != '' AND DistinctId != SessionId
          AND (/*search*/)
    )
    GROUP BY DistinctId
)
WHERE first >= intDiv(intDiv({from_ns:Int64}, 1000000000) - {shift_s:Int64}, {period_s:Int64})
GROUP BY cohort, later
ORDER BY cohort, later
