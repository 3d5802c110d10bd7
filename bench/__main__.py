"""Run the benchmarks, print tables, write JSON. How to read the figures: docs/benchmarks.md."""

import argparse
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from bench import ingest, queries, report

_RESULTS = Path(__file__).parent / "results"
_STORE = "store"


def main() -> int:
    """Measure what was asked for; the status is 1 when a record was lost."""
    options = _options().parse_args()
    known = {each.name: each for each in ingest.SCENARIOS}
    chosen = options.only or [*known, _STORE]
    if unknown := set(chosen) - {*known, _STORE}:
        print(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join([*known, _STORE])}", file=sys.stderr)
        return 2
    seconds, runs, size = (1.5, 1, 100_000) if options.quick else (10.0, 3, 10_000_000)
    seconds, runs, size = options.seconds or seconds, options.runs or runs, options.size or size
    about = report.machine()
    print(", ".join(f"{name}: {value}" for name, value in asdict(about).items()), flush=True)
    found, store = [], None
    with tempfile.TemporaryDirectory(prefix="vedette-bench-", dir=options.folder) as folder:
        for name in [name for name in chosen if name != _STORE]:
            found.append(ingest.measure(known[name], Path(folder), seconds=seconds, runs=runs))
            print(f"{name}: {found[-1].most_per_s:,.0f}/s", flush=True)
        if _STORE in chosen:
            askings, starts = (5, 1) if options.quick else (20, 3)
            store = queries.measure(size, Path(folder), askings=askings, starts=starts, say=_say)
    if found:
        print(f"\n{report.ingest_table(found)}")
    if store:
        print(f"\n{report.store_tables(store)}")
    print(f"\nwritten to {report.write(options.results, about, found, store)}")
    return 0 if all(each.is_complete for each in found) else 1


def _say(text: str) -> None:
    print(text, flush=True)


def _options() -> argparse.ArgumentParser:
    names = ", ".join([*(each.name for each in ingest.SCENARIOS), _STORE])
    options = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    options.add_argument("only", nargs="*", help=f"what to measure; nothing = everything: {names}")
    options.add_argument("--quick", action="store_true", help="short runs and a small store: a minute or two")
    options.add_argument("--seconds", type=float, help="length of one run")
    options.add_argument("--runs", type=int, help="runs per scenario; medians are shown")
    options.add_argument("--size", type=int, help="spans and log records in the store that is asked questions")
    options.add_argument("--folder", type=Path, help="where stores are made; default: the system's temporary folder")
    options.add_argument("--results", type=Path, default=_RESULTS, help="where JSON is written")
    return options


if __name__ == "__main__":
    sys.exit(main())
