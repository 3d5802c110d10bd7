-- Samples with their values as decimal digits: 12.34 is Digits 1234 with Scale 2; with Scale -1 Digits are the bits of
-- the number. Differences of neighbours are small whole numbers then, and take a third of the room.
CREATE TABLE IF NOT EXISTS samples_digits (
    Project UInt32 CODEC(ZSTD(1)),
    Name LowCardinality(String) CODEC(ZSTD(1)),
    Block Int32 CODEC(ZSTD(1)),
    SeriesId UInt64 CODEC(ZSTD(1)),
    Time DateTime64(3, 'UTC') CODEC(Delta(8), T64, ZSTD(1)),
    Digits Int64 CODEC(Delta(8), T64('bit'), ZSTD(1)),
    Scale Int8 CODEC(ZSTD(1)),
    Value Float64 ALIAS if(Scale < 0, reinterpretAsFloat64(Digits),
        Digits / [1., 10., 100., 1000., 10000., 100000., 1000000.][Scale + 1])
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate32(Time)
ORDER BY (Project, Name, Block, SeriesId, Time)
SETTINGS merge_selector_base = 15, min_parts_to_merge_at_once = 12;

INSERT INTO samples_digits (Project, Name, Block, SeriesId, Time, Digits, Scale)
SELECT
    Project, Name, Block, SeriesId, Time,
    if(Found < 0, reinterpretAsInt64(Value), accurateCastOrDefault(round(Value * Power), 'Int64')),
    Found
FROM (
    SELECT
        Project, Name, Block, SeriesId, Time, Value,
        arrayFirstIndex(
            power -> reinterpretAsInt64(ifNull(accurateCastOrNull(round(Value * power), 'Int64'), 1) / power)
                = reinterpretAsInt64(Value) AND (abs(Value * power) < 9007199254740992),
            [1., 10., 100., 1000., 10000., 100000., 1000000.] AS Powers
        ) - 1 AS Found,
        Powers[Found + 1] AS Power
    FROM samples
);
