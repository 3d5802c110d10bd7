"""The demo's account and keys: made once, kept in its data folder."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

EMAIL = "demo@vedette.local"


@dataclass(frozen=True, slots=True)
class Credentials:
    """How a person signs in, the ingest keys of projects `default` and `vedette`, and an admin's API token."""

    email: str = EMAIL
    password: str = field(default_factory=lambda: f"demo-{secrets.token_hex(5)}")
    key: str = field(default_factory=lambda: f"vdk_{secrets.token_hex(16)}")
    own_key: str = field(default_factory=lambda: f"vdk_{secrets.token_hex(16)}")
    token: str = field(default_factory=lambda: f"vdt_{secrets.token_hex(16)}")

    def bootstrap(self) -> dict[str, str]:
        """Return the environment of a server's first start."""
        return {
            "VEDETTE_BOOTSTRAP_EMAIL": self.email,
            "VEDETTE_BOOTSTRAP_PASSWORD": self.password,
            "VEDETTE_BOOTSTRAP_KEY": self.key,
            "VEDETTE_BOOTSTRAP_OWN_KEY": self.own_key,
            "VEDETTE_BOOTSTRAP_TOKEN": self.token,
        }


def keep(path: Path) -> Credentials:
    """Return what the file holds; make it, readable by its owner alone, when there is none."""
    if path.exists():
        return Credentials(**json.loads(path.read_text()))
    made = Credentials()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(made), file)
    return made
