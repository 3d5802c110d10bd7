"""Which signals a project has any data of."""

import time

from vedette.kit.ids import ProjectId, Signal
from vedette.storage.telemetry.named import load_queries
from vedette.storage.telemetry.reader import Reader

_QUERIES = load_queries(__package__)
_ABSENT_FOR_S = 2.0


class Presence:
    """Remembers what is there; what is not is looked for again soon."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[tuple[ProjectId, Signal], tuple[bool, float]] = {}

    async def has_data(self, project: ProjectId, signal: Signal) -> bool:
        """Say whether a signal has any record at all."""
        known = self._known.get((project, signal))
        if known and (known[0] or time.monotonic() < known[1]):
            return known[0]
        is_there = bool(await self._reader.fetch(_QUERIES[f"any_{signal}"], project=project))
        self._known[project, signal] = is_there, time.monotonic() + _ABSENT_FOR_S
        return is_there
