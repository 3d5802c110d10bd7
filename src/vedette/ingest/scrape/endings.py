"""The ends of series whose target is not scraped any more."""

import asyncio
import time

import structlog

from vedette.ingest.scrape.loop import ScrapeLoop

log = structlog.get_logger(__name__)


class Endings:
    """Knows all loops, and ends the series of those that are over when nobody else has them.

    As in Prometheus that takes a little more than two intervals: after a change of the configuration the same series
    often come from a new loop, and then they go on.
    """

    def __init__(self) -> None:
        self._loops: set[ScrapeLoop] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def begun(self, loop: ScrapeLoop) -> None:
        """Note a loop that scrapes from now on."""
        self._loops.add(loop)

    def over(self, loop: ScrapeLoop) -> None:
        """Note a loop that was stopped."""
        self._loops.discard(loop)
        if loop.health.is_up is None:
            return
        task = asyncio.create_task(self._end(loop), name=f"end-{loop.job.job_name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Let the series be: whoever starts next goes on with them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _end(self, loop: ScrapeLoop) -> None:
        at_s, interval_s = max(loop.next_s, time.time()), loop.target.interval_s
        await asyncio.sleep(at_s - time.time() + 1.1 * interval_s)
        try:
            left = loop.alive
            for other in [each for each in self._loops if each.project == loop.project]:
                left = left.without(other.alive)
            has_successor = any(each.reported == loop.reported and each.project == loop.project for each in self._loops)
            if has_successor and not len(left):
                return
            await loop.end(left, round(at_s * 1000), with_reported=not has_successor)
        except Exception:
            log.exception("series of a target that is gone could not be ended", job=loop.job.job_name)
