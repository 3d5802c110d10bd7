"""What is known of an arriving body besides its records, and which times those may bear."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vedette.ingest.door import Admission
from vedette.ingest.leniency import time_ns
from vedette.kit.ids import ProjectId, Signal

_NS = 1_000_000_000


class Refused(Exception):
    """A record that is not kept, with the reason it is counted under and what to tell the sender."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class Arrival:
    """Whose records they are, when they came (Unix nanoseconds), and the headers of a Sentry envelope."""

    project: ProjectId
    admission: Admission
    headers: Mapping[str, Any] = field(default_factory=dict)
    received_ns: int = field(default_factory=time.time_ns)

    def time_of(self, value: object, signal: Signal) -> int:
        """Return the time a record gives, its arrival when it gives none that can be read.

        Raises Refused for a time before the retention or too far ahead.
        """
        found = time_ns(value)
        if found is None:
            return self.received_ns
        if found > self.received_ns + int(self.admission.max_future_s * _NS):
            raise Refused("in_future", f"the time stamp {str(value)[:40]!r} is too far in the future")
        days = self.admission.retention.days(self.project, signal)
        if days and found < self.received_ns - days * 86400 * _NS:
            raise Refused("too_old", f"the time stamp {str(value)[:40]!r} is older than the retention of {days} days")
        return found
