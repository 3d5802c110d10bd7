"""One request to `POST /api/events`, for programs that send few events and have no client of HTTP at hand."""

import json
import urllib.request
from collections.abc import Sequence
from typing import Any

_PATIENCE_S = 3


def send(url: str, key: str, events: Sequence[dict[str, Any]]) -> None:
    """Send events; raises OSError when the server cannot be reached or refuses them."""
    headers = {"Content-Type": "application/json", "X-Vedette-Key": key}
    request = urllib.request.Request(url, json.dumps(events).encode(), headers)  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=_PATIENCE_S):  # noqa: S310 - as above
        pass
