"""Vedette's own log: structured, on standard error, readable on a terminal and JSON elsewhere."""

import logging
import sys
from collections import deque
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog

_MOST_EARLY = 40

Tap = Callable[[MutableMapping[str, Any]], None]


class LogTap:
    """Where each log event goes besides standard error; what comes before somebody listens is kept, within bounds."""

    def __init__(self) -> None:
        self._listener: Tap | None = None
        self._early: deque[MutableMapping[str, Any]] = deque(maxlen=_MOST_EARLY)

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Show an event to the listener and pass it on."""
        if self._listener is not None:
            self._listener(event)
        else:
            self._early.append(dict(event))
        return event

    def listen(self, listener: Tap | None) -> None:
        """Send events there from now on, first those that came before; None ends it."""
        self._listener = listener
        while listener is not None and self._early:
            listener(self._early.popleft())


def configure_logs(level: str) -> LogTap:
    """Send structlog's and the standard library's events one way; return the tap on that way."""
    tap = LogTap()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        tap,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    is_terminal = sys.stderr.isatty()
    renderer: Any = structlog.dev.ConsoleRenderer() if is_terminal else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("uvicorn.error", "alembic", "asyncio"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    return tap
