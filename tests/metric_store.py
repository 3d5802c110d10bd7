"""Metrics of one project in a store within this process."""

from dataclasses import dataclass

import numpy as np

from vedette.kit.ids import ProjectId
from vedette.signals.metrics.intake import MetricIntake
from vedette.signals.metrics.labels import labels_of
from vedette.signals.metrics.points import Points
from vedette.signals.metrics.queries import Queries


@dataclass
class Metrics:
    """What writes and what asks; times are Unix seconds."""

    project: ProjectId
    queries: Queries
    intake: MetricIntake

    async def put(self, at_s: float, **values: float) -> None:
        """Write one sample of each name, all of the job `shop`."""
        series = [labels_of({"__name__": name, "job": "shop"}) for name in values]
        times = np.full(len(series), int(at_s * 1000), np.int64)
        await self.intake.write(self.project, Points(series, times, np.array(list(values.values()), np.float64)))

    async def ask(self, text: str, at_s: float) -> dict[str, float]:
        """Return values by labels, written as `{a=b}`."""
        found = await self.queries.instant(self.project, text, int(at_s * 1000))
        shown = ["{" + ",".join(f"{name}={value}" for name, value in labels) + "}" for labels in found.labels]
        return {each: float(found.values[row, 0]) for row, each in enumerate(shown) if found.present[row, 0]}
