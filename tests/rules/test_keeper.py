"""Rule files followed as they change, and their groups kept running."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from metric_store import Metrics
from vedette.kit.ids import ProjectId
from vedette.signals.metrics.rules.evaluation import Evaluator
from vedette.signals.metrics.rules.files import RuleFiles
from vedette.signals.metrics.rules.keeper import RuleKeeper
from vedette.signals.metrics.rules.reading import Defaults

pytestmark = pytest.mark.xdist_group("store")

_GROUP = "groups: [{{name: shop, interval: 100ms, rules: [{{record: {name}, expr: '{expr}'}}]}}]"


@pytest.fixture
async def keeper(metrics: Metrics, tmp_path: Path) -> AsyncIterator[RuleKeeper]:
    async def find(name: str) -> ProjectId | None:
        return metrics.project if name == "default" else None

    files = RuleFiles([str(tmp_path / "*.yml")], Defaults())
    keeper = RuleKeeper(files, Evaluator(metrics.queries, metrics.intake), find, look_every_s=0.05)
    yield keeper
    await keeper.stop()


def _write(path: Path, text: str) -> None:
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text)
    if path.stat().st_mtime_ns == before:
        os.utime(path, ns=(before + 1, before + 1))


async def _eventually(claim: Callable[[], Awaitable[bool]]) -> None:
    deadline = time.monotonic() + 90
    while not await claim():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def test_groups_are_evaluated_on_their_interval(metrics: Metrics, keeper: RuleKeeper, tmp_path: Path) -> None:
    _write(tmp_path / "a.yml", _GROUP.format(name="answer", expr="6 * 7"))

    await keeper.start()

    async def often() -> bool:
        return (await metrics.ask("count_over_time(answer[1m])", time.time())).get("{}", 0) >= 3

    await _eventually(often)
    (state,) = keeper.groups(metrics.project)
    assert (state.rules[0].health, keeper.groups(ProjectId(10_000))) == ("ok", [])


async def test_a_changed_file_is_followed_and_what_it_wrote_before_ends(
    metrics: Metrics, keeper: RuleKeeper, tmp_path: Path
) -> None:
    _write(tmp_path / "a.yml", _GROUP.format(name="old", expr="1"))
    await keeper.start()
    await _eventually(lambda: _has(metrics, "old"))

    _write(tmp_path / "a.yml", _GROUP.format(name="new", expr="1"))

    await _eventually(lambda: _has(metrics, "new"))
    await _eventually(lambda: _has_not(metrics, "old"))


async def test_a_removed_file_ends_its_series(metrics: Metrics, keeper: RuleKeeper, tmp_path: Path) -> None:
    _write(tmp_path / "a.yml", _GROUP.format(name="gone", expr="1"))
    await keeper.start()
    await _eventually(lambda: _has(metrics, "gone"))

    (tmp_path / "a.yml").unlink()

    await _eventually(lambda: _has_not(metrics, "gone"))
    assert keeper.groups(metrics.project) == []


async def test_a_file_that_breaks_keeps_the_groups_it_had(metrics: Metrics, keeper: RuleKeeper, tmp_path: Path) -> None:
    _write(tmp_path / "a.yml", _GROUP.format(name="kept", expr="1"))
    await keeper.start()

    _write(tmp_path / "a.yml", _GROUP.format(name="kept", expr="1 +"))
    await keeper.refresh()

    assert [each.group.name for each in keeper.groups(metrics.project)] == ["shop"]
    assert "could not parse expression" in str(keeper.faults[0])


async def test_a_project_that_does_not_exist_is_a_fault(keeper: RuleKeeper, tmp_path: Path) -> None:
    _write(tmp_path / "a.yml", "project: nowhere\ngroups: [{name: a}]")

    await keeper.start()

    assert [str(each) for each in keeper.faults] == [f"{tmp_path}/a.yml: 1:1: there is no project named 'nowhere'"]


@pytest.mark.parametrize(
    ("content", "fault"), [(b"\xff", "not UTF-8: "), (b"x" * (16 * 1024 * 1024 + 1), "larger than")]
)
async def test_files_that_cannot_be_read_say_why(
    keeper: RuleKeeper, tmp_path: Path, content: bytes, fault: str
) -> None:
    (tmp_path / "a.yml").write_bytes(content)

    await keeper.start()

    assert keeper.faults[0].what.startswith(fault)


async def _has(metrics: Metrics, name: str) -> bool:
    return bool(await metrics.ask(name, time.time()))


async def _has_not(metrics: Metrics, name: str) -> bool:
    return not await metrics.ask(name, time.time())
