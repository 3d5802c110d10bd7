"""Series and samples as rows of `metric_series` and `metric_samples`."""

import hashlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from vedette.kit.ids import ProjectId

_ANNOUNCE_EVERY_S = 3600
_MOST_KNOWN = 500_000
_MAP = pa.map_(pa.string(), pa.string())


@dataclass(frozen=True, slots=True)
class Family:
    """What the samples of one name mean."""

    name: str
    source_name: str
    type: str
    unit: str = ""
    help: str = ""


class SeriesBook:
    """Knows which series have a fresh row, so that a series costs a row an hour and not a row a sample."""

    def __init__(self) -> None:
        self._announced: dict[int, float] = {}

    def needs_row(self, series: int) -> bool:
        """Tell whether a series must be announced (again)."""
        return time.monotonic() - self._announced.get(series, float("-inf")) >= _ANNOUNCE_EVERY_S

    def announced(self, series: Iterable[int]) -> None:
        """Remember that the rows of these series were committed."""
        now = time.monotonic()
        if len(self._announced) >= _MOST_KNOWN:
            self._announced.clear()
        self._announced.update(dict.fromkeys(series, now))


@dataclass(slots=True)
class Samples:
    """Collects samples of any projects and turns them into the two tables. Times are Unix milliseconds."""

    book: SeriesBook
    _new: dict[int, tuple[int, Family, dict[str, str]]] = field(default_factory=dict)
    _projects: list[int] = field(default_factory=list)
    _ids: list[int] = field(default_factory=list)
    _times: list[int] = field(default_factory=list)
    _values: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._ids)

    def series(self, project: ProjectId, family: Family, labels: Mapping[str, str]) -> int:
        """Return the id of a series; it gets a row if it has no fresh one."""
        ordered = {name: labels[name] for name in sorted(labels) if labels[name] != ""}
        series = series_id(project, family.name, ordered)
        if series not in self._new and self.book.needs_row(series):
            self._new[series] = (project, family, ordered)
        return series

    def add(self, project: ProjectId, series: int, time_ms: int, value: float) -> None:
        """Add a sample."""
        self._projects.append(project)
        self._ids.append(series)
        self._times.append(time_ms)
        self._values.append(value)

    def committed(self) -> None:
        """Remember the rows of new series; call it when the tables were committed."""
        self.book.announced(self._new)

    def tables(self) -> dict[str, pa.Table]:
        """Return the rows, series before samples so that a sample never stands without its series."""
        tables = {}
        if self._new:
            projects, families, labels = zip(*self._new.values(), strict=True)
            ids = list(self._new)
            tables["metric_series"] = pa.table(
                {
                    "Project": pa.array(projects, pa.uint32()),
                    "Name": pa.array([each.name for each in families]),
                    "SeriesId": pa.array(ids, pa.uint64()),
                    "Labels": pa.array([list(each.items()) for each in labels], _MAP),
                    "SourceName": pa.array([each.source_name for each in families]),
                    "Type": pa.array([each.type for each in families]),
                    "Unit": pa.array([each.unit for each in families]),
                    "Help": pa.array([each.help for each in families]),
                    "LastSeen": pa.array(np.full(len(ids), int(time.time())), pa.uint32()),
                }
            )
        if self._ids:
            tables["metric_samples"] = pa.table(
                {
                    "Project": pa.array(self._projects, pa.uint32()),
                    "SeriesId": pa.array(self._ids, pa.uint64()),
                    "Timestamp": pa.array(self._times, pa.int64()).cast(pa.timestamp("ms", "UTC")),
                    "Value": pa.array(self._values, pa.float64()),
                }
            )
        return tables


def series_id(project: ProjectId, name: str, labels: Mapping[str, str]) -> int:
    """Return the 64-bit id of a series: the same name and labels always have the same id."""
    digest = hashlib.blake2b(digest_size=8)
    for part in (str(project), name, *(text for pair in labels.items() for text in pair)):
        digest.update(part.encode(errors="replace"))
        digest.update(b"\0")
    return int.from_bytes(digest.digest(), "little")
