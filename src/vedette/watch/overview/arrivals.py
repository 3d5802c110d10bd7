"""What arrives per signal, how fast, and how old it is when it does."""

import time
from collections.abc import Mapping

from vedette.kit.ids import SIGNALS, ProjectId, Signal
from vedette.kit.ledger import SLOT_S, Ledger
from vedette.kit.timerange import rfc3339
from vedette.watch.overview.schemas import ArrivalSeries, RefusalCount, SignalArrivals

_SHOWN_SLOTS = 60
_RATE_SLOTS = 6


def arrivals(ledger: Ledger, project: ProjectId, stored_s: Mapping[Signal, float]) -> list[SignalArrivals]:
    """Return the arrivals of every signal; `stored_s` is the newest record known from before the server started."""
    return [_signal(ledger, project, signal, stored_s.get(signal)) for signal in SIGNALS]


def refusals(ledger: Ledger, project: ProjectId) -> list[RefusalCount]:
    """Return what was refused in the last hour: the project's, and what came with unknown keys."""
    found = ledger.refusals(project) + ledger.refusals(None)
    return [
        RefusalCount(
            protocol=each.protocol,
            signal=each.signal,
            reason=each.reason,
            count=each.count,
            last_at=_rfc3339(each.last_at) or "",
        )
        for each in sorted(found, key=lambda each: -each.last_at)[:50]
    ]


def _signal(ledger: Ledger, project: ProjectId, signal: Signal, stored_s: float | None) -> SignalArrivals:
    seen = ledger.arrivals(project, signal)
    counts = list(seen.counts[-_SHOWN_SLOTS:])
    # The slot under way is only part of its length.
    whole = seen.counts[-1 - _RATE_SLOTS : -1]
    newest = seen.newest_event or stored_s
    return SignalArrivals(
        signal=signal,
        records_per_s=sum(whole) / (_RATE_SLOTS * SLOT_S),
        last_5m=sum(counts),
        total=seen.total,
        first_record_at=_rfc3339(seen.first_at or stored_s),
        last_record_at=_rfc3339(seen.last_at or stored_s),
        lag_s=None if newest is None else max(round(time.time() - newest, 1), 0.0),
        series=ArrivalSeries(
            times=[seen.end - SLOT_S * (len(counts) - each) for each in range(len(counts))], counts=counts
        ),
    )


def _rfc3339(seconds: float | None) -> str | None:
    return None if seconds is None else rfc3339(int(seconds * 1000) * 1_000_000)
