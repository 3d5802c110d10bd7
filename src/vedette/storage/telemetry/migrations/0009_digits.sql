-- Samples with their values as decimal digits: 12.34 is Digits 1234 with Scale 2. Sums of such numbers miss them by what
-- rounding added up: Ulps tells by how many floats. With Scale -1 Digits are the bits of the number. Differences of
-- neighbours are small whole numbers then, and take a third of the room.
CREATE TABLE IF NOT EXISTS samples_digits (
    Project UInt32 CODEC(ZSTD(1)),
    Name LowCardinality(String) CODEC(ZSTD(1)),
    Block Int32 CODEC(ZSTD(1)),
    SeriesId UInt64 CODEC(ZSTD(1)),
    Time DateTime64(3, 'UTC') CODEC(Delta(8), T64, ZSTD(1)),
    Digits Int64 CODEC(Delta(8), T64('bit'), ZSTD(1)),
    Scale Int8 CODEC(ZSTD(1)),
    Ulps Int16 CODEC(Delta(2), T64('bit'), ZSTD(1)),
    Value Float64 ALIAS if(Scale < 0, reinterpretAsFloat64(Digits), reinterpretAsFloat64(Ulps + reinterpretAsInt64(
        Digits / [1., 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9][Scale + 1])))
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate32(Time)
ORDER BY (Project, Name, Block, SeriesId, Time)
SETTINGS index_granularity = 2048, merge_selector_base = 15, min_parts_to_merge_at_once = 12;

INSERT INTO samples_digits (Project, Name, Block, SeriesId, Time, Digits, Scale, Ulps)
SELECT
    Project, Name, Block, SeriesId, Time,
    if(Found < 0, reinterpretAsInt64(Value), accurateCastOrDefault(round(Value * Power), 'Int64')),
    Found, 0
FROM (
    SELECT
        Project, Name, Block, SeriesId, Time, Value,
        arrayFirstIndex(
            power -> reinterpretAsInt64(ifNull(accurateCastOrNull(round(Value * power), 'Int64'), 1) / power)
                = reinterpretAsInt64(Value) AND (abs(Value * power) < 9007199254740992),
            [1., 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9] AS Powers
        ) - 1 AS Found,
        Powers[Found + 1] AS Power
    FROM samples
);
