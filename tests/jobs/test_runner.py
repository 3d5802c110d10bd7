"""The runner runs what is due, survives what fails, and stops cleanly."""

import asyncio
import threading
from datetime import timedelta

import pytest

from vedette.storage.jobs import Job, JobRunner
from vedette.storage.records import Leases, Records

SOON = timedelta(milliseconds=20)
HOUR = timedelta(hours=1)


@pytest.fixture
def leases(tmp_path):
    records = Records(f"sqlite:///{tmp_path}/records.sqlite3")
    records.migrate()
    yield Leases(records)
    records.close()


def runner_of(leases, *jobs, **options):
    return JobRunner(jobs, leases, jitter=lambda: 0.0, **options)


async def until(condition):
    async with asyncio.timeout(90):
        while not condition():
            await asyncio.sleep(0.005)


async def test_a_coroutine_function_runs_on_the_event_loop(leases):
    """Again and again."""
    threads = []

    async def job() -> None:
        threads.append(threading.current_thread())

    runner = runner_of(leases, Job("tick", job, SOON))
    await runner.start()
    await until(lambda: len(threads) >= 3)
    await runner.stop()
    assert set(threads) == {threading.current_thread()}


async def test_a_plain_function_runs_in_a_thread(leases):
    """So that it does not block the event loop."""
    threads = []
    runner = runner_of(leases, Job("tick", lambda: threads.append(threading.current_thread()), SOON))
    await runner.start()
    await until(lambda: threads)
    await runner.stop()
    assert threading.current_thread() not in threads


async def test_a_lambda_around_a_coroutine_function_is_awaited(leases):
    """It does not silently do nothing."""
    done = []

    async def job(what: str) -> None:
        done.append(what)

    await runner_of(leases, Job("tick", lambda: job("swept"), HOUR, everywhere=True)).run_once("tick")
    assert done == ["swept"]


async def test_a_job_that_fails_is_reported_and_runs_again(leases):
    """Its error reaches the hook, the last runs and the records."""
    finished = []

    def job() -> None:
        raise OSError("disk full")

    runner = runner_of(leases, Job("tick", job, SOON), on_finished=lambda *each: finished.append(each))
    await runner.start()
    await until(lambda: len(finished) >= 2)
    await runner.stop()
    name, seconds, error = finished[0]
    assert (name, seconds >= 0, repr(error)) == ("tick", True, "OSError('disk full')")
    (last,) = runner.last_runs()
    assert (last.name, last.error, last.runs == last.failures >= 2) == ("tick", "OSError: disk full", True)
    assert [each.last_error for each in leases.last_runs()] == ["OSError: disk full"]


async def test_a_slow_job_delays_no_other(leases):
    """Each job has its own time."""
    ticks = []
    blocked = threading.Event()
    runner = runner_of(leases, Job("slow", blocked.wait, HOUR), Job("tick", lambda: ticks.append(1), SOON))
    await runner.start()
    await until(lambda: len(ticks) >= 3)
    blocked.set()
    await runner.stop()
    assert {each.name for each in runner.last_runs()} == {"slow", "tick"}


async def test_two_servers_share_the_work(leases):
    """What one ran is not due for the other."""
    runs = []
    one = runner_of(leases, Job("sweep", lambda: runs.append("one"), HOUR), holder="one")
    two = runner_of(leases, Job("sweep", lambda: runs.append("two"), HOUR), holder="two")
    await one.run_once("sweep")
    wait = await two.run_once("sweep")
    assert runs == ["one"]
    assert timedelta(minutes=59) < wait <= HOUR


async def test_a_job_for_everywhere_runs_on_each_server(leases):
    """It takes no lease."""
    runs = []
    for name in ("one", "two"):
        job = Job("flush", lambda name=name: runs.append(name), HOUR, everywhere=True)
        await runner_of(leases, job, holder=name).run_once("flush")
    assert (runs, leases.last_runs()) == (["one", "two"], [])


async def test_stop_waits_for_a_run_under_way(leases):
    """A job of a moment is not torn."""
    began, ended = asyncio.Event(), []

    async def job() -> None:
        began.set()
        await asyncio.sleep(0.1)
        ended.append(1)

    runner = runner_of(leases, Job("tick", job, HOUR))
    await runner.start()
    await began.wait()
    await runner.stop()
    assert ended == [1]


async def test_stop_does_not_wait_for_ever(leases):
    """A job that hangs is cancelled, and gives its lease back."""
    began = asyncio.Event()

    async def job() -> None:
        began.set()
        await asyncio.sleep(3600)

    runner = runner_of(leases, Job("hang", job, HOUR))
    await runner.start()
    await began.wait()
    async with asyncio.timeout(90):
        await runner.stop(within=timedelta(milliseconds=50))
    (run,) = leases.last_runs()
    assert (run.holder, run.last_error) == (None, "stopped before it ended")


async def test_stop_interrupts_the_wait_for_the_next_run(leases):
    """A server with only hourly jobs stops at once."""
    runner = runner_of(leases, Job("sweep", lambda: None, HOUR))
    await runner.start()
    await until(runner.last_runs)
    async with asyncio.timeout(90):
        await runner.stop()


async def test_records_that_are_away_do_not_end_the_runner(tmp_path):
    """It tries again later; jobs that need no lease go on."""
    away = Leases(Records("postgresql://nobody@127.0.0.1:1/none"))
    ticks = []
    runner = runner_of(
        away, Job("sweep", lambda: None, SOON), Job("tick", lambda: ticks.append(1), SOON, everywhere=True)
    )
    await runner.start()
    await until(lambda: len(ticks) >= 3)
    await runner.stop()
    assert [each.name for each in runner.last_runs()] == ["tick"]


def test_two_jobs_of_one_name_are_a_mistake(leases):
    """They would share a lease, and one would never run."""
    with pytest.raises(ValueError, match="'tick'"):
        runner_of(leases, Job("tick", lambda: None, SOON), Job("tick", lambda: None, HOUR))
