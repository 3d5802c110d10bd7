-- :name page_ids
-- The newest spans that match a search, before a cursor: read from the end until there are enough.
SELECT TraceId, toUnixTimestamp64Nano(Timestamp) AS time_ns, cityHash64(TraceId) AS hash
FROM otel_traces
WHERE Project = {project:UInt32}
  AND Timestamp >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC') AND Timestamp < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
  AND Timestamp <= fromUnixTimestamp64Nano({cursor_ns:Int64}, 'UTC')
  AND (toUnixTimestamp64Nano(Timestamp), cityHash64(TraceId)) < ({cursor_ns:Int64}, {cursor_id:UInt64})
  AND (/*search*/)
ORDER BY Timestamp DESC, cityHash64(TraceId) DESC
LIMIT {limit:UInt32}

-- :name summaries
-- What a list shows of each of these traces. A root goes before an earlier span that is none.
SELECT
    TraceId,
    toUnixTimestamp64Nano(min(Timestamp)) AS start_ns,
    max(toUnixTimestamp64Nano(Timestamp) + toInt64(Duration)) AS end_ns,
    count() AS span_count,
    countIf(StatusCode = 'Error') AS error_count,
    groupUniqArray(20)(ServiceName) AS services,
    argMin((ServiceName, SpanName, StatusCode,
        SpanAttributes['http.response.status_code'], SpanAttributes['http.status_code']),
        (ParentSpanId != '', Timestamp)) AS root
FROM otel_traces
WHERE Project = {project:UInt32}
  AND Timestamp >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC') AND Timestamp < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
  AND TraceId IN {ids:Array(String)}
GROUP BY TraceId

-- :name spans
-- Every span of one trace, by start.
SELECT
    TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, StatusCode, StatusMessage, Duration,
    toUnixTimestamp64Nano(Timestamp) AS start_ns,
    SpanAttributes, ResourceAttributes, ScopeName, ScopeVersion,
    arrayMap(each -> toUnixTimestamp64Nano(each), `Events.Timestamp`) AS event_times,
    `Events.Name` AS event_names, `Events.Attributes` AS event_attributes,
    `Links.TraceId` AS link_traces, `Links.SpanId` AS link_spans, `Links.Attributes` AS link_attributes
FROM otel_traces
WHERE Project = {project:UInt32} AND TraceId = {trace_id:String}
ORDER BY Timestamp
LIMIT 1 BY SpanId, Timestamp
LIMIT {limit:UInt32}
