"""Values as decimal digits: whatever goes in comes back bit by bit."""

import struct
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.kit.errors import Unavailable
from vedette.signals.metrics.digits import BITS, MOST, decimals, stored
from vedette.signals.metrics.rows import with_digits
from vedette.storage.telemetry import schema
from vedette.storage.telemetry.embedded import EmbeddedStore
from vedette.storage.telemetry.engine_config import EngineLimits
from vedette.storage.telemetry.journal import Journal, JournaledStore

STALE = struct.unpack("<d", struct.pack("<Q", 0x7FF0000000000002))[0]
ODD = [
    *(0.0, -0.0, 1.5, 12.34, -7.125, 0.1 + 0.2, 1e-6, 1e-7, 5e-324, 1790000000.123, 123456.789012),
    *(1e300, -1e300, 2.0**53, 2.0**62, 2.0**63, -(2.0**63), 2.0**70),
    *(float("inf"), float("-inf"), float("nan"), STALE),
]
DECIMALS = st.builds(lambda digits, scale: digits / 10**scale, st.integers(-(2**54), 2**54), st.integers(0, 8))
VALUES = st.lists(st.one_of(st.floats(), DECIMALS, st.sampled_from(ODD)), max_size=50)


def bits(values: np.ndarray) -> list[int]:
    return np.asarray(values, np.float64).view(np.uint64).tolist()


@given(VALUES, st.integers(0, MOST))
def test_values_come_back_bit_by_bit(values: list[float], first: int) -> None:
    """Also with a first try that does not fit."""
    given_ = np.array(values, np.float64)
    found = decimals(given_, np.full(len(values), first, np.int8))
    assert bits(found.values()) == bits(given_)


def test_decimals_are_kept_as_digits() -> None:
    """A scale that was right before is kept to, so that the differences of a series stay small."""
    found = decimals(np.array([12.34, 13.0, 12.5]), np.array([0, 2, 2], np.int8))
    assert found.digits.tolist() == [1234, 1300, 1250]
    assert found.scales.tolist() == [2, 2, 2]
    assert not found.ulps.any()


def test_sums_of_decimals_are_kept_as_digits_and_what_rounding_added_up() -> None:
    """As counters of seconds are."""
    sums = 1000 + np.cumsum(np.full(10_000, 0.001))
    found = decimals(sums, np.full(len(sums), 3, np.int8))
    assert found.digits.tolist() == list(range(1_000_001, 1_010_001))
    assert found.ulps.any()
    assert bits(found.values()) == bits(sums)


def test_what_has_too_many_decimals_is_kept_as_its_bits() -> None:
    """As are values that are no numbers."""
    found = decimals(np.array([1 / 3, STALE, -0.0, float("inf"), 2.0]), np.zeros(5, np.int8))
    assert found.scales.tolist() == [BITS, BITS, BITS, BITS, 0]


def rows(values: list[float]) -> pa.Table:
    """Return rows of `samples` as they were before digits, a series each."""
    count = len(values)
    return pa.table(
        {
            "Project": pa.array([1] * count, pa.uint32()),
            "Name": ["m"] * count,
            "Block": pa.array([0] * count, pa.int32()),
            "SeriesId": pa.array(range(count), pa.uint64()),
            "Time": pa.array([1000] * count, pa.int64()).cast(pa.timestamp("ms", "UTC")),
            "Value": values,
        }
    )


class Full:
    """A store that takes nothing."""

    def insert(self, _table: str, _rows: pa.Table) -> None:
        raise Unavailable("full")


def left_behind(folder: Path, rows: pa.Table) -> None:
    """Write the journal of a process that was killed before the store took these rows."""
    journal = Journal(Full(), "samples", folder)
    journal.append(rows)
    journal.close()


@pytest.mark.xdist_group("store")
def test_older_stores_and_journals_are_taken_over(tmp_path: Path) -> None:
    """The table by migrations, which may be cut short and run again; the journal when it is replayed."""
    migrations = schema._migrations()
    older = {version: text for version, text in migrations.items() if version < 9}
    store = EmbeddedStore(tmp_path, EngineLimits(min_free_disk_mb=0))
    try:
        with patch.object(schema, "_migrations", lambda: older):
            schema.migrate(store)
        store.insert("samples", rows(ODD))
        for cut in (9, 10, 11):
            with patch.object(schema, "_migrations", lambda cut=cut: older | {cut: migrations[cut]}):
                schema.migrate(store)
            store.command(f"DELETE FROM schema_migrations WHERE Version = {cut}")
            with patch.object(schema, "_migrations", lambda cut=cut: older | {cut: migrations[cut]}):
                schema.migrate(store)
        found = store.query("SELECT Digits, Scale, Ulps, Value FROM samples FINAL ORDER BY SeriesId")
        assert bits(found["Value"].to_numpy()) == bits(ODD)
        assert bits(stored(found).values()) == bits(ODD)
        store.command("TRUNCATE TABLE samples")

        left_behind(tmp_path / "journal" / "samples", rows(ODD))
        JournaledStore(store, {"samples": with_digits})
        taken_over = store.query("SELECT Value FROM samples FINAL ORDER BY SeriesId")
        assert bits(taken_over["Value"].to_numpy()) == bits(ODD)
        store.command("TRUNCATE TABLE samples")

        sums = (1000 + np.cumsum(np.full(100, 0.001))).tolist()
        store.insert("samples", with_digits(rows(sums)))
        added_up = store.query("SELECT Value FROM samples FINAL ORDER BY SeriesId")
        assert bits(added_up["Value"].to_numpy()) == bits(sums)
    finally:
        store.close()
