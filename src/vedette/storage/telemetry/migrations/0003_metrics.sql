-- One row per series and spell of activity; Name and Labels follow Prometheus' data model.
CREATE TABLE IF NOT EXISTS metric_series (
    Project UInt32 CODEC(ZSTD(1)),
    Name LowCardinality(String) CODEC(ZSTD(1)),
    SeriesId UInt64 CODEC(ZSTD(1)),
    Labels Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    SourceName LowCardinality(String) CODEC(ZSTD(1)),
    Type LowCardinality(String) CODEC(ZSTD(1)),
    Unit LowCardinality(String) CODEC(ZSTD(1)),
    Help String CODEC(ZSTD(1)),
    LastSeen DateTime('UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(LastSeen)
ORDER BY (Project, Name, SeriesId);

CREATE TABLE IF NOT EXISTS metric_samples (
    Project UInt32 CODEC(ZSTD(1)),
    SeriesId UInt64 CODEC(ZSTD(1)),
    Timestamp DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    Value Float64 CODEC(Gorilla, ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (Project, SeriesId, Timestamp);
