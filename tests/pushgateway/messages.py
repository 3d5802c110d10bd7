"""Bodies of MetricFamily messages."""

from collections.abc import Sequence
from typing import Any

from google.protobuf.internal.encoder import _VarintBytes  # type: ignore[attr-defined]
from google.protobuf.json_format import ParseDict

from vedette.ingest.exposition.messages import family_class


def family(name: str, kind: int, metrics: Sequence[tuple[dict[str, str], dict[str, Any]]], **more: str) -> bytes:
    """Return a message; metrics are labels and the fields of each."""
    document = {
        "name": name,
        "type": kind,
        "metric": [
            {"label": [{"name": key, "value": value} for key, value in labels.items()], **_plain(fields)}
            for labels, fields in metrics
        ],
        **more,
    }
    message: bytes = ParseDict(document, family_class()()).SerializeToString()
    return message


def _plain(fields: Any) -> Any:
    """Write infinities as the JSON of protobuf does."""
    if isinstance(fields, dict):
        return {name: _plain(value) for name, value in fields.items()}
    return "Infinity" if fields == float("inf") else fields


def delimited(*messages: bytes) -> bytes:
    """Return messages one after the other, each with its length."""
    return b"".join(_VarintBytes(len(each)) + each for each in messages)
