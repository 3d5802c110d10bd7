"""Protobuf read by the storage engine: nested messages in, nested Arrow out, no Python object per record."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from vedette.storage.telemetry.files import as_file


@dataclass(frozen=True, slots=True)
class MessageShape:
    """A message of a schema file and the engine's type of each of its fields."""

    schema: Path
    message: str
    structure: str


class Engine(Protocol):
    """What can read files into Arrow; the embedded store is one."""

    def decode(self, sql: str) -> pa.Table:
        """Answer a SELECT that reads no table."""


class ProtobufReader:
    """Reads messages with an embedded engine; the call blocks and releases the interpreter lock."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self, shape: MessageShape, payload: bytes, select: str = "*") -> pa.Table:
        """Return one message as a table of one row: a column per field, or what `select` makes of those.

        Text columns hold the bytes as sent: check that they are UTF-8 beforehand. Raises StoreFault if it is malformed.
        """
        with as_file(payload) as path:
            return self._engine.decode(
                f"SELECT {select} FROM file('{path}', 'ProtobufSingle', $${shape.structure}$$)"
                f" SETTINGS format_schema = '{shape.schema}:{shape.message}', max_threads = 1,"
                " input_format_protobuf_oneof_presence = 1, output_format_arrow_string_as_string = 1"
            )
