-- :name requests
-- Entry spans per step and duration bucket; step 0 stands for the whole previous period.
SELECT
    if(Minute >= toDateTime({from_s:UInt32}, 'UTC'), toUnixTimestamp(toStartOfInterval(Minute, toIntervalSecond({step_s:UInt32}))), 0) AS time_s,
    Bucket AS bucket,
    sum(Count) AS count,
    sumIf(Count, IsError = 1) AS errors,
    sum(DurationSum) AS duration_ns
FROM /*red*/
WHERE Project = {project:UInt32}
  AND Minute >= toDateTime({previous_s:UInt32}, 'UTC') AND Minute < toDateTime({to_s:UInt32}, 'UTC')
GROUP BY time_s, bucket

-- :name endpoints
-- Entry spans of the busiest endpoints, counted per duration bucket.
SELECT
    ServiceName AS service, SpanName AS name,
    sum(Count) AS count, sumIf(Count, IsError = 1) AS errors,
    sumMap([Bucket], [Count]) AS durations
FROM /*red*/
WHERE Project = {project:UInt32}
  AND Minute >= toDateTime({from_s:UInt32}, 'UTC') AND Minute < toDateTime({to_s:UInt32}, 'UTC')
GROUP BY service, name
ORDER BY count DESC
LIMIT {limit:UInt32}

-- :name uptime
-- Minutes with traffic in a range, and those in which most requests failed.
SELECT count() AS minutes, countIf(errors * 2 > total) AS failing
FROM (
    SELECT Minute, sum(Count) AS total, sumIf(Count, IsError = 1) AS errors
    FROM red_1m
    WHERE Project = {project:UInt32} AND Minute >= toDateTime({from_s:UInt32}, 'UTC') AND Minute < toDateTime({to_s:UInt32}, 'UTC')
    GROUP BY Minute
)

-- :name active_users
-- Distinct people of the last five minutes to ten (slots are five minutes long) and of the last day.
SELECT
    uniqMergeIf(People, Slot >= toDateTime({recent_s:UInt32}, 'UTC')) AS last_5m,
    uniqMerge(People) AS last_24h
FROM active_people_5m
WHERE Project = {project:UInt32} AND Slot >= toDateTime({from_s:UInt32}, 'UTC')

-- :name active_users_series
-- Distinct people per step.
SELECT
    toUnixTimestamp(toStartOfInterval(Slot, toIntervalSecond({step_s:UInt32}))) AS time_s,
    uniqMerge(People) AS people
FROM active_people_5m
WHERE Project = {project:UInt32} AND Slot >= toDateTime({from_s:UInt32}, 'UTC') AND Slot < toDateTime({to_s:UInt32}, 'UTC')
GROUP BY time_s

-- :name last_seen
-- When the newest record of each signal happened, for what arrived before this server started.
SELECT 'traces' AS signal, toUnixTimestamp64Nano(Timestamp) AS time_ns FROM otel_traces WHERE Project = {project:UInt32} ORDER BY Timestamp DESC LIMIT 1
UNION ALL
SELECT 'logs', toUnixTimestamp64Nano(Timestamp) FROM otel_logs WHERE Project = {project:UInt32} ORDER BY Timestamp DESC LIMIT 1
UNION ALL
SELECT 'events', toUnixTimestamp64Nano(Timestamp) FROM events WHERE Project = {project:UInt32} ORDER BY Timestamp DESC LIMIT 1
UNION ALL
SELECT 'errors', toUnixTimestamp64Nano(max(LastSeen)) FROM error_issues_1h WHERE Project = {project:UInt32} HAVING count() > 0
UNION ALL
-- Of a series the hours of each day are known: the beginning of the last one.
SELECT 'metrics', (toInt64(toInt32(any(Day))) * 24 + toInt64(log2(groupBitOr(Hours)))) * 3600000000000 FROM series
WHERE Project = {project:UInt32} AND Day = (SELECT max(Day) FROM series WHERE Project = {project:UInt32}) HAVING count() > 0
