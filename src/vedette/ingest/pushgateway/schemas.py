"""Wire shapes of the groups of pushed metrics."""

from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import BaseModel

from vedette.ingest.pushgateway.groups import Group


class PushGroup(BaseModel):
    """A group: `labels` are its key, `job` among them; the times are null when there was none."""

    id: int
    job: str
    labels: Mapping[str, str]
    last_push: datetime | None
    last_failure: datetime | None
    families: int
    series: int


class PushGroupList(BaseModel):
    """Groups in the order in which they were first pushed to; `next` is the cursor of the following page."""

    items: list[PushGroup]
    next: str | None = None


def shown(group: Group) -> PushGroup:
    """Return a group as the API shows it, without the two series about pushing."""
    labels = dict(group.key)
    return PushGroup(
        id=group.id,
        job=labels["job"],
        labels=labels,
        last_push=_moment(group.pushed_s),
        last_failure=_moment(group.failed_s),
        families=len(group.families),
        series=sum(1 for each in group.families.values() for _ in each.series),
    )


def _moment(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
