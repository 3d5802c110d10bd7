"""What happened in the past: visits, their requests and how each of them went."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from vedette.demo.programs.pricing import total
from vedette.demo.story import (
    BAD_RELEASES,
    OLDER_RELEASE,
    REQUESTS_PER_VISIT,
    SLOW_INSTALMENTS_S,
    STABLE_RELEASE,
    Action,
    Visit,
)
from vedette.demo.story import rhythm as busyness
from vedette.demo.story import visit as make_visit

Failure = Literal["", "declined", "gateway", "pricing", "rates"]
NEWEST_BAD = BAD_RELEASES[0]

# Shares of the whole past.
_UPDATE = 0.30
_OUTAGE = (0.42, 0.438)
_BAD_RELEASE = (0.64, 0.667)
_SLOW = ((0.12, 0.125), (0.33, 0.336), (0.55, 0.556), (0.80, 0.808), (0.93, 0.936))


@dataclass(frozen=True, slots=True)
class Request:
    """One step of one visit. Durations in seconds: the database's, the payment service's, its gateway's."""

    at_s: float
    visit: Visit
    action: Action
    release: str
    status: int
    failure: Failure
    amount: float | None
    javascript_fails: bool
    database_s: float
    payments_s: float
    gateway_s: float
    network_s: float
    trace: int

    @property
    def shop_s(self) -> float:
        """How long the shop took."""
        return 0.0016 + self.database_s + self.payments_s


@dataclass(frozen=True, slots=True)
class Past:
    """The past to tell, in Unix seconds; `rate` is requests per second on average."""

    begin_s: float
    end_s: float
    rate: float

    def share(self, at_s: float) -> float:
        """Return how much of the past lies before a moment."""
        return (at_s - self.begin_s) / (self.end_s - self.begin_s)

    def release(self, at_s: float) -> str:
        """Return the release of the shop that ran."""
        share = self.share(at_s)
        if _BAD_RELEASE[0] <= share < _BAD_RELEASE[1]:
            return NEWEST_BAD
        return OLDER_RELEASE if share < _UPDATE else STABLE_RELEASE

    def deploys(self, begin_s: float, end_s: float) -> list[tuple[float, str]]:
        """Return when which release of the shop was deployed in a part of the past."""
        length_s = self.end_s - self.begin_s
        found = [(self.begin_s + share * length_s) for share in (_UPDATE, *_BAD_RELEASE)]
        return [(at_s, self.release(at_s + 0.001)) for at_s in found if begin_s <= at_s < end_s]

    def is_out(self, at_s: float) -> bool:
        """Tell whether the payment gateway was down."""
        return _OUTAGE[0] <= self.share(at_s) < _OUTAGE[1]

    def is_slow(self, at_s: float) -> bool:
        """Tell whether the payment gateway was slow."""
        share = self.share(at_s)
        return any(begin <= share < end for begin, end in _SLOW) or self.is_out(at_s)

    def requests(self, begin_s: float, end_s: float) -> Iterator[Request]:
        """Tell a part of the past; the same part is always told the same way."""
        dice = random.Random(f"{self.begin_s}-{begin_s}")
        at_s = begin_s
        while True:
            visits_per_s = self.rate * rhythm(at_s) / REQUESTS_PER_VISIT
            at_s += dice.expovariate(visits_per_s)
            if at_s >= end_s:
                return
            yield from self._visited(dice, at_s)

    def _visited(self, dice: random.Random, at_s: float) -> Iterator[Request]:
        visit = make_visit(dice)
        for action in visit.actions:
            if at_s >= self.end_s:
                return
            request = self._request(dice, at_s, visit, action)
            yield request
            if request.status >= 500:
                return
            at_s += request.shop_s + dice.lognormvariate(2.6, 0.8)

    def _request(self, dice: random.Random, at_s: float, visit: Visit, action: Action) -> Request:
        name, release, slow = action.step.name, self.release(at_s), self.is_slow(at_s)
        database = dice.lognormvariate(-5.3, 0.6)
        gateway = payments = 0.0
        amount: float | None = None
        failure, status = _smooth(action)
        if name == "product":
            payments = dice.lognormvariate(-5, 0.5) + (dice.uniform(*SLOW_INSTALMENTS_S) if slow else 0)
            if self.is_out(at_s) and dice.random() < 0.5:
                failure, status = "rates", 500
        elif name == "checkout":
            try:
                amount = total(action.product, action.quantity, release)
            except LookupError:
                failure, status, database = "pricing", 500, 0.0
            else:
                gateway = dice.lognormvariate(-2.6, 0.4) + (dice.uniform(0.9, 2.6) if slow else 0)
                payments = gateway + dice.lognormvariate(-6.5, 0.4)
                if dice.random() < (0.85 if self.is_out(at_s) else 0.002):
                    failure, status = "gateway", 500
                elif dice.random() < 0.03:
                    failure, status = "declined", 402
        share = 0.12 if visit.person.has_old_browser else 0.004
        return Request(
            at_s=at_s,
            visit=visit,
            action=action,
            release=release,
            status=status,
            failure=failure,
            amount=amount,
            javascript_fails=dice.random() < share,
            database_s=database,
            payments_s=payments,
            gateway_s=gateway,
            network_s=dice.lognormvariate(-3.7, 0.5),
            trace=dice.getrandbits(128) | 1,
        )


def rhythm(at_s: float) -> float:
    """Return how busy a moment was, by the hour of the day in UTC."""
    at = datetime.fromtimestamp(at_s, UTC)
    return busyness(at.hour + at.minute / 60)


def _smooth(action: Action) -> tuple[Failure, int]:
    return "", 201 if action.step.method == "POST" else 200
