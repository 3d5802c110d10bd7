"""The results as tables for people and as JSON for programs."""

import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.ingest import Measured
from bench.queries import FullStore
from vedette import __version__


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures were measured on, and how busy it was with other things before."""

    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    vedette: str
    load_before: float


def machine() -> Machine:
    """Describe this machine."""
    processor = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            processor = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return Machine(
        processor, os.cpu_count() or 1, round(memory, 1), f"{platform.system()} {platform.release()}",
        platform.python_version(), __version__, round(os.getloadavg()[0], 2),
    )  # fmt: skip


def ingest_table(found: Sequence[Measured]) -> str:
    """Return the table of ingest: one line a scenario."""
    rows = [
        (
            "scenario", "batch", "most/s", "B/record", "CPU server+load", "at rate", "took/s", "p50", "p95", "p99",
            "at half: p50", "p95", "p99", "refused", "stored = sent", "B/row", "peak MB (anon)",
        )
    ]  # fmt: skip
    for each in found:
        full, half = each.full, each.half
        complete = f"{each.stored_rows:,}" if each.is_complete else f"NO: {each.stored_rows:,} of {each.sent_rows:,}"
        rows.append(
            (
                each.name, str(each.batch), f"{each.most_per_s:,.0f}", f"{each.bytes_per_record:.0f}",
                f"{each.server_cpu:.2f} + {each.generator_cpu:.2f}",
                f"{full.rate:,.0f}", f"{full.per_s:,.0f}", _ms(full.p50_ms), _ms(full.p95_ms), _ms(full.p99_ms),
                _ms(half.p50_ms), _ms(half.p95_ms), _ms(half.p99_ms), str(full.refused + half.refused), complete,
                f"{each.bytes_per_row:.1f}", f"{each.memory.resident_mb:.0f} ({each.memory.anonymous_mb:.0f})",
            )
        )  # fmt: skip
    return table(rows)


def store_tables(found: FullStore) -> str:
    """Return the tables of a full store: answers, disk, memory."""
    answers = [("question", "first", "p50", "p95", "most")]
    for each in found.answers:
        if each.fault:
            answers.append((each.name, each.fault, "", "", ""))
        else:
            answers.append((each.name, _ms(each.first_ms), _ms(each.p50_ms), _ms(each.p95_ms), _ms(each.most_ms)))
    disk = [("table", "rows", "MB", "bytes/row", "parts")]
    disk += [
        (name, f"{each.rows:,}", f"{each.bytes / 1e6:.1f}", f"{each.bytes_per_row:.1f}", str(each.parts))
        for name, each in found.tables.items()
        if each.rows
    ]
    memory = [("memory", "resident MB", "anonymous MB")]
    memory += [
        (name, f"{each.resident_mb:.0f}", f"{each.anonymous_mb:.0f}")
        for name, each in (
            ("idle", found.idle),
            ("most while loading", found.loading),
            ("most while asked", found.asking),
        )
    ]
    lines = [
        f"{found.size:,} spans and {found.size:,} log records over 24 h; loaded at "
        + ", ".join(f"{found.size / seconds:,.0f} {kind}/s" for kind, seconds in found.load_s.items()),
        f"start on this store until ready: {found.start_s:.2f} s; on disk: {found.folder_bytes / 1e6:,.0f} MB",
        f"CPU of the idle server: {found.idle_cpu:.3f} of a core",
    ]
    return "\n\n".join(["\n".join(lines), table(answers), table(disk), table(memory)])


def write(folder: Path, about: Machine, ingest: Sequence[Measured], store: FullStore | None) -> Path:
    """Write everything as JSON and return where."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.json"
    result = {
        "machine": asdict(about),
        "ingest": [asdict(each) for each in ingest],
        "store": asdict(store) if store else None,
    }
    path.write_text(json.dumps(result, indent=1))
    return path


def _ms(value: float) -> str:
    return f"{value:.1f} ms" if value < 100 else f"{value:,.0f} ms"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a Markdown table; the first is its head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for number, row in enumerate(rows):
        first, *rest = (
            cell.ljust(width) if not at else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append(" | ".join((first, *rest)))
        if not number:
            lines.append("-|-".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in lines)
