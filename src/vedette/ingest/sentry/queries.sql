-- :name recent_event_ids
-- The events stored lately, oldest first: what a client may send again after this server was restarted.
SELECT EventId
FROM (
    SELECT EventId, ReceivedAt
    FROM error_events
    WHERE Project = {project:UInt32} AND Timestamp > now64() - INTERVAL 2 DAY
    ORDER BY ReceivedAt DESC
    LIMIT 20000
)
ORDER BY ReceivedAt
