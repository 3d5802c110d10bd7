"""Scrape jobs that people enter: kept, shown without secrets, checked, and scraped."""

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pwdlib.hashers.argon2 import Argon2Hasher

from scrape.targets import exposing
from vedette.edge import problems
from vedette.guard.access import Access, Bootstrap, Role
from vedette.ingest.scrape.jobs_store import ScrapeJobs
from vedette.ingest.scrape.manager import ScrapeManager
from vedette.ingest.scrape.routes import router
from vedette.kit.ids import ProjectId
from vedette.kit.instruments import Instruments
from vedette.kit.ledger import Ledger
from vedette.signals.metrics.book import Shelf
from vedette.signals.metrics.intake import Assembler, Limits, MetricIntake
from vedette.storage.records import Records
from vedette.storage.telemetry.embedded import EmbeddedStore
from vedette.storage.telemetry.engine_config import EngineLimits
from vedette.storage.telemetry.retention import Retention
from vedette.storage.telemetry.schema import migrate
from vedette.storage.telemetry.writer import Writers

ADMIN = "vdt_admin-of-the-scrapes"
JOB = {"job_name": "shop", "static_configs": [{"targets": ["shop:9090"]}]}


class Scrapes:
    """The API as people of three roles see it; `changes` counts what was published."""

    def __init__(self, records: Records) -> None:
        self.changes = 0
        self.access = Access(records, hasher=Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))
        self.access.bootstrap(Bootstrap("", "", ADMIN, "", ""))
        self.tokens = {Role.ADMIN: ADMIN}
        for role in (Role.VIEWER, Role.MEMBER):
            self.tokens[role] = f"vdt_{role}-of-the-scrapes"
            self.access.tokens.ensure(str(role), role, self.tokens[role])
        app = FastAPI()
        problems.install(app)
        app.include_router(router)
        self.jobs = app.state.scrape_jobs = ScrapeJobs(records, self._changed)
        app.state.access = self.access
        self._client = TestClient(app)

    def _changed(self) -> None:
        asyncio.get_running_loop()
        self.changes += 1

    def call(
        self, method: str, path: str = "", body: object = None, *, role: Role = Role.ADMIN, project: str = "default"
    ) -> Any:
        """Return the JSON of a success, or the status and faults of a failure."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}", "X-Vedette-Project": project}
        options = {} if body is None else {"json": body}
        answer = self._client.request(method, f"/api/scrapes{path}", headers=headers, **options)
        if answer.status_code < 300:
            return answer.json() if answer.content else None
        document = answer.json()
        return answer.status_code, {each["where"]: each["what"] for each in document.get("errors") or []}


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records(f"sqlite:///{tmp_path}/records.sqlite3")
    records.migrate()
    yield records
    records.close()


@pytest.fixture
def scrapes(records: Records) -> Iterator[Scrapes]:
    made = Scrapes(records)
    yield made
    made.access.close()


def test_jobs_are_kept_changed_and_forgotten(scrapes: Scrapes):
    """Every change is published, in the event loop; `load` gives what stands."""
    made = scrapes.call("POST", body=JOB)
    assert (made["name"], made["job"], made["updated_by"]) == ("shop", JOB, "token bootstrap")
    assert yaml.safe_load(made["yaml"]) == JOB
    assert scrapes.call("GET") == {"items": [made]}
    changed = scrapes.call("PUT", f"/{made['id']}", JOB | {"job_name": "stall", "scrape_interval": "5s"})
    assert scrapes.call("GET", f"/{made['id']}") == changed
    ((project, job),) = scrapes.jobs.load()
    assert (project, job.job_name, job.scrape_interval, job.scrape_timeout) == (1, "stall", 5.0, 5.0)
    scrapes.call("DELETE", f"/{made['id']}")
    assert scrapes.call("GET") == {"items": []}
    assert scrapes.call("GET", f"/{made['id']}") == (404, {})
    assert scrapes.changes == 3


@pytest.mark.parametrize(
    "text",
    [
        "job_name: shop\nstatic_configs:\n  - targets: ['shop:9090']\n",
        "- job_name: shop\n  static_configs:\n  - targets: ['shop:9090']\n",
        "scrape_configs:\n- job_name: shop\n  static_configs: [{targets: ['shop:9090']}]\n",
    ],
)
def test_jobs_may_be_written_in_yaml(scrapes: Scrapes, text: str):
    """As an entry, as a list of one, or as the part of a configuration."""
    assert scrapes.call("POST", body={"yaml": text})["job"] == JOB


@pytest.mark.parametrize(
    ("body", "where", "what"),
    [
        ({}, "job.job_name", "Field required"),
        (JOB | {"nonesuch": 1}, "job.nonesuch", "there is no such field"),
        (JOB | {"scrape_interval": "5"}, "job.scrape_interval", "not a valid duration string: '5'"),
        (JOB | {"scrape_interval": "1s", "scrape_timeout": "2s"}, "job.scrape_timeout", "greater than scrape interval"),
        (JOB | {"relabel_configs": [{"action": "keep", "regex": "("}]}, "job.relabel_configs[0]", "regular expression"),
        (JOB | {"kubernetes_sd_configs": [{}]}, "job.kubernetes_sd_configs", "is not supported"),
        (JOB | {"file_sd_configs": [{"files": ["x.json"]}]}, "job.file_sd_configs", "configuration file only"),
        (JOB | {"tls_config": {"ca_file": "/etc/ca"}}, "job.tls_config.ca_file", "configuration file only"),
        (JOB | {"project": "another"}, "job.project", "writes to that project"),
        (JOB | {"bearer_token": "<secret>"}, "job.bearer_token", "no secret kept here"),
        (JOB | {"job_name": "x" * 201}, "job.job_name", "at most 200 characters"),
        ({"yaml": "job_name: [\n"}, "yaml:2:1", "expected the node content"),
        ({"yaml": "- job_name: a\n- job_name: b\n"}, "yaml", "more than one job"),
        ({"yaml": "just text"}, "yaml", "is no scrape configuration"),
        ({"yaml": 5}, "yaml", "is no text"),
        ({"yaml": "a: &a [1]\nb: [" + "*a," * 30 + "]"}, "yaml", "aliases"),
        ({"yaml": "job_name: a\nparams: {x: !!set {a, b}}\n"}, "job", "cannot be kept as JSON"),
    ],
)
@pytest.mark.parametrize("path", ["", "/check"])
def test_mistakes_are_told_with_their_place(scrapes: Scrapes, body: object, where: str, what: str, path: str):
    """Keeping and checking say the same; nothing is kept."""
    status, faults = scrapes.call("POST", path, body)
    assert status == 400
    assert what in faults[where]
    assert scrapes.call("GET") == {"items": []}
    assert scrapes.changes == 0


SECRETS = {
    **JOB,
    "basic_auth": {"username": "alice", "password": "first"},
    "tls_config": {"key": "second", "cert": "public"},
    "http_headers": {"X-One": {"secrets": ["third", "fourth"], "values": ["open"]}},
    "http_sd_configs": [
        {"url": "http://one", "authorization": {"credentials": "fifth"}},
        {"url": "http://two", "oauth2": {"client_id": "c", "client_secret": "sixth", "token_url": "http://t"}},
    ],
}


def test_secrets_are_never_shown_and_kept_when_the_stand_in_comes_back(scrapes: Scrapes):
    """In JSON and YAML, after keeping, reading, listing and checking; a new value replaces the old one."""
    made = scrapes.call("POST", body=SECRETS)
    checked = scrapes.call("POST", f"/check?id={made['id']}", made["job"])
    for shown in (made, scrapes.call("GET"), scrapes.call("GET", f"/{made['id']}"), checked):
        for word in ("first", "second", "third", "fourth", "fifth", "sixth"):
            assert word not in str(shown)
    job = made["job"]
    assert job["basic_auth"] == {"username": "alice", "password": "<secret>"}
    assert job["http_headers"] == {"X-One": {"secrets": ["<secret>", "<secret>"], "values": ["open"]}}
    job["http_headers"]["X-One"]["secrets"][1] = "new"
    del job["http_sd_configs"][0]
    scrapes.call("PUT", f"/{made['id']}", {"yaml": yaml.safe_dump(job)})
    ((_, kept),) = scrapes.jobs.load()
    assert kept.basic_auth is not None
    assert kept.basic_auth.password == "first"
    assert kept.tls_config.key == "second"
    assert kept.http_headers["X-One"].secrets == ("third", "new")
    (discovery,) = kept.http_sd_configs
    assert discovery.oauth2 is not None
    assert discovery.oauth2.client_secret == "sixth"


def test_a_secret_does_not_move_to_another_address(scrapes: Scrapes):
    """What discovery sends to one address is not sent to another because a stand-in was copied."""
    made = scrapes.call("POST", body=SECRETS)
    made["job"]["http_sd_configs"][0]["url"] = "http://elsewhere"
    status, faults = scrapes.call("PUT", f"/{made['id']}", made["job"])
    assert (status, list(faults)) == (400, ["job.http_sd_configs[0].authorization.credentials"])


def test_only_admins_change_jobs(scrapes: Scrapes):
    made = scrapes.call("POST", body=JOB)
    for role in (Role.VIEWER, Role.MEMBER):
        assert scrapes.call("GET", f"/{made['id']}", role=role) == made
        assert scrapes.call("POST", "/check", JOB, role=role)["name"] == "shop"
        for method, path, body in (
            ("POST", "", JOB),
            ("PUT", f"/{made['id']}", JOB),
            ("DELETE", f"/{made['id']}", None),
        ):
            assert scrapes.call(method, path, body, role=role) == (403, {})


def test_names_are_unique_in_a_project_and_projects_are_apart(scrapes: Scrapes):
    """The same name may be taken in another project; a job of another project is not there."""
    made = scrapes.call("POST", body=JOB)
    assert scrapes.call("POST", body=JOB)[0] == 409
    other = scrapes.call("POST", body=JOB | {"job_name": "other"})
    assert scrapes.call("PUT", f"/{other['id']}", JOB)[0] == 409
    assert scrapes.call("POST", body=JOB | {"project": "second"}, project="second")["name"] == "shop"
    for method, body in (("GET", None), ("PUT", JOB), ("DELETE", None)):
        assert scrapes.call(method, f"/{made['id']}", body, project="second") == (404, {})
    assert [job.job_name for _, job in scrapes.jobs.load()] == ["shop", "other", "shop"]
    assert len({project for project, _ in scrapes.jobs.load()}) == 2


def test_a_check_tells_what_would_be_scraped(scrapes: Scrapes):
    """Targets after relabelling, how many are dropped, and which are none."""
    found = scrapes.call(
        "POST",
        "/check",
        {
            "job_name": "shop",
            "scheme": "https",
            "params": {"a": ["b"]},
            "static_configs": [{"targets": ["one:1", "two:2", "a/b"], "labels": {"env": "test"}}],
            "relabel_configs": [{"source_labels": ["__address__"], "regex": "two.*", "action": "drop"}],
        },
    )
    assert found["targets"] == [
        {"url": "https://one:1/metrics?a=b", "labels": {"job": "shop", "env": "test", "instance": "one:1"}}
    ]
    assert (found["dropped"], found["interval_s"], found["timeout_s"]) == (1, 60.0, 10.0)
    assert "not a valid hostname" in found["faults"][0]


async def test_the_manager_scrapes_what_is_kept(scrapes: Scrapes, tmp_path: Path):
    """A job begins when it is kept and ends when it is forgotten."""
    instruments = Instruments()
    store = EmbeddedStore(tmp_path, EngineLimits(min_free_disk_mb=0))
    migrate(store)
    writers = Writers(store, instruments, queue_bytes=1_000_000, interval_s=0)
    writers.start()
    shelf = Shelf(most_labels=60)
    intake = MetricIntake(writers, shelf, Assembler(Limits(Retention({"metrics": 0}), 600), shelf))

    async def find_project(_: str) -> ProjectId | None:
        return None

    manager = ScrapeManager(
        intake, Ledger(instruments), find_project, file=None, project="default", kept=scrapes.jobs.kept
    )
    jobs = ScrapeJobs(scrapes.jobs._records, manager.changed)
    await manager.start()
    project = await asyncio.to_thread(scrapes.access.projects.find, "default")
    assert project
    with exposing() as target:
        document = {"job_name": "t", "scrape_interval": "200ms", "static_configs": [{"targets": [target.address]}]}
        made = await jobs.create(project, document, by="Alice")
        async with asyncio.timeout(90):
            while len(target.seen) < 2:
                await asyncio.sleep(0.05)
        await jobs.remove(project, made.id)
        async with asyncio.timeout(90):
            while manager.targets(project.id):
                await asyncio.sleep(0.05)
    await manager.stop()
    await writers.close()
    store.close()
    gc.collect()
