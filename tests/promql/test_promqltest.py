"""The scripts upstream tests its engine with, where they are at hand."""

from pathlib import Path

import pytest

from promql.promqltest import Failure, run_file

SCRIPTS = Path(__file__).parents[3] / "shared" / "conformance" / "promqltest"

DIFFERENT = {
    ("aggregators", 'count_values("a\\xc5z", version)'): "bytes that are no UTF-8 are shown as U+FFFD",
}


def _is_meant(script: str, failure: Failure) -> bool:
    needs_a_flag = "is experimental" in failure.what or "is not enabled" in failure.what
    return needs_a_flag or (script, failure.query) in DIFFERENT


@pytest.mark.skipif(not SCRIPTS.is_dir(), reason="the scripts are not part of the repository")
@pytest.mark.parametrize(
    "script",
    ["aggregators", "at_modifier", "literals", "operators", "range_queries", "selectors", "trig_functions"],
)
def test_upstream_script(script: str):
    """Every evaluation gives what upstream's engine gives, but for what needs a flag there."""
    outcomes = run_file(SCRIPTS / f"{script}.test")
    assert len(outcomes) > 10
    assert [each for each in outcomes if each and not _is_meant(script, each)] == []
