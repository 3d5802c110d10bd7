"""Identifiers that must not be mixed up."""

from typing import Literal, NewType

ProjectId = NewType("ProjectId", int)

Signal = Literal["traces", "logs", "metrics", "errors", "events"]
SIGNALS: tuple[Signal, ...] = ("traces", "logs", "metrics", "errors", "events")
