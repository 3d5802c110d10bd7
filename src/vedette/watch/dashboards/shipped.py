"""The dashboards that are part of Vedette: read-only, the same in every project."""

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import resources
from importlib.resources.abc import Traversable

import orjson

from vedette.watch.dashboards.answers import Dashboard, DashboardIn, DashboardSummary
from vedette.watch.phrases import spelled_out


class Shipped:
    """The documents of the package's folder `shipped`; the uid of each is its file's name."""

    def __init__(self) -> None:
        began = datetime.now(UTC)
        folder = resources.files(__package__).joinpath("shipped")
        files = sorted((each for each in folder.iterdir() if each.name.endswith(".json")), key=lambda each: each.name)
        self._all: Mapping[str, Dashboard] = {
            uid: Dashboard(
                **_read(file).content().model_dump(by_alias=True),
                uid=uid,
                version=1,
                shipped=True,
                updated_at=began,
                updated_by="Vedette",
            )
            for file in files
            if (uid := f"vedette-{file.name.removesuffix('.json')}")
        }

    def get(self, uid: str) -> Dashboard | None:
        """Return one, None for a uid that is not of these."""
        return self._all.get(uid)

    def summaries(self) -> list[DashboardSummary]:
        """Return all by title, as a list shows them."""
        found = [
            DashboardSummary(
                **each.model_dump(
                    include={"uid", "title", "description", "tags", "shipped", "version", "updated_at", "updated_by"}
                ),
                panels=sum(panel.type != "row" for panel in each.panels),
            )
            for each in self._all.values()
        ]
        return sorted(found, key=lambda each: each.title.lower())


def _read(file: Traversable) -> DashboardIn:
    document = orjson.loads(file.read_bytes())
    for panel in document["panels"]:
        for query in panel.get("queries", []):
            if query.get("signal", "metrics") == "metrics":
                query["text"] = spelled_out(query["text"])
    return DashboardIn.model_validate(document)
