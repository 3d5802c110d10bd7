"""Answers the shop keeps for a while, and how often they were of use."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation

KEPT_S = 30.0
Answer = TypeVar("Answer")


class HitRate:
    """The part of the questions since the last reading that had been asked a short while before."""

    def __init__(self) -> None:
        self._asked_s: dict[str, float] = {}
        self._hits = self._misses = 0

    def ask(self, question: str, at_s: float) -> bool:
        """Count a question; return whether its last answer is still good."""
        is_hit = at_s - self._asked_s.get(question, -KEPT_S) < KEPT_S
        if is_hit:
            self._hits += 1
        else:
            self._misses += 1
            self._asked_s[question] = at_s
        return is_hit

    def read(self) -> float | None:
        """Return the rate, from 0 to 1, and begin anew; None when nothing was asked."""
        asked, hits = self._hits + self._misses, self._hits
        self._hits = self._misses = 0
        return hits / asked if asked else None


class KeptAnswers(Generic[Answer]):
    """A cache that reports its hit rate. Of a handful of questions: nothing is thrown away."""

    def __init__(self, name: str) -> None:
        self._about, self._rate = {"cache": name}, HitRate()
        self._answers: dict[str, Answer] = {}
        metrics.get_meter("cache").create_observable_gauge(
            "cache.hit_rate", [self._read], description="The part of questions answered from the cache."
        )

    async def get(self, question: str, at_s: float, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the kept answer, or ask."""
        if not self._rate.ask(question, at_s) or question not in self._answers:
            self._answers[question] = await ask()
        return self._answers[question]

    def _read(self, _: CallbackOptions) -> Iterable[Observation]:
        if (rate := self._rate.read()) is not None:
            yield Observation(rate, self._about)
