-- Which series there are: one row per series and UTC day, with the hours it had samples in as a bit mask.
-- Kinds: 1 = it has floats, 2 = it has histograms. The labels depend on the id, so any row's will do.
CREATE TABLE IF NOT EXISTS series (
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
ORDER BY (Project, Name, SeriesId)
SETTINGS index_granularity = 2048, allow_dimensions_outside_sorting_key = 1;

-- Samples in blocks of half an hour: within a block a series' samples are neighbours, and a range reads whole blocks.
-- The same series and time twice is one sample, the later one. Small parts wait for a dozen others: merged as soon as
-- there are five, every sample would be rewritten about five times (measured: 2.8 instead of 1.7 us of CPU a sample).
CREATE TABLE IF NOT EXISTS samples (
    Project UInt32 CODEC(ZSTD(1)),
    Name LowCardinality(String) CODEC(ZSTD(1)),
    Block Int32 CODEC(ZSTD(1)),
    SeriesId UInt64 CODEC(ZSTD(1)),
    Time DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    Value Float64 CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate32(Time)
ORDER BY (Project, Name, Block, SeriesId, Time)
SETTINGS merge_selector_base = 15, min_parts_to_merge_at_once = 12;

-- Native histograms as absolute counts by bucket index; a stale marker has the stale NaN as its sum.
CREATE TABLE IF NOT EXISTS histogram_samples (
    Project UInt32 CODEC(ZSTD(1)),
    Name LowCardinality(String) CODEC(ZSTD(1)),
    Block Int32 CODEC(ZSTD(1)),
    SeriesId UInt64 CODEC(ZSTD(1)),
    Time DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
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
    CustomBounds Array(Float64) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate32(Time)
ORDER BY (Project, Name, Block, SeriesId, Time);

CREATE TABLE IF NOT EXISTS exemplars (
    Project UInt32 CODEC(ZSTD(1)),
    Name LowCardinality(String) CODEC(ZSTD(1)),
    SeriesId UInt64 CODEC(ZSTD(1)),
    Time DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    Value Float64 CODEC(ZSTD(1)),
    Labels Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    SeriesLabels Map(LowCardinality(String), String) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate32(Time)
ORDER BY (Project, Name, Time, SeriesId);

-- What the samples of a metric family mean, as last said.
CREATE TABLE IF NOT EXISTS metric_families (
    Project UInt32 CODEC(ZSTD(1)),
    Name LowCardinality(String) CODEC(ZSTD(1)),
    Type LowCardinality(String) CODEC(ZSTD(1)),
    Unit LowCardinality(String) CODEC(ZSTD(1)),
    Help String CODEC(ZSTD(1)),
    SourceName LowCardinality(String) CODEC(ZSTD(1)),
    LastSeen DateTime('UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(LastSeen)
ORDER BY (Project, Name);

INSERT INTO series (Project, Name, SeriesId, Day, Hours, Kinds, Labels)
SELECT
    Project, Name, SeriesId, toDate32(Timestamp) AS Day,
    groupBitOr(bitShiftLeft(toUInt32(1), toHour(Timestamp))), 1,
    mapUpdate(any(Labels), map('__name__', any(toString(Name))))
FROM metric_samples INNER JOIN metric_series USING (Project, SeriesId)
GROUP BY Project, Name, SeriesId, Day;

INSERT INTO samples
SELECT Project, any(Name), toInt32(intDiv(toUnixTimestamp64Milli(Timestamp), 1800000)), SeriesId, Timestamp, any(Value)
FROM metric_samples INNER JOIN metric_series USING (Project, SeriesId)
GROUP BY Project, SeriesId, Timestamp;

INSERT INTO metric_families
SELECT Project, Name, any(Type), any(Unit), any(Help), any(SourceName), max(LastSeen)
FROM metric_series GROUP BY Project, Name;
