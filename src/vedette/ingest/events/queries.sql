-- :name recent_event_ids
-- The ids that senders gave to the events stored lately, oldest first: what may be sent again after a restart.
SELECT EventId
FROM (
    SELECT EventId, ReceivedAt
    FROM events
    WHERE Project = {project:UInt32} AND Timestamp > now64() - INTERVAL 2 DAY AND EventId != ''
    ORDER BY ReceivedAt DESC
    LIMIT 20000
)
ORDER BY ReceivedAt
