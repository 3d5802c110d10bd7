"""How far the past has been sent, so that an interrupted start goes on and a later one sends nothing twice."""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(slots=True)
class Progress:
    """The past from `begin_s` to `end_s` (Unix seconds); everything before `sent_until_s` is with the server."""

    begin_s: float
    end_s: float
    sent_until_s: float

    @property
    def is_complete(self) -> bool:
        """Tell whether all of it was sent."""
        return self.sent_until_s >= self.end_s

    def write(self, path: Path) -> None:
        """Keep it, whole or not at all."""
        new = path.with_suffix(".new")
        new.write_text(json.dumps(asdict(self)))
        new.replace(path)


def read(path: Path, hours: float) -> Progress:
    """Return what was kept, or a new past that ends now."""
    if path.exists():
        return Progress(**json.loads(path.read_text()))
    now = time.time()
    return Progress(now - hours * 3600, now, now - hours * 3600)


def is_complete(path: Path) -> bool:
    """Tell whether the past was sent before."""
    return path.exists() and Progress(**json.loads(path.read_text())).is_complete
