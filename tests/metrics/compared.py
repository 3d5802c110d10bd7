"""Metrics that are asked in two ways: with what is kept in memory, and from the table alone."""

from collections.abc import AsyncIterator
from itertools import count

import numpy as np
import pytest

from metric_store import Metrics
from vedette.kit.ids import ProjectId
from vedette.kit.instruments import Instruments
from vedette.signals.metrics.book import Shelf
from vedette.signals.metrics.intake import Assembler, Limits, MetricIntake
from vedette.signals.metrics.labels import labels_of
from vedette.signals.metrics.points import Points
from vedette.signals.metrics.promql.limits import Limits as EvaluationLimits
from vedette.signals.metrics.promql.result import Result
from vedette.signals.metrics.queries import Queries, QueryLimits
from vedette.signals.metrics.result_cache import ResultCache
from vedette.signals.metrics.series import SeriesIndex
from vedette.storage.telemetry.embedded import EmbeddedStore
from vedette.storage.telemetry.retention import Retention
from vedette.storage.telemetry.writer import Writers

_PROJECTS = count(1)


class Counted(ResultCache):
    """Counts the steps that are evaluated."""

    steps = 0

    def answer(self, asked, tree, evaluate):
        def counted(start_ms: int, end_ms: int) -> Result:
            self.steps += (end_ms - start_ms) // asked.step_ms + 1
            return evaluate(start_ms, end_ms)

        return super().answer(asked, tree, counted)


class CountedStore:
    """Counts the questions about samples."""

    def __init__(self, store: EmbeddedStore) -> None:
        self._store, self.asked = store, 0

    def query(self, sql, params=None, *, timeout_s=None):
        self.asked += " FROM samples" in sql
        return self._store.query(sql, params, timeout_s=timeout_s)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


class Both(Metrics):
    """Metrics that are asked with a cache and without."""

    cache: Counted
    plain: Queries
    counted: CountedStore
    shelf: Shelf

    async def compare(self, text: str, start_s: int, end_s: int, step_s: int = 15) -> Result:
        """Ask both ways and return the answer, which is the same."""
        window = (start_s * 1000, end_s * 1000, step_s * 1000)
        kept, fresh = [await each.range(self.project, text, *window) for each in (self.queries, self.plain)]
        assert kept.labels == fresh.labels, text
        np.testing.assert_array_equal(kept.times_ms, fresh.times_ms)
        np.testing.assert_array_equal(kept.present, fresh.present, err_msg=text)
        np.testing.assert_allclose(kept.values[kept.present], fresh.values[fresh.present], rtol=1e-12, err_msg=text)
        assert (kept.warnings, kept.infos) == (fresh.warnings, fresh.infos)
        return kept

    async def compare_now(self, text: str, at_s: float) -> Result:
        """Ask for one time, both ways."""
        kept, fresh = [
            await each.instant(self.project, text, round(at_s * 1000)) for each in (self.queries, self.plain)
        ]
        assert kept.labels == fresh.labels, text
        np.testing.assert_allclose(kept.values, fresh.values, rtol=1e-12, err_msg=text)
        return kept


@pytest.fixture
async def metrics(store: EmbeddedStore) -> AsyncIterator[Both]:
    """Metrics of a project no other test uses."""
    writers = Writers(store, Instruments(), queue_bytes=10_000_000, interval_s=0)
    writers.start()
    shelf = Shelf(most_labels=60)
    limits = QueryLimits(EvaluationLimits())
    index = SeriesIndex(store, shelf.edition)
    cache = Counted(shelf.changes, 1_000_000)
    counted = CountedStore(store)
    queries = Queries(counted, index, Instruments(), limits, concurrency=2, cache=cache, shelf=shelf)
    plain = Queries(store, index, Instruments(), limits, concurrency=2)
    assembler = Assembler(Limits(Retention({"metrics": 0}), 10**9), shelf)
    both = Both(ProjectId(next(_PROJECTS)), queries, MetricIntake(writers, shelf, assembler))
    both.cache, both.plain, both.counted, both.shelf = cache, plain, counted, shelf
    yield both
    queries.close()
    plain.close()
    await writers.close()


async def put(metrics: Metrics, at_s: float, values: dict[str, float]) -> None:
    """Write one sample of each job."""
    series = [labels_of({"__name__": "m", "job": job}) for job in values]
    times = np.full(len(series), int(at_s * 1000), np.int64)
    await metrics.intake.write(metrics.project, Points(series, times, np.array(list(values.values()), np.float64)))
