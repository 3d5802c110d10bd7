"""Bodies in Prometheus' text format and in OpenMetrics, fast for a target that exposes the same series again."""

from vedette.ingest.exposition.exposed import Exposed, ExpositionError, Finish
from vedette.ingest.exposition.lines import Sample, number, sample, time, unescaped
from vedette.signals.metrics.labels import Labels
from vedette.signals.metrics.points import Exemplar, Family

__all__ = ["Exposed", "ExpositionError", "ExpositionParser", "Finish"]

_TYPES = {
    False: {"counter", "gauge", "histogram", "summary", "untyped"},
    True: {"counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset", "unknown"},
}
_MOST_KNOWN = 500_000
_SPARE = 1000


class ExpositionParser:
    """Parses one target's bodies. A series met before costs a look-up and a number.

    Equal labels are the same object within a body, and from one body to the next as long as a series stays.
    """

    def __init__(self, finish: Finish) -> None:
        self._finish = finish
        self._known: dict[bytes, Labels | None] = {}
        self._one_of: dict[Labels, Labels] = {}
        self._missing = object()

    def parse(self, body: bytes, *, is_openmetrics: bool) -> Exposed:
        """Return what a body exposes; raises ExpositionError, and then nothing of it counts."""
        found = Exposed()
        if not body:
            return found
        reader = _Reader(self._finish, self._known, self._one_of, found, is_openmetrics=is_openmetrics)
        known, missing = self._known, self._missing
        add_series, add_value, add_time = found.series.append, found.values.append, found.times_ms.append
        dropped, line, place = 0, b"", 0
        try:
            for place, line in enumerate(_without_end(body) if is_openmetrics else body.split(b"\n"), 1):  # noqa: B007
                head, _, tail = line.rpartition(b" ")
                labels = known.get(head, missing)
                if labels is missing or b"_" in tail:
                    reader.read(line, head, tail)
                elif labels is None:
                    dropped += 1
                else:
                    add_value(float(tail))
                    add_series(labels)  # type: ignore[arg-type]
                    add_time(None)
        except (ValueError, OverflowError) as error:
            self._forget(found)
            text = f"line {place}: {error}: {line[:100].decode(errors='replace')!r}" if place else str(error)
            raise ExpositionError(text, len(found.series) + dropped + reader.dropped) from None
        found.lines = len(found.series) + dropped + reader.dropped
        self._forget(found)
        return found

    def _forget(self, found: Exposed) -> None:
        """Let go of series that are not exposed any more when they have become many."""
        if len(self._known) <= 2 * len(found.series) + _SPARE:
            return
        now = set(map(id, found.series))
        for head in [head for head, labels in self._known.items() if id(labels) not in now]:
            del self._known[head]
        self._one_of.clear()
        self._one_of.update((labels, labels) for labels in found.series)


class _Reader:
    """Reads the lines that are not known: new series, those with times or exemplars, and comments."""

    def __init__(
        self,
        finish: Finish,
        known: dict[bytes, Labels | None],
        one_of: dict[Labels, Labels],
        found: Exposed,
        *,
        is_openmetrics: bool,
    ) -> None:
        self._finish, self._known, self._one_of, self._found = finish, known, one_of, found
        self._is_openmetrics = is_openmetrics
        self._kind = ""
        self.dropped = 0

    def read(self, line: bytes, head: bytes, tail: bytes) -> None:
        """Read a line; raises ValueError."""
        series, _, value = head.rpartition(b" ")
        if series in self._known:  # `series value time`; the series of a line never ends in another's
            self._add(
                self._known[series], number(value.decode()), time(tail.decode(), is_openmetrics=self._is_openmetrics)
            )
            return
        text = self._decoded(line)
        if not self._is_openmetrics:
            text = text.lstrip(" \t")
            if not text:
                return
        if text.startswith("#"):
            self._comment(text)
            return
        parsed = sample(text, self._kind, is_openmetrics=self._is_openmetrics)
        labels = self._labels(text, parsed)
        self._add(labels, parsed.value, parsed.time_ms)
        if parsed.example is not None and labels is not None:
            example = parsed.example
            self._found.exemplars.append(Exemplar(labels, example.labels, example.time_ms or 0, example.value))

    def _labels(self, text: str, parsed: Sample) -> Labels | None:
        key = text[: parsed.end].encode()
        if key in self._known:
            return self._known[key]
        labels = self._finish(parsed.labels)
        if labels is not None:
            labels = self._one_of.setdefault(labels, labels)
        if len(self._known) < _MOST_KNOWN:
            self._known[key] = labels
        return labels

    def _add(self, labels: Labels | None, value: float, time_ms: int | None) -> None:
        if labels is None:
            self.dropped += 1
            return
        self._found.series.append(labels)
        self._found.values.append(value)
        self._found.times_ms.append(time_ms)

    def _decoded(self, line: bytes) -> str:
        try:
            return line.decode()
        except UnicodeDecodeError:
            is_comment = line.lstrip(b" \t").startswith(b"#") and line.split(None, 2)[1:2] not in ([b"HELP"], [b"TYPE"])
            if is_comment and not self._is_openmetrics:
                return "#"
            raise ValueError("text that is not UTF-8") from None

    def _comment(self, text: str) -> None:
        what, name, rest = self._about(text)
        if not what:
            return
        before = self._found.families.get(name, Family(name))
        kind, unit, told = before.type, before.unit, before.help
        match what:
            case "HELP":
                told = unescaped(rest) if self._is_openmetrics else rest.replace("\\\\", "\0").replace("\\n", "\n")
                told = told if self._is_openmetrics else told.replace("\0", "\\")
            case "UNIT":
                unit = rest
                if unit and not name.endswith(f"_{unit}"):
                    raise ValueError(f"unit {unit[:50]!r} not a suffix of metric {name[:100]!r}")
            case _:
                if rest not in _TYPES[self._is_openmetrics]:
                    raise ValueError(f"invalid metric type {rest[:50]!r}")
                kind = self._kind = "unknown" if rest == "untyped" else rest
        self._found.families[name] = Family(name, kind, unit, told, name)

    def _about(self, text: str) -> tuple[str, str, str]:
        """Return what a comment is about, the family's name and the rest; empty for one of no meaning."""
        if not self._is_openmetrics:
            words = text[1:].split(None, 1)
            if text[1:2] not in {" ", "\t"} or not words or words[0] not in {"HELP", "TYPE"}:
                return "", "", ""
            name, rest = _name_and_rest(words[1] if len(words) > 1 else "", words[0])
            return words[0], name, rest.strip(" \t") if words[0] == "TYPE" else rest[1:]
        what = text[2:6]
        if not text.startswith("# ") or what not in {"HELP", "TYPE", "UNIT"} or text[6:7] != " ":
            raise ValueError("expected a valid start token")
        name, rest = _name_and_rest(text[7:], what)
        if not rest.startswith(" "):
            raise ValueError(f"expected text in {what}")
        return what, name, rest[1:]


def _name_and_rest(text: str, what: str) -> tuple[str, str]:
    """Split `name …` or `"name" …`; raises ValueError."""
    if text.startswith('"'):
        end = 1
        while end < len(text) and text[end] != '"':
            end += 2 if text[end] == "\\" else 1
        if end >= len(text):
            raise ValueError(f"expected metric name after {what}")
        return unescaped(text[1:end]), text[end + 1 :]
    name = text.partition(" ")[0].partition("\t")[0]
    if not name or not (name[0].isalpha() or name[0] in "_:"):
        raise ValueError(f"expected metric name after {what}")
    return name, text[len(name) :]


def _without_end(body: bytes) -> list[bytes]:
    """Return the lines before `# EOF`; raises ValueError when that is not the last one."""
    whole = body.removesuffix(b"\n")
    if whole != b"# EOF" and not whole.endswith(b"\n# EOF"):
        wrong = whole.startswith(b"# EOF") or b"\n# EOF" in whole
        raise ValueError("unexpected data after # EOF" if wrong else "data does not end with # EOF")
    return whole[: -len(b"\n# EOF")].split(b"\n") if whole != b"# EOF" else []
