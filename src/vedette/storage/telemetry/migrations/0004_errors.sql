-- Error events as the Sentry protocol brings them. Sorted by issue, so that one issue's events, latest first, are a
-- short read; days are partitions. Payload is JSON of what is only shown: exceptions, breadcrumbs, request, contexts.
-- Replacing removes, late, what two servers stored of one retried event; the door recognises retries before that.
CREATE TABLE IF NOT EXISTS error_events (
    Project UInt32 DEFAULT 1 CODEC(ZSTD(1)),
    Timestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    ReceivedAt DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    EventId String CODEC(ZSTD(1)),
    IssueId UInt64 CODEC(ZSTD(1)),
    Type LowCardinality(String) CODEC(ZSTD(1)),
    Value String CODEC(ZSTD(1)),
    Culprit String CODEC(ZSTD(1)),
    Level LowCardinality(String) CODEC(ZSTD(1)),
    Platform LowCardinality(String) CODEC(ZSTD(1)),
    Release LowCardinality(String) CODEC(ZSTD(1)),
    Environment LowCardinality(String) CODEC(ZSTD(1)),
    ServerName LowCardinality(String) CODEC(ZSTD(1)),
    TransactionName LowCardinality(String) CODEC(ZSTD(1)),
    ServiceName LowCardinality(String) CODEC(ZSTD(1)),
    Logger LowCardinality(String) CODEC(ZSTD(1)),
    Handled Enum8('unknown' = 0, 'yes' = 1, 'no' = 2) CODEC(ZSTD(1)),
    TraceId String CODEC(ZSTD(1)),
    SpanId String CODEC(ZSTD(1)),
    UserId String CODEC(ZSTD(1)),
    Tags Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    SdkName LowCardinality(String) CODEC(ZSTD(1)),
    SdkVersion LowCardinality(String) CODEC(ZSTD(1)),
    Payload String CODEC(ZSTD(3)),
    INDEX event_id EventId TYPE bloom_filter(0.005) GRANULARITY 1,
    INDEX trace_id TraceId TYPE bloom_filter(0.005) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (Project, IssueId, Timestamp, EventId);

-- Issues per hour, for figures of a range. States are dear to read: few rows to a mark.
CREATE TABLE IF NOT EXISTS error_issues_1h (
    Project UInt32 CODEC(ZSTD(1)),
    IssueId UInt64 CODEC(ZSTD(1)),
    Hour DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    Events SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD(1)),
    Users AggregateFunction(uniqIf, String, UInt8) CODEC(ZSTD(1)),
    LastSeen SimpleAggregateFunction(max, DateTime64(9, 'UTC')) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toDate(Hour)
ORDER BY (Project, IssueId, Hour)
SETTINGS index_granularity = 256;

CREATE MATERIALIZED VIEW IF NOT EXISTS error_issues_1h_from_events TO error_issues_1h AS
SELECT
    Project,
    IssueId,
    toStartOfHour(toDateTime(Timestamp, 'UTC')) AS Hour,
    count() AS Events,
    uniqIfState(UserId, UserId != '') AS Users,
    max(Timestamp) AS LastSeen
FROM error_events
GROUP BY Project, IssueId, Hour;

-- Issues as a whole: what a list shows of each, in one row. Latest is a JSON list of type, value, culprit, level,
-- platform and event id of the latest event.
CREATE TABLE IF NOT EXISTS error_issues (
    Project UInt32 CODEC(ZSTD(1)),
    IssueId UInt64 CODEC(ZSTD(1)),
    FirstSeen SimpleAggregateFunction(min, DateTime64(9, 'UTC')) CODEC(ZSTD(1)),
    LastSeen SimpleAggregateFunction(max, DateTime64(9, 'UTC')) CODEC(ZSTD(1)),
    LastReceived SimpleAggregateFunction(max, DateTime64(9, 'UTC')) CODEC(ZSTD(1)),
    Latest AggregateFunction(argMax, String, DateTime64(9, 'UTC')) CODEC(ZSTD(1)),
    FirstRelease AggregateFunction(argMinIf, String, DateTime64(9, 'UTC'), UInt8) CODEC(ZSTD(1)),
    LastRelease AggregateFunction(argMaxIf, String, DateTime64(9, 'UTC'), UInt8) CODEC(ZSTD(1)),
    Environments SimpleAggregateFunction(groupUniqArrayArray(20), Array(String)) CODEC(ZSTD(1)),
    Services SimpleAggregateFunction(groupUniqArrayArray(20), Array(String)) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
ORDER BY (Project, IssueId)
SETTINGS index_granularity = 256;

CREATE MATERIALIZED VIEW IF NOT EXISTS error_issues_from_events TO error_issues AS
SELECT
    Project,
    IssueId,
    min(Timestamp) AS FirstSeen,
    max(Timestamp) AS LastSeen,
    max(ReceivedAt) AS LastReceived,
    argMaxState(
        toJSONString([toString(Type), Value, Culprit, toString(Level), toString(Platform), EventId]), Timestamp
    ) AS Latest,
    argMinIfState(toString(Release), Timestamp, Release != '') AS FirstRelease,
    argMaxIfState(toString(Release), Timestamp, Release != '') AS LastRelease,
    groupUniqArrayIf(20)(toString(Environment), Environment != '') AS Environments,
    groupUniqArrayIf(20)(toString(ServiceName), ServiceName != '') AS Services
FROM error_events
GROUP BY Project, IssueId;
