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
