"""Which release of the shop is out: told to the server as a pipeline tells it, once for each change."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from vedette.demo.happenings import deploy_event

_PATIENCE_S = 3


class Releases:
    """Remembers in a file what was announced last; `before` is what ran until the first start, empty for nothing."""

    def __init__(self, path: Path, url: str, key: str, *, before: str, say: Callable[[str], None]) -> None:
        self._path, self._url, self._key, self._say = path, url, key, say
        self._announced = path.read_text() if path.exists() else before

    def announce(self, release: str) -> None:
        """Send an event named `deploy` unless this release was announced last; a failure is said and left alone."""
        if release == self._announced:
            return
        self._announced = release
        body = json.dumps(deploy_event("shop", release, time.time())).encode()
        headers = {"Content-Type": "application/json", "X-Vedette-Key": self._key}
        request = urllib.request.Request(self._url, body, headers)  # noqa: S310 - our own server
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE_S):  # noqa: S310 - as above
                self._path.write_text(release)
        except (urllib.error.URLError, OSError) as error:
            self._say(f"the deploy of shop {release} could not be announced: {error}")
