-- Samples summed up over buckets of five minutes, kept longer than the samples themselves. A bucket is what PromQL's
-- windows are, open at its start and closed at its end; Time is its end, Block the day of it. First and Last, with the
-- times of both, are the first and the last value; Dropped adds up the values from which the series fell, which is what
-- counters need to be right across resets; EndTime is the time of the stale marker that ends the series in this bucket,
-- 1970 where none does. Markers and other NaN count for nothing, but a marker that stands alone has a row with Count 0.
CREATE TABLE IF NOT EXISTS samples_5m (
    Project UInt32 CODEC(ZSTD(1)),
    Name LowCardinality(String) CODEC(ZSTD(1)),
    Block Int32 CODEC(ZSTD(1)),
    SeriesId UInt64 CODEC(ZSTD(1)),
    Time DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    Count UInt32 CODEC(ZSTD(1)),
    Sum Float64 CODEC(Delta(8), ZSTD(1)),
    Min Float64 CODEC(Delta(8), ZSTD(1)),
    Max Float64 CODEC(Delta(8), ZSTD(1)),
    First Float64 CODEC(Delta(8), ZSTD(1)),
    FirstTime DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    Last Float64 CODEC(Delta(8), ZSTD(1)),
    LastTime DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    Dropped Float64 CODEC(ZSTD(1)),
    Resets UInt32 CODEC(ZSTD(1)),
    Changes UInt32 CODEC(ZSTD(1)),
    EndTime DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    Version UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(Version)
PARTITION BY toYYYYMM(Time)
ORDER BY (Project, Name, Block, SeriesId, Time)
SETTINGS merge_selector_base = 15, min_parts_to_merge_at_once = 12;

-- The same over an hour, in blocks of thirty days.
CREATE TABLE IF NOT EXISTS samples_1h AS samples_5m
ENGINE = ReplacingMergeTree(Version)
PARTITION BY toYYYYMM(Time)
ORDER BY (Project, Name, Block, SeriesId, Time)
SETTINGS merge_selector_base = 15, min_parts_to_merge_at_once = 12;

-- Which hours (since 1970, open at their start) are rolled up, and when (Unix ms) that began.
CREATE TABLE IF NOT EXISTS rollup_hours (
    Hour Int32 CODEC(ZSTD(1)),
    At UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(At)
ORDER BY Hour;

-- Which of these got samples afterwards, and when.
CREATE TABLE IF NOT EXISTS rollup_dirty (
    Hour Int32 CODEC(ZSTD(1)),
    At UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(At)
ORDER BY Hour;
