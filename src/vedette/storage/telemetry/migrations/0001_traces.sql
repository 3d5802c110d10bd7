-- Spans: the columns of the OpenTelemetry Collector's ClickHouse exporter, and the project before them.
-- Source: opentelemetry-collector-contrib, exporter/clickhouseexporter/internal/sqltemplates/traces_table.sql
-- Sorted by time within the project, so that "the latest" is a read from the end, and among equal times by a hash that a
-- list can go on from; the id filter finds a trace.
CREATE TABLE IF NOT EXISTS otel_traces (
    Project UInt32 DEFAULT 1 CODEC(ZSTD(1)),
    Timestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    TraceId String CODEC(ZSTD(1)),
    SpanId String CODEC(ZSTD(1)),
    ParentSpanId String CODEC(ZSTD(1)),
    TraceState String CODEC(ZSTD(1)),
    SpanName LowCardinality(String) CODEC(ZSTD(1)),
    SpanKind LowCardinality(String) CODEC(ZSTD(1)),
    ServiceName LowCardinality(String) CODEC(ZSTD(1)),
    ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    ScopeName LowCardinality(String) CODEC(ZSTD(1)),
    ScopeVersion LowCardinality(String) CODEC(ZSTD(1)),
    SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    Duration UInt64 CODEC(ZSTD(1)),
    StatusCode LowCardinality(String) CODEC(ZSTD(1)),
    StatusMessage String CODEC(ZSTD(1)),
    `Events.Timestamp` Array(DateTime64(9, 'UTC')) CODEC(ZSTD(1)),
    `Events.Name` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `Events.Attributes` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
    `Links.TraceId` Array(String) CODEC(ZSTD(1)),
    `Links.SpanId` Array(String) CODEC(ZSTD(1)),
    `Links.TraceState` Array(String) CODEC(ZSTD(1)),
    `Links.Attributes` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
    INDEX trace_id TraceId TYPE bloom_filter(0.005) GRANULARITY 1,
    INDEX span_values mapValues(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX resource_values mapValues(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
PRIMARY KEY (Project, Timestamp)
ORDER BY (Project, Timestamp, cityHash64(TraceId));

-- Rate, errors and duration of entry spans per minute and endpoint. Durations are counted in buckets whose bounds
-- grow by a tenth, so that any quantile of any sum of rows is exact to 5 %: bucket = floor(ln(ns) / ln(1.1)).
CREATE TABLE IF NOT EXISTS red_1m (
    Project UInt32 CODEC(ZSTD(1)),
    Minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    ServiceName LowCardinality(String) CODEC(ZSTD(1)),
    SpanName LowCardinality(String) CODEC(ZSTD(1)),
    IsError UInt8 CODEC(ZSTD(1)),
    Bucket Int16 CODEC(ZSTD(1)),
    Count UInt64 CODEC(ZSTD(1)),
    DurationSum UInt64 CODEC(ZSTD(1))
)
ENGINE = SummingMergeTree((Count, DurationSum))
PARTITION BY toDate(Minute)
ORDER BY (Project, Minute, ServiceName, SpanName, IsError, Bucket);

CREATE MATERIALIZED VIEW IF NOT EXISTS red_1m_from_traces TO red_1m AS
SELECT
    Project,
    toStartOfMinute(toDateTime(Timestamp, 'UTC')) AS Minute,
    ServiceName,
    SpanName,
    StatusCode = 'Error' AS IsError,
    toInt16(floor(log(greatest(Duration, 1)) / log(1.1))) AS Bucket,
    count() AS Count,
    sum(Duration) AS DurationSum
FROM otel_traces
WHERE SpanKind IN ('Server', 'Consumer')
GROUP BY Project, Minute, ServiceName, SpanName, IsError, Bucket;

-- The same per ten minutes, for ranges of hours and days.
CREATE TABLE IF NOT EXISTS red_10m AS red_1m
ENGINE = SummingMergeTree((Count, DurationSum))
PARTITION BY toDate(Minute)
ORDER BY (Project, Minute, ServiceName, SpanName, IsError, Bucket);

CREATE MATERIALIZED VIEW IF NOT EXISTS red_10m_from_red_1m TO red_10m AS
SELECT
    Project,
    toStartOfTenMinutes(Minute) AS Minute,
    ServiceName,
    SpanName,
    IsError,
    Bucket,
    sum(Count) AS Count,
    sum(DurationSum) AS DurationSum
FROM red_1m
GROUP BY Project, Minute, ServiceName, SpanName, IsError, Bucket;
