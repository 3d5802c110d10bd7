"""What `vedette demo` becomes once its options are checked."""

import argparse
import sys
from pathlib import Path

from vedette.demo import fleet


def main() -> int:
    """Run the fleet and return the exit status."""
    options = argparse.ArgumentParser(prog="vedette demo")
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--otlp-grpc-port", type=int, required=True)
    options.add_argument("--data-dir", type=Path, required=True)
    options.add_argument("--history-hours", type=float, required=True)
    options.add_argument("--rate", type=float, required=True)
    try:
        return fleet.run(fleet.Plan(**vars(options.parse_args())), _say)
    except fleet.CannotStart as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - this is what the command says
        return 1


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is what the command says


if __name__ == "__main__":
    sys.exit(main())
