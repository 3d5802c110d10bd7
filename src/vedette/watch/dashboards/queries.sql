-- :name any_logs
-- Whether there is any log record.
SELECT 1 AS found FROM otel_logs WHERE Project = {project:UInt32} LIMIT 1

-- :name any_traces
-- Whether there is any span.
SELECT 1 AS found FROM otel_traces WHERE Project = {project:UInt32} LIMIT 1

-- :name any_errors
-- Whether there is any error event.
SELECT 1 AS found FROM error_events WHERE Project = {project:UInt32} LIMIT 1

-- :name any_events
-- Whether there is any product event.
SELECT 1 AS found FROM events WHERE Project = {project:UInt32} LIMIT 1

-- :name any_metrics
-- Whether there is any series.
SELECT 1 AS found FROM series WHERE Project = {project:UInt32} LIMIT 1
