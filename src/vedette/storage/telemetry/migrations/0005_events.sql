-- Product events: what people do. Values of Properties that are not text are JSON text.
-- RecordId grows with time; with Timestamp it names one record and one place in a list. EventId is the sender's, if any.
CREATE TABLE IF NOT EXISTS events (
    Project UInt32 DEFAULT 1 CODEC(ZSTD(1)),
    Timestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    RecordId UInt64 DEFAULT generateSnowflakeID() CODEC(Delta(8), ZSTD(1)),
    ReceivedAt DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    EventId String CODEC(ZSTD(1)),
    Name LowCardinality(String) CODEC(ZSTD(1)),
    DistinctId String CODEC(ZSTD(1)),
    SessionId String CODEC(ZSTD(1)),
    Properties Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    INDEX distinct_id DistinctId TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX session_id SessionId TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (Project, Timestamp, RecordId);

-- Distinct people per five minutes; slots merge into any longer window.
CREATE TABLE IF NOT EXISTS active_people_5m (
    Project UInt32 CODEC(ZSTD(1)),
    Slot DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    People AggregateFunction(uniq, String) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toDate(Slot)
ORDER BY (Project, Slot);

CREATE MATERIALIZED VIEW IF NOT EXISTS active_people_5m_from_events TO active_people_5m AS
SELECT
    Project,
    toStartOfFiveMinutes(toDateTime(Timestamp, 'UTC')) AS Slot,
    uniqState(DistinctId) AS People
FROM events
WHERE DistinctId != ''
GROUP BY Project, Slot;
