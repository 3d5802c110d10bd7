"""Shared subscriptions: however many look at the same thing, it is computed once."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog

from vedette.edge.problems import document
from vedette.guard.access import Project
from vedette.kit.errors import Fault, Invalid, VedetteError

log = structlog.get_logger(__name__)

_AT_ONCE = 2
_LONGEST_PARAM = 20_000
_LEAST_REST = 0.2

Params = Mapping[str, str]
Answer = Callable[[Project, Params], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Topic:
    """Something to subscribe to: `answer` gives the JSON to send, asked again every `every_s` seconds."""

    name: str
    answer: Answer
    every_s: float


@dataclass(frozen=True, slots=True)
class Question:
    """What a subscription asks; equal questions share one answer."""

    topic: str
    project: Project
    params: tuple[tuple[str, str], ...]


Listener = Callable[[bytes, bool], None]
"""Takes the JSON of an answer, or of a problem document when the flag is True."""


@dataclass(slots=True)
class _Shared:
    listeners: dict[object, Listener] = field(default_factory=dict)
    task: asyncio.Task[None] | None = None
    last: bytes | None = None


class Hub:
    """Runs one task per question for as long as somebody listens.

    Few answers are worked out at a time: many different questions make each other late, not everything else.
    """

    def __init__(self, topics: list[Topic]) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._topics = {topic.name: topic for topic in topics}
        self._shared: dict[Question, _Shared] = {}

    def subscribe(self, question: Question, owner: object, listener: Listener) -> None:
        """Give the listener the answer at once and whenever it changes; raises Invalid for an unknown topic."""
        if question.topic not in self._topics:
            known = ", ".join(sorted(self._topics))
            raise Invalid("there is no such topic", faults=[Fault("topic", f"one of {known}")])
        shared = self._shared.setdefault(question, _Shared())
        shared.listeners[owner] = listener
        if shared.last is not None:
            listener(shared.last, False)
        if shared.task is None:
            shared.task = asyncio.create_task(self._run(question, shared), name=f"live-{question.topic}")

    def unsubscribe(self, question: Question, owner: object) -> None:
        """Stop giving answers; the last listener's leaving ends the work."""
        shared = self._shared.get(question)
        if shared is None:
            return
        shared.listeners.pop(owner, None)
        if not shared.listeners:
            del self._shared[question]
            if shared.task is not None:
                shared.task.cancel()

    async def close(self) -> None:
        """End all work."""
        tasks = [shared.task for shared in self._shared.values() if shared.task is not None]
        self._shared.clear()
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, question: Question, shared: _Shared) -> None:
        topic = self._topics[question.topic]
        while True:
            failed, began = False, time.monotonic()
            try:
                async with self._turn:
                    answer = await topic.answer(question.project, dict(question.params))
            except VedetteError as error:
                answer, failed = orjson.dumps(document(error)), True
            except Exception:
                log.exception("live answer failed", topic=question.topic)
                answer, failed = orjson.dumps(document(VedetteError("an unexpected error"))), True
            if answer != shared.last:
                shared.last = None if failed else answer
                for listener in list(shared.listeners.values()):
                    listener(answer, failed)
            # Keeping time: otherwise what is due every second would come later and later.
            await asyncio.sleep(max(began + topic.every_s - time.monotonic(), topic.every_s * _LEAST_REST))


def parse_params(raw: Any) -> tuple[tuple[str, str], ...]:
    """Read the `params` of a subscription; raises Invalid."""
    if raw is None:
        return ()
    if not isinstance(raw, dict) or len(raw) > 20 or not all(isinstance(each, str) for each in raw.values()):
        raise Invalid("params are not valid", faults=[Fault("params", "must be an object of texts")])
    return tuple(sorted((str(key)[:100], value[:_LONGEST_PARAM]) for key, value in raw.items()))
