-- Native histograms thinned out over buckets of five minutes: the first and the last sample of each, and those before and
-- after a reset, each at its own time. Samples says for how many samples a row stands since the row before in its bucket,
-- 0 for the stale marker behind the last. Of a bucket the rows of the highest Version count.
CREATE TABLE IF NOT EXISTS histograms_5m (
    Project UInt32 CODEC(ZSTD(1)),
    Name LowCardinality(String) CODEC(ZSTD(1)),
    Block Int32 CODEC(ZSTD(1)),
    SeriesId UInt64 CODEC(ZSTD(1)),
    Time DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    Samples UInt32 CODEC(ZSTD(1)),
    Schema Int8 CODEC(ZSTD(1)),
    ZeroThreshold Float64 CODEC(ZSTD(1)),
    ZeroCount Float64 CODEC(ZSTD(1)),
    Count Float64 CODEC(ZSTD(1)),
    Sum Float64 CODEC(ZSTD(1)),
    Hint UInt8 CODEC(ZSTD(1)),
    PositiveIndexes Array(Int32) CODEC(ZSTD(1)),
    PositiveCounts Array(Float64) CODEC(ZSTD(1)),
    NegativeIndexes Array(Int32) CODEC(ZSTD(1)),
    NegativeCounts Array(Float64) CODEC(ZSTD(1)),
    CustomBounds Array(Float64) CODEC(ZSTD(1)),
    Version UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(Version)
PARTITION BY toYYYYMM(Time)
ORDER BY (Project, Name, Block, SeriesId, Time)
SETTINGS merge_selector_base = 15, min_parts_to_merge_at_once = 12;

-- The same over an hour, in blocks of thirty days.
CREATE TABLE IF NOT EXISTS histograms_1h AS histograms_5m
ENGINE = ReplacingMergeTree(Version)
PARTITION BY toYYYYMM(Time)
ORDER BY (Project, Name, Block, SeriesId, Time)
SETTINGS merge_selector_base = 15, min_parts_to_merge_at_once = 12;

-- Hours that have histograms and were rolled up without them are rolled up once more.
INSERT INTO rollup_dirty
SELECT DISTINCT toInt32(floor((toUnixTimestamp64Milli(Time) - 1) / 3600000)), toUInt64(toUnixTimestamp64Milli(now64(3)))
FROM histogram_samples;
