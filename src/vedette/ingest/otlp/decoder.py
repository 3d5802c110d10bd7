"""The decoder of OTLP traces and logs: many request bodies in, one Arrow table and an outcome per request out."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from google.protobuf.message import Message

from vedette.ingest.otlp.columns import Nested, flatten
from vedette.ingest.otlp.wire import Bools, Ints, OtlpOutcome, OtlpUnit, framed, parse
from vedette.kit.errors import VedetteError
from vedette.kit.ids import Signal
from vedette.storage.telemetry.protobuf import MessageShape, ProtobufReader
from vedette.storage.telemetry.retention import Retention
from vedette.storage.telemetry.writer import Decoded


@dataclass(frozen=True, slots=True)
class Flat:
    """Rows of one table before admission."""

    columns: dict[str, pa.Array]
    unit: Ints
    time_ns: Ints
    refusals: tuple[tuple[str, Bools], ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a single record may be."""

    max_attributes: int
    max_future_s: float


Flatten = Callable[[Nested, Limits], Flat]


@dataclass(frozen=True, slots=True)
class OtlpDecoder:
    """Decodes one signal. `flatten_rows` maps the nested message to columns."""

    signal: Signal
    table: str
    shape: MessageShape
    message: Callable[[], Message]
    flatten_rows: Flatten
    reader: ProtobufReader
    retention: Retention
    limits: Limits

    def decode(self, units: Sequence[OtlpUnit]) -> Decoded[OtlpOutcome]:
        """Decode requests of any projects together; a malformed one costs only itself."""
        outcomes = [OtlpOutcome() for _ in units]
        sound: list[tuple[int, bytes]] = []
        for number, unit in enumerate(units):
            try:
                parse(unit.payload, self.message)
            except VedetteError as error:
                outcomes[number].error = error
            else:
                if unit.payload:
                    sound.append((number, unit.payload))
        if not sound:
            return Decoded({}, outcomes)
        batch = self.reader.read(self.shape, framed(sound))
        flat = self.flatten_rows(flatten(batch["units"].combine_chunks()), self.limits)
        return Decoded({self.table: self._admit(flat, units, outcomes)}, outcomes)

    def _admit(self, flat: Flat, units: Sequence[OtlpUnit], outcomes: Sequence[OtlpOutcome]) -> pa.Table:
        """Drop what is refused, count it in the outcomes, and put the project before each row."""
        now_s = time.time()
        projects = np.array([unit.project for unit in units], np.uint32)
        oldest = np.array([self.retention.oldest_s(unit.project, self.signal, now_s) for unit in units])
        seconds = flat.time_ns / 1e9
        refusals = (
            *flat.refusals,
            ("too_old", seconds < oldest[flat.unit]),
            ("in_future", seconds > now_s + self.limits.max_future_s),
        )
        keep = np.ones(len(flat.unit), np.bool_)
        for reason, mask in refusals:
            fresh = mask & keep
            if fresh.any():
                keep &= ~mask
                for number, count in enumerate(np.bincount(flat.unit[fresh], minlength=len(units))):
                    if count:
                        outcomes[number].refused[reason] = int(count)
        for number, count in enumerate(np.bincount(flat.unit[keep], minlength=len(units))):
            if count:
                outcomes[number].accepted = int(count)
                outcomes[number].newest_s = float(seconds[keep & (flat.unit == number)].max())
        table = pa.table({"Project": pa.array(projects[flat.unit]), **flat.columns})
        return table if keep.all() else table.filter(pa.array(keep))
