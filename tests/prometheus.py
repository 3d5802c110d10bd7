"""A Prometheus of the system, on a free port of loopback."""

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from support import eventually, free_port, is_ready, stop


@dataclass
class Prometheus:
    """Debian's Prometheus with a configuration of the test's."""

    folder: Path
    configuration: dict[str, Any] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @staticmethod
    def is_installed() -> bool:
        return shutil.which("prometheus") is not None

    def start(self) -> None:
        """Start and wait until it answers questions."""
        file, log = self.folder / "prometheus.yml", self.folder / "prometheus.log"
        file.write_text(yaml.safe_dump(self.configuration))
        command = [
            "prometheus",
            f"--config.file={file}",
            f"--storage.tsdb.path={self.folder}/tsdb",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--web.enable-remote-write-receiver",
            "--log.level=warn",
        ]
        with log.open("wb") as output:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=output, stderr=output)
        try:
            eventually(lambda: is_ready(f"{self.url}/-/ready", self.process, log))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop as an operator would."""
        assert self.process
        stop(self.process)
