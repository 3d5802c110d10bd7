"""The two resolutions of rollups, and samples summed up as SQL."""

from dataclasses import dataclass
from typing import Final

from vedette.storage.telemetry.retention import Tier

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Resolution:
    """Tables of rollups, of floats and of histograms: the length of buckets and blocks, the setting of how long."""

    table: str
    histograms: str
    ms: int
    block_ms: int
    tier: Tier

    def ceil(self, time_ms: int) -> int:
        """Return the end of the bucket a time lies in: buckets are open at their start."""
        return -(-time_ms // self.ms) * self.ms

    def floor(self, time_ms: int) -> int:
        """Return the end of the last bucket that is over at a time."""
        return time_ms // self.ms * self.ms


FIVE_MINUTES: Final = Resolution("samples_5m", "histograms_5m", 300_000, DAY_MS, "metrics_5m")
ONE_HOUR: Final = Resolution("samples_1h", "histograms_1h", HOUR_MS, 30 * DAY_MS, "metrics_1h")
RESOLUTIONS: Final = (FIVE_MINUTES, ONE_HOUR)
STALE: Final = "0x7ff0000000000002"


def summed(resolution: Resolution, where: str) -> str:
    """Return a SELECT that sums up the samples that meet a condition.

    A row per project, name, series and bucket, with the columns of the table; times (End, FirstMillis, LastMillis,
    EndMillis) are in Unix ms. FINAL: a sample that was written twice counts once.
    """
    return f"""
SELECT
    Project, Name, SeriesId, End,
    toUInt32(length(Values)) AS Count,
    arraySum(Values) AS Sum,
    if(Count = 0, 0, arrayMin(Values)) AS Min,
    if(Count = 0, 0, arrayMax(Values)) AS Max,
    if(Count = 0, reinterpretAsFloat64(toUInt64({STALE})), Values[1]) AS First,
    if(Count = 0, StaleMillis, tupleElement(Seen[1], 1)) AS FirstMillis,
    if(Count = 0, reinterpretAsFloat64(toUInt64({STALE})), Values[-1]) AS Last,
    if(Count = 0, StaleMillis, tupleElement(Seen[-1], 1)) AS LastMillis,
    arraySum((before, after) -> if(after < before, before, 0), Before, After) AS Dropped,
    toUInt32(arrayCount((before, after) -> after < before, Before, After)) AS Resets,
    toUInt32(arrayCount((before, after) -> after != before, Before, After)) AS Changes,
    if(Markers > 0 AND StaleMillis >= LastMillis, StaleMillis, toInt64(0)) AS EndMillis
FROM (
    SELECT *, arrayMap(sample -> tupleElement(sample, 2), Seen) AS Values, arrayPopBack(Values) AS Before,
        arrayPopFront(Values) AS After
    FROM (
        SELECT
            Project, Name, SeriesId, Millis + positiveModulo(-Millis, {resolution.ms}) AS End,
            arraySort(groupArrayIf((Millis, Value), NOT isNaN(Value))) AS Seen,
            countIf(IsMarker) AS Markers, maxIf(Millis, IsMarker) AS StaleMillis
        FROM (
            SELECT
                Project, Name, SeriesId, toUnixTimestamp64Milli(Time) AS Millis, Value,
                reinterpretAsUInt64(Value) = {STALE} AS IsMarker
            FROM samples FINAL WHERE {where}
        )
        GROUP BY Project, Name, SeriesId, End
    )
    WHERE length(Seen) > 0 OR Markers > 0
)"""


def insertion(resolution: Resolution, where: str, version: int) -> str:
    """Return an INSERT of these sums into the resolution's table."""
    return f"""INSERT INTO {resolution.table} (
    Project, Name, Block, SeriesId, Time, Count, Sum, Min, Max, First, FirstTime, Last, LastTime,
    Dropped, Resets, Changes, EndTime, Version
)
SELECT
    Project, Name, toInt32(floor(End / {resolution.block_ms})), SeriesId, fromUnixTimestamp64Milli(End, 'UTC'),
    Count, Sum, Min, Max, First, fromUnixTimestamp64Milli(FirstMillis, 'UTC'),
    Last, fromUnixTimestamp64Milli(LastMillis, 'UTC'), Dropped, Resets, Changes,
    fromUnixTimestamp64Milli(EndMillis, 'UTC'), {version}
FROM ({summed(resolution, where)})"""
