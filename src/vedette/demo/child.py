"""One child process: started with a log of its own, watched, stopped; it ends when the fleet does."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_SHOWN_LINES = 4


@dataclass(slots=True)
class Child:
    """A Python module run as a program."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    inherited: Sequence[int] = ()
    started_at: float = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start in a session of its own, so that Ctrl-C reaches the fleet alone, which then stops all in order."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "SENTRY_"))}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own modules
                [sys.executable, "-m", *self.arguments],
                env=environment | dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=self.inherited,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads here
            )
        self.started_at = time.monotonic()

    @property
    def status(self) -> int | None:
        """The exit status; None while it runs."""
        return self.process.poll() if self.process else None

    @property
    def reason(self) -> str:
        """Why it ended: the status or signal, and the last lines it wrote."""
        status = self.status or 0
        ended = f"killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        lines = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        return "\n    ".join([f"{ended}; its log: {self.log}", *lines[-_SHOWN_LINES:]])

    def ask_to_stop(self) -> None:
        """Send SIGTERM if it runs."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def stopped(self, within_s: float) -> None:
        """Wait until it has ended; kill it when it takes longer."""
        if self.process is None:
            return
        try:
            self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _end_with_parent() -> None:
    """Ask the kernel to end this process when the fleet's is killed without a chance to stop its children."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
