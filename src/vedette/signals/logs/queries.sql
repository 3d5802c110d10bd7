-- :name page
-- The newest records before a cursor that match a search.
SELECT
    RecordId,
    toUnixTimestamp64Nano(Timestamp) AS time_ns,
    toUnixTimestamp64Nano(ObservedTimestamp) AS observed_ns,
    SeverityNumber, SeverityText, ServiceName, Body, TraceId, SpanId, EventName,
    LogAttributes, ResourceAttributes, ScopeName, ScopeVersion
FROM otel_logs
WHERE Project = {project:UInt32}
  AND Timestamp >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC') AND Timestamp < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
  AND Timestamp <= fromUnixTimestamp64Nano({cursor_ns:Int64}, 'UTC')
  AND (toUnixTimestamp64Nano(Timestamp), RecordId) < ({cursor_ns:Int64}, {cursor_id:UInt64})
  AND (/*search*/)
ORDER BY Timestamp DESC, RecordId DESC
LIMIT {limit:UInt32}

-- :name record
-- One record by its time and id.
SELECT
    RecordId,
    toUnixTimestamp64Nano(Timestamp) AS time_ns,
    toUnixTimestamp64Nano(ObservedTimestamp) AS observed_ns,
    SeverityNumber, SeverityText, ServiceName, Body, TraceId, SpanId, EventName,
    LogAttributes, ResourceAttributes, ScopeName, ScopeVersion
FROM otel_logs
WHERE Project = {project:UInt32} AND Timestamp = fromUnixTimestamp64Nano({time_ns:Int64}, 'UTC') AND RecordId = {id:UInt64}
LIMIT 1

-- :name histogram
-- Records per step and severity that match a search.
SELECT
    toUnixTimestamp(toStartOfInterval(toDateTime(Timestamp, 'UTC'), toIntervalSecond({step_s:UInt32}))) AS time_s,
    toUInt8(if(SeverityNumber = 0, 2, least(intDiv(SeverityNumber - 1, 4), 5))) AS severity,
    count() AS count
FROM otel_logs
WHERE Project = {project:UInt32}
  AND Timestamp >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC') AND Timestamp < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
  AND (/*search*/)
GROUP BY time_s, severity

-- :name histogram_by_minute
-- The same without a search, from the counts per minute.
SELECT
    toUnixTimestamp(toStartOfInterval(Minute, toIntervalSecond({step_s:UInt32}))) AS time_s,
    Severity AS severity,
    sum(Count) AS count
FROM log_counts_1m
WHERE Project = {project:UInt32}
  AND Minute >= toStartOfMinute(toDateTime(intDiv({from_ns:Int64}, 1000000000), 'UTC')) AND Minute < toDateTime(intDiv({to_ns:Int64}, 1000000000), 'UTC')
GROUP BY time_s, severity
