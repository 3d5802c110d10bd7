"""Bytes in memory that the engine can read as a file."""

import contextlib
import os
import tempfile
from collections.abc import Iterator

import pyarrow as pa


@contextlib.contextmanager
def as_file(payload: bytes | pa.Buffer) -> Iterator[str]:
    """Give bytes a path: memory behind a descriptor where the system has that, else a temporary file."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("vedette")
        try:
            view = memoryview(payload)
            while view:
                view = view[os.write(descriptor, view) :]
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
    else:
        with tempfile.NamedTemporaryFile() as file:
            file.write(payload)
            file.flush()
            yield file.name
