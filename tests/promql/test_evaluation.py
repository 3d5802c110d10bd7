"""What queries evaluate to: a script per family of functions and operators, with samples and literal results."""

from pathlib import Path

import pytest

from promql.promqltest import run_file

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.test"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_script(script: Path):
    """Each query gives the result written beneath it, as an instant query, in a range, and pinned by `@`."""
    outcomes = run_file(script)
    assert outcomes
    assert [each for each in outcomes if each] == []
