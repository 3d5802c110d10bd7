"""What queries evaluate to: a script per family of functions and operators, with samples and literal results."""

from pathlib import Path

import pytest

from promql.promqltest import run_file
from vedette.signals.metrics.promql.functions import FUNCTIONS
from vedette.signals.metrics.promql.instant import INSTANT_FUNCTIONS, SCALAR_FUNCTIONS
from vedette.signals.metrics.promql.ranges import RANGE_FUNCTIONS

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.test"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_script(script: Path):
    """Each query gives the result written beneath it, as an instant query, in a range, and pinned by `@`."""
    outcomes = run_file(script)
    assert outcomes
    assert [each for each in outcomes if each] == []


def test_every_function_of_the_language_is_there():
    """What the parser lets through can be evaluated."""
    stable = {name for name, function in FUNCTIONS.items() if not function.is_experimental}
    assert stable == {*RANGE_FUNCTIONS, *INSTANT_FUNCTIONS, *SCALAR_FUNCTIONS}
