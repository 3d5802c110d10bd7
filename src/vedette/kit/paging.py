"""Opaque cursors for lists that are read newest first."""

import base64
import binascii
import struct
from dataclasses import dataclass

from vedette.kit.errors import Fault, Invalid

_LAYOUT = struct.Struct(">qQ")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The position after the last record shown: its time in Unix nanoseconds and its id."""

    time_ns: int
    record_id: int

    def encode(self) -> str:
        """Return the cursor as text that is safe in a URL."""
        return base64.urlsafe_b64encode(_LAYOUT.pack(self.time_ns, self.record_id)).decode().rstrip("=")


def parse_cursor(text: str) -> Cursor:
    """Read a cursor made by `Cursor.encode`; raises Invalid for anything else."""
    try:
        raw = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        return Cursor(*_LAYOUT.unpack(raw))
    except (binascii.Error, struct.error, ValueError):
        raise Invalid("cursor is not one this list gave out", faults=[Fault("cursor", text[:60])]) from None
