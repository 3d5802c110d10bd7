-- Log records: the columns of the OpenTelemetry Collector's ClickHouse exporter, and the project before them.
-- Source: opentelemetry-collector-contrib, exporter/clickhouseexporter/internal/sqltemplates/logs_table.sql
-- RecordId grows with time; with Timestamp it names one record and one place in a list.
CREATE TABLE IF NOT EXISTS otel_logs (
    Project UInt32 DEFAULT 1 CODEC(ZSTD(1)),
    Timestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    RecordId UInt64 DEFAULT generateSnowflakeID() CODEC(Delta(8), ZSTD(1)),
    ObservedTimestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    TraceId String CODEC(ZSTD(1)),
    SpanId String CODEC(ZSTD(1)),
    TraceFlags UInt8 CODEC(ZSTD(1)),
    SeverityText LowCardinality(String) CODEC(ZSTD(1)),
    SeverityNumber UInt8 CODEC(ZSTD(1)),
    ServiceName LowCardinality(String) CODEC(ZSTD(1)),
    Body String CODEC(ZSTD(1)),
    ResourceSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
    ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    ScopeSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
    ScopeName LowCardinality(String) CODEC(ZSTD(1)),
    ScopeVersion LowCardinality(String) CODEC(ZSTD(1)),
    ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    LogAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    EventName LowCardinality(String) CODEC(ZSTD(1)),
    INDEX trace_id TraceId TYPE bloom_filter(0.005) GRANULARITY 1,
    INDEX log_values mapValues(LogAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX resource_values mapValues(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (Project, Timestamp, RecordId);

-- Log records per minute, service and severity (0 to 5: trace, debug, info, warn, error, fatal).
CREATE TABLE IF NOT EXISTS log_counts_1m (
    Project UInt32 CODEC(ZSTD(1)),
    Minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    ServiceName LowCardinality(String) CODEC(ZSTD(1)),
    Severity UInt8 CODEC(ZSTD(1)),
    Count UInt64 CODEC(ZSTD(1))
)
ENGINE = SummingMergeTree((Count))
PARTITION BY toDate(Minute)
ORDER BY (Project, Minute, ServiceName, Severity);

CREATE MATERIALIZED VIEW IF NOT EXISTS log_counts_1m_from_logs TO log_counts_1m AS
SELECT
    Project,
    toStartOfMinute(toDateTime(Timestamp, 'UTC')) AS Minute,
    ServiceName,
    toUInt8(if(SeverityNumber = 0, 2, least(intDiv(SeverityNumber - 1, 4), 5))) AS Severity,
    count() AS Count
FROM otel_logs
GROUP BY Project, Minute, ServiceName, Severity;
