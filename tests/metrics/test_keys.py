"""Series found by their keys, and by the bytes before a sample."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.ingest.remote_write.messages import read
from vedette.ingest.remote_write.v1 import _batch, _keys, _lone_samples
from vedette.ingest.remote_write.wire import WriteUnit, framed
from vedette.kit.ids import ProjectId
from vedette.signals.metrics.keys import KeyTable, no_keys

KEYS = st.integers(0, 2**64 - 1)
CROWDED = st.integers(0, 40).map(lambda number: number << 56 | number % 3)
"""Keys that begin at the same places."""


@given(st.dictionaries(KEYS | CROWDED, st.integers(0, 2**31 - 1), max_size=200), st.lists(KEYS | CROWDED, max_size=50))
def test_what_was_entered_is_found_and_nothing_else(entered, others):
    """As in a dictionary."""
    table = KeyTable(np.array(list(entered), np.uint64), np.array(list(entered.values()), np.int32))
    asked = [*entered, *others]

    found = table.find(np.array(asked, np.uint64))

    assert len(table) == len(entered)
    assert found.tolist() == [entered.get(key, -1) for key in asked]


def test_a_table_without_keys_finds_nothing():
    """As a new book has it."""
    assert no_keys().find(np.array([0, 1, 2**63], np.uint64)).tolist() == [-1, -1, -1]


@pytest.mark.parametrize("count", [1, 2, 7, 1000, 65_536])
def test_tables_of_every_size(count):
    """Two keys may stand for one series."""
    keys = np.random.default_rng(count).integers(0, 2**64, count, np.uint64, endpoint=False)
    slots = np.arange(count, dtype=np.int32) // 2

    assert (KeyTable(keys, slots).find(keys) == slots).all()


TIMES = st.sampled_from([0, 1, 2**35 - 1, 2**35, 1_760_000_000_000, 2**42 - 1, 2**42, -1]) | st.integers(0, 2**43)
VALUES = st.floats(min_value=-1e300, max_value=1e300).map(lambda value: value if abs(value) > 1e-200 else 0.0)
"""The bytes of some smaller ones look like a zero with its time; such a series is read in full."""
REST = st.binary(max_size=30)


def _sample(value: float, time_ms: int) -> bytes:
    body = (b"\x09" + struct.pack("<d", value) if value else b"") + b"\x10" + _varint(time_ms % 2**64)
    return b"\x12" + _varint(len(body)) + body


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])


@settings(max_examples=300)
@given(st.lists(st.tuples(REST, VALUES, TIMES) | REST, min_size=1, max_size=8), st.integers(1, 3))
def test_the_last_bytes_are_read_as_the_sample_they_are(series, senders):
    """Whatever stands before and after: what is taken for a lone sample has its value and its time."""
    bodies = [each if isinstance(each, bytes) else each[0] + _sample(*each[1:]) for each in series]
    requests = {number: read("Request1", framed(bodies)) for number in range(senders)}
    units = [WriteUnit(ProjectId(1), b"")] * senders

    batch = _batch(units, requests)
    lone = _lone_samples(batch)

    ends = np.cumsum(batch.sizes)
    assert len(lone.is_lone) == senders * len(series)
    for place, is_lone in enumerate(lone.is_lone.tolist()):
        given_ = series[place % len(series)]
        if isinstance(given_, bytes):
            continue  # may end in what looks like a sample
        rest, value, time_ms = given_
        is_usual = bool(rest) and 2**35 <= time_ms < 2**42
        assert is_lone <= is_usual
        if is_usual and ends[place] >= 18:
            assert is_lone
        if is_lone:
            assert (lone.values[place], lone.times_ms[place]) == (value, time_ms)
            assert lone.length[place] == len(bodies[place % len(series)]) - len(rest)
    known = {bodies[place % len(series)][:-length] for place, length in enumerate(lone.length) if lone.is_lone[place]}
    assert len(set(_keys(batch, lone)[lone.is_lone].tolist())) == len(known)
