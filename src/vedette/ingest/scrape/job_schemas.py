"""Wire shapes of scrape jobs that people entered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import yaml
from pydantic import BaseModel, Field

from vedette.ingest.scrape.discovery import Group
from vedette.ingest.scrape.jobs_store import Checked, KeptJob
from vedette.ingest.scrape.target import targets_of
from vedette.kit.errors import Fault, Invalid

_MOST_ALIASES = 20
_MOST_TARGETS = 100


class ScrapeJobOut(BaseModel):
    """A kept job: one entry of `scrape_configs`, as JSON and as YAML, with `<secret>` for every secret."""

    id: int
    name: str
    job: dict[str, Any] = Field(description="An entry of Prometheus' `scrape_configs`.")
    yaml: str
    updated_at: datetime
    updated_by: str


class ScrapeJobList(BaseModel):
    """The jobs of a project by name."""

    items: list[ScrapeJobOut]


class ScrapeTarget(BaseModel):
    """What would be scraped, after relabelling."""

    url: str
    labels: Mapping[str, str]


class ScrapeCheck(BaseModel):
    """A job that is in order.

    `targets` are the first hundred of those written down in it, `dropped` how many of these relabelling drops, and
    `faults` what is wrong with others; what discovery finds shows when the job runs.
    """

    name: str
    job: dict[str, Any]
    yaml: str
    interval_s: float
    timeout_s: float
    targets: list[ScrapeTarget]
    dropped: int
    faults: list[str]


def shown(kept: KeptJob) -> ScrapeJobOut:
    """Return a kept job as the API shows it."""
    return ScrapeJobOut(
        id=kept.id,
        name=kept.name,
        job=dict(kept.document),
        yaml=_to_yaml(kept.document),
        updated_at=kept.updated_at,
        updated_by=kept.updated_by,
    )


def check_of(checked: Checked) -> ScrapeCheck:
    """Return what is told about a job in order."""
    job = checked.job
    found = targets_of(job, [Group(each.targets, dict(each.labels)) for each in job.static_configs])
    return ScrapeCheck(
        name=job.job_name,
        job=dict(checked.shown),
        yaml=_to_yaml(checked.shown),
        interval_s=job.scrape_interval,
        timeout_s=job.scrape_timeout,
        targets=[ScrapeTarget(url=each.url, labels=each.labels) for each in found.targets[:_MOST_TARGETS]],
        dropped=len(found.dropped),
        faults=list(found.faults[:_MOST_TARGETS]),
    )


def document_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the job in a body, which is one or has the YAML text of one as its only field; raises Invalid."""
    if set(body) != {"yaml"}:
        return body
    text = body["yaml"]
    if not isinstance(text, str):
        raise Invalid("the scrape configuration is not valid", faults=[Fault("yaml", "is no text")])
    document = _of_yaml(text)
    if isinstance(document, dict) and set(document) == {"scrape_configs"}:
        document = document["scrape_configs"]
    if isinstance(document, list) and len(document) == 1:
        document = document[0]
    if not isinstance(document, dict):
        what = "has more than one job" if isinstance(document, list) and document else "is no scrape configuration"
        raise Invalid("the scrape configuration is not valid", faults=[Fault("yaml", what)])
    return {str(name): value for name, value in document.items()}


def _of_yaml(text: str) -> object:
    try:
        aliases = sum(isinstance(each, yaml.AliasEvent) for each in yaml.parse(text, yaml.SafeLoader))
        if aliases > _MOST_ALIASES:  # a short text with many of them can stand for an endless one
            raise Invalid("the text is no YAML", faults=[Fault("yaml", f"has more than {_MOST_ALIASES} aliases")])
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"yaml:{mark.line + 1}:{mark.column + 1}" if mark is not None else "yaml"
        raise Invalid("the text is no YAML", faults=[Fault(where, error.problem or str(error)[:500])]) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Invalid("the text is no YAML", faults=[Fault("yaml", str(error)[:500])]) from None


def _to_yaml(document: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, width=120)
