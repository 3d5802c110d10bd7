"""A store, what writes to it and what asks it, in this process."""

from collections.abc import AsyncIterator
from itertools import count

import pytest

from metric_store import Metrics
from vedette.kit.ids import ProjectId
from vedette.kit.instruments import Instruments
from vedette.signals.metrics.book import Shelf
from vedette.signals.metrics.intake import Assembler, Limits, MetricIntake
from vedette.signals.metrics.promql.limits import Limits as EvaluationLimits
from vedette.signals.metrics.queries import Queries, QueryLimits
from vedette.signals.metrics.series import SeriesIndex
from vedette.storage.telemetry.embedded import EmbeddedStore
from vedette.storage.telemetry.retention import Retention
from vedette.storage.telemetry.writer import Writers

_PROJECTS = count(1)


@pytest.fixture
async def metrics(store: EmbeddedStore) -> AsyncIterator[Metrics]:
    """Metrics of a project no other test uses."""
    writers = Writers(store, Instruments(), queue_bytes=10_000_000, interval_s=0)
    writers.start()
    shelf = Shelf(most_labels=60)
    limits = QueryLimits(EvaluationLimits())
    queries = Queries(store, SeriesIndex(store, shelf.edition), Instruments(), limits, concurrency=2)
    assembler = Assembler(Limits(Retention({"metrics": 0}), 600), shelf)
    yield Metrics(ProjectId(next(_PROJECTS)), queries, MetricIntake(writers, shelf, assembler))
    queries.close()
    await writers.close()
