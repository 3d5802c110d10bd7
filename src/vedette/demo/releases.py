"""Which release of the shop is out: told to the server as a pipeline tells it, once for each change."""

import time
from collections.abc import Callable
from pathlib import Path

from vedette.demo import events
from vedette.demo.happenings import deploy_event


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
        try:
            events.send(self._url, self._key, [deploy_event("shop", release, time.time())])
            self._path.write_text(release)
        except OSError as error:
            self._say(f"the deploy of shop {release} could not be announced: {error}")
