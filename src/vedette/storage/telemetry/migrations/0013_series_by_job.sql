-- Series sorted by job and instance before their id: a selector by name and job reads its rows, not those of all jobs.
CREATE TABLE IF NOT EXISTS series_by_job (
    Project UInt32 CODEC(ZSTD(1)),
    Name LowCardinality(String) CODEC(ZSTD(1)),
    SeriesId UInt64 CODEC(ZSTD(1)),
    Day Date32 CODEC(ZSTD(1)),
    Hours SimpleAggregateFunction(groupBitOr, UInt32) CODEC(ZSTD(1)),
    Kinds SimpleAggregateFunction(groupBitOr, UInt8) CODEC(ZSTD(1)),
    Labels Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    Job LowCardinality(String) MATERIALIZED Labels['job'] CODEC(ZSTD(1)),
    Instance LowCardinality(String) MATERIALIZED Labels['instance'] CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY Day
ORDER BY (Project, Name, Job, Instance, SeriesId)
SETTINGS index_granularity = 2048, allow_dimensions_outside_sorting_key = 1;

INSERT INTO series_by_job (Project, Name, SeriesId, Day, Hours, Kinds, Labels)
SELECT Project, Name, SeriesId, Day, Hours, Kinds, Labels FROM series;
