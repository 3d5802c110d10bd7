"""Which rule files there are, and whether they have changed."""

import glob
from collections.abc import Sequence
from pathlib import Path

from vedette.signals.metrics.rules.reading import Defaults, read_rules
from vedette.signals.metrics.rules.rule import Group, RuleFault, RuleFile

_LARGEST_BYTES = 16 * 1024 * 1024

Stamp = tuple[int, int, int]
"""Time of change (ns), size and inode of a file."""


class RuleFiles:
    """The files that match the globs. A file that cannot be read keeps the groups it had, and says what is wrong."""

    def __init__(self, patterns: Sequence[str], defaults: Defaults) -> None:
        self._patterns, self._defaults = patterns, defaults
        self._stamps: dict[str, Stamp] = {}
        self._files: dict[str, RuleFile] = {}

    @property
    def groups(self) -> list[Group]:
        """The groups of all files, ordered by file and name."""
        return [
            group
            for path in sorted(self._files)
            for group in sorted(self._files[path].groups, key=lambda each: each.name)
        ]

    @property
    def faults(self) -> list[RuleFault]:
        """What is wrong with files as they are now."""
        return [each for path in sorted(self._files) for each in self._files[path].faults]

    def refresh(self) -> bool:
        """Read what is new or changed; return whether anything was. Blocks on the disk."""
        stamps = self._look()
        if stamps == self._stamps:
            return False
        for path in self._files.keys() - stamps.keys():
            del self._files[path]
        for path, stamp in stamps.items():
            if self._stamps.get(path) != stamp:
                self._files[path] = self._read(path)
        self._stamps = stamps
        return True

    def _look(self) -> dict[str, Stamp]:
        stamps = {}
        for pattern in self._patterns:
            for path in glob.glob(pattern, recursive=True):  # noqa: PTH207 -- Path.glob takes no absolute patterns
                try:
                    state = Path(path).stat()
                except OSError:
                    continue
                stamps[path] = (state.st_mtime_ns, state.st_size, state.st_ino)
        return stamps

    def _read(self, path: str) -> RuleFile:
        before = self._files.get(path, RuleFile(path))
        try:
            content = Path(path).read_bytes()
            if len(content) > _LARGEST_BYTES:
                return self._broken(before, f"larger than {_LARGEST_BYTES} bytes")
            file = read_rules(path, content.decode("utf-8-sig"), self._defaults)
        except UnicodeDecodeError as error:
            return self._broken(before, f"not UTF-8: {error.reason} at byte {error.start}")
        except OSError as error:
            return self._broken(before, error.strerror or "cannot be read")
        return RuleFile(path, before.groups, file.faults) if file.faults else file

    def _broken(self, before: RuleFile, what: str) -> RuleFile:
        return RuleFile(before.path, before.groups, (RuleFault(before.path, "1:1", what),))
