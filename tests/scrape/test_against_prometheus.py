"""The same targets and the same configuration for Vedette and for a Prometheus of the system: the same series."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import prometheus_client
import pytest
import yaml

from prometheus import Prometheus
from scrape.targets import Exposing, exposing
from support import Server, eventually, free_port

pytestmark = pytest.mark.skipif(not Prometheus.is_installed(), reason="the system has no Prometheus")

TEXT = """\
# HELP http_requests_total Requests.
# TYPE http_requests_total counter
http_requests_total{path="/",code="200"} 10
http_requests_total{path="/a \\"b\\" \\\\ \\n",code="500",instance="mine",job="mine",exported_job="theirs"} 2
# TYPE took_seconds histogram
took_seconds_bucket{le="0.5"} 1
took_seconds_bucket{le="+Inf"} 3
took_seconds_sum 4.5
took_seconds_count 3
# TYPE size summary
size{quantile="0.5"} NaN
size_sum 100
size_count 7
temperature{room="",floor="1",} -1.5e-3
secret_key 1
noise{pod="a"} 1
noise{pod="b"} 2
noise{pod="a"} 3
go_version_info{version="go1.22"} 1
"""
METRIC_RULES = [
    {"source_labels": ["__name__"], "regex": "secret_.*", "action": "drop"},
    {"regex": "pod", "action": "labeldrop"},
    {"source_labels": ["path"], "regex": "(?s:/(.).*)", "target_label": "first", "replacement": "is-${1}"},
    {"source_labels": ["code"], "regex": "5..", "target_label": "is_error", "replacement": "yes"},
    {"regex": "(ver)sion", "replacement": "${1}", "action": "labelmap"},
    {
        "source_labels": ["__name__", "code"],
        "separator": "-",
        "modulus": 7,
        "target_label": "shard",
        "action": "hashmod",
    },
    {"source_labels": ["room", "floor"], "target_label": "place", "action": "uppercase"},
]
TARGET_RULES = [
    {"source_labels": ["__address__"], "regex": "(.*):(.*)", "target_label": "host"},
    {"source_labels": ["__meta_filepath"], "regex": ".*/(.*)", "target_label": "file"},
    {"source_labels": ["rack", "__meta_zone"], "separator": "", "regex": "b.*", "action": "drop"},
    {"regex": "__meta_(zone)", "action": "labelmap"},
    {"source_labels": ["__param_module"], "target_label": "module"},
]


class Both:
    """Two servers that scrape alike."""

    def __init__(self, vedette: Server, prometheus: str) -> None:
        self.vedette, self.prometheus = vedette, prometheus

    def samples(self, query: str) -> list[dict[tuple[tuple[str, str], ...], str]]:
        """Return what both answer: values by labels."""
        theirs = httpx.get(f"{self.prometheus}/api/v1/query", params={"query": query}, timeout=60).json()
        ours = self.vedette.get("/api/v1/query", query=query)
        return [
            {tuple(sorted(each["metric"].items())): each["value"][1] for each in answer["data"]["result"]}
            for answer in (theirs, ours)
        ]

    def targets(self) -> list[list[Any]]:
        """Return what both tell of targets, without times and what only one of them has."""
        theirs = httpx.get(f"{self.prometheus}/api/v1/targets", timeout=60).json()["data"]
        ours = self.vedette.get("/api/v1/targets")["data"]
        return [
            [
                sorted((_plain(each) for each in document["activeTargets"]), key=_as_json),
                sorted((_known(each["discoveredLabels"]) for each in document["droppedTargets"]), key=_as_json),
            ]
            for document in (theirs, ours)
        ]


def _as_json(document: dict[str, Any]) -> str:
    return json.dumps(document, sort_keys=True)


def _plain(target: dict[str, Any]) -> dict[str, Any]:
    told = ("labels", "scrapePool", "scrapeUrl", "health", "scrapeInterval", "scrapeTimeout")
    return {name: target[name] for name in told} | {"discovered": _known(target["discoveredLabels"])}


def _known(labels: dict[str, str]) -> dict[str, str]:
    """Leave out what Prometheus 2 does not have."""
    return {name: value for name, value in labels.items() if "histograms" not in name}


@pytest.fixture(scope="module")
def text_target() -> Iterator[Exposing]:
    with exposing(body=TEXT) as target:
        yield target


@pytest.fixture(scope="module")
def python_port() -> Iterator[int]:
    """A program with the Python client and metrics of its own."""
    registry, port = prometheus_client.CollectorRegistry(), free_port()
    prometheus_client.Counter("jobs", "Jobs.", ["kind"], registry=registry).labels('a"\n').inc(
        exemplar={"trace_id": "x"}
    )
    prometheus_client.Histogram("took", "Time.", registry=registry).observe(0.2, exemplar={"trace_id": "y"})
    prometheus_client.Info("build", "Build.", registry=registry).info({"version": "1"})
    server, thread = prometheus_client.start_http_server(port, "127.0.0.1", registry)
    yield port
    server.shutdown()
    server.server_close()
    thread.join(60)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, text_target: Exposing, python_port: int) -> Iterator[Both]:
    rival = Prometheus(tmp_path_factory.mktemp("both"))
    rival.configuration = _configuration(text_target.address, f"127.0.0.1:{python_port}", rival.port)
    groups = [
        {"targets": ["localhost:1"], "labels": {"rack": "a", "__meta_zone": "north"}},
        {"targets": ["localhost:2"], "labels": {"rack": "b", "__meta_zone": "south"}},
    ]
    (rival.folder / "listed.yml").write_text(yaml.safe_dump(groups))
    rival.start()
    file = rival.folder / "prometheus.yml"
    settings = {"SCRAPE_CONFIG_FILE": str(file), "COLLECT_HOST": "false", "OBSERVE_ITSELF": "false"}
    server = Server(tmp_path_factory.mktemp("server"), {f"VEDETTE_{name}": value for name, value in settings.items()})
    try:
        server.start()
        found = Both(server, rival.url)
        eventually(lambda: all(len(each) == 7 for each in found.samples("up")))
        time.sleep(2)
        yield found
    finally:
        rival.stop()
        server.stop()


def _configuration(text: str, python: str, port: int) -> dict[str, Any]:
    def job(name: str, address: str, **more: Any) -> dict[str, Any]:
        return {"job_name": name, "static_configs": [{"targets": [address]}], **more}

    return {
        "global": {"scrape_interval": "1s", "scrape_timeout": "900ms"},
        "scrape_configs": [
            job("text", text),
            job("honest", text, honor_labels=True),
            job("relabelled", text, metric_relabel_configs=METRIC_RULES, sample_limit=100),
            job("limited", text, sample_limit=3),
            job("python", python),
            job("itself", f"127.0.0.1:{port}", params={"module": ["x y", "z"]}, relabel_configs=TARGET_RULES),
            {"job_name": "listed", "file_sd_configs": [{"files": ["l*.yml"]}], "relabel_configs": TARGET_RULES,
             "metrics_path": "/a b", "params": {"b": ["1"], "a": ["2", "3"]}},
        ],
    }  # fmt: skip


QUERIES = [
    *(
        f'{{job=~"{job}",__name__!~"scrape_duration.*|scrape_series_added"}}'
        for job in ("text", "relabelled", "limited")
    ),
    '{job="mine"}',
    '{__name__!~"scrape_duration.*|scrape_series_added|.*_created",job="honest"}',
    '{job="python",__name__!~"scrape_duration.*|scrape_series_added|.*_created"}',
    'up{job=~"itself|listed"}',
    'count by (__name__) ({job="itself",__name__=~"prometheus_(build|http|tsdb).*"})',
]


@pytest.mark.parametrize("query", QUERIES)
def test_the_same_series(both: Both, query: str):
    """Labels and values, with those about the scrapes."""

    def compared() -> bool:
        theirs, ours = both.samples(query)
        return bool(theirs) and ours == theirs

    # Prometheus has a new series for each address it is asked at, which the next scrape shows.
    eventually(compared)


def test_the_same_targets(both: Both):
    """Addresses, labels before and after relabelling, health, and those that were dropped."""

    def compared() -> bool:
        theirs, ours = both.targets()
        return bool(theirs[0]) and ours == theirs

    eventually(compared)


def test_stale_series_end_alike(both: Both, text_target: Exposing):
    """When a series is not exposed any more, and when it comes back."""
    text_target.body = TEXT.replace("secret_key 1\n", "newcomer 5\n")
    eventually(lambda: all(len(each) == 3 for each in both.samples('newcomer{job!="limited"}')))
    eventually(lambda: not any(both.samples("secret_key")))
    text_target.body = TEXT
    eventually(lambda: all(both.samples("secret_key")))
    eventually(lambda: not any(both.samples("newcomer")))
