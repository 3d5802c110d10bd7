"""Scraping real targets with Prometheus' own configuration."""

import json
import ssl
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from scrape import targets
from scrape.targets import exposing
from support import Server, eventually


class Scraping:
    """A server that scrapes by a configuration."""

    def __init__(self, server: Server, file: Path) -> None:
        self.server, self.file = server, file

    def configure(self, *jobs: dict[str, Any]) -> None:
        document = {"global": {"scrape_interval": "1s", "scrape_timeout": "500ms"}, "scrape_configs": list(jobs)}
        self.file.write_text(yaml.safe_dump(document))

    def value(self, query: str) -> str | None:
        found = self.server.get("/api/v1/query", query=query)["data"]["result"]
        return str(found[0]["value"][1]) if found else None

    def labels(self, query: str) -> dict[str, str]:
        found: dict[str, str] = self.server.get("/api/v1/query", query=query)["data"]["result"][0]["metric"]
        return found

    def target(self, job: str) -> dict[str, Any]:
        active = self.server.get("/api/v1/targets", scrapePool=job)["data"]["activeTargets"]
        return active[0] if active else {"health": "missing"}


@pytest.fixture
def scraping(make_server: Callable[..., Server], tmp_path: Path) -> Scraping:
    """A server whose configuration has no job yet."""
    file = tmp_path / "prometheus.yml"
    found = Scraping(make_server(scrape_config_file=str(file)), file)
    found.configure()
    found.server.start()
    return found


def job(name: str, *addresses: str, **more: Any) -> dict[str, Any]:
    return {"job_name": name, "static_configs": [{"targets": list(addresses)}], **more}


def test_a_target_is_scraped_followed_and_let_go(scraping: Scraping) -> None:
    """Samples with job and instance, what is said of the scrape, an end when a series or the target goes."""
    with exposing(body='requests_total{path="/"} 5\ngone_soon 1\n') as target:
        scraping.configure(job("shop", target.address))
        eventually(lambda: scraping.value("requests_total") == "5")
        instance = {"job": "shop", "instance": target.address}
        assert scraping.labels("requests_total") == {"__name__": "requests_total", "path": "/"} | instance
        assert scraping.labels("up") == {"__name__": "up"} | instance
        assert scraping.value("scrape_samples_scraped") == "2"

        target.body = 'requests_total{path="/"} 6\n'
        eventually(lambda: scraping.value("requests_total") == "6")
        assert scraping.value("gone_soon") is None

    eventually(lambda: scraping.value("up") == "0")
    assert scraping.value("requests_total") is None
    scraping.configure()
    eventually(lambda: scraping.value("up") is None)


BAD = {
    "hang": targets.hang,
    "endless": targets.endless,
    "bomb": targets.bomb,
    "astray": targets.astray,
    "liar": lambda handler: handler.answer(b"<html>", "text/html"),
    "garbage": lambda handler: handler.answer(bytes(range(256)) * 50),
    "half": lambda handler: handler.answer(b"good 1\nbad{\n"),
    "error": lambda handler: handler.send_error(500),
}


def test_bad_targets_cost_only_themselves(scraping: Scraping) -> None:
    """Each is down with an error of its own; the good one beside them is scraped every second."""
    with exposing() as good:
        opened = {name: exposing(behave=behave) for name, behave in BAD.items()}
        running = {name: each.__enter__() for name, each in opened.items()}
        try:
            patient = {"scrape_interval": "5s", "scrape_timeout": "5s"}  # a busy machine is no bad target
            waits = {name: {} if name in {"hang", "endless"} else patient for name in BAD}
            jobs = [job(name, each.address, **waits[name]) for name, each in running.items()]
            scraping.configure(job("good", good.address), *jobs)
            errors = {name: eventually(lambda name=name: scraping.target(name).get("lastError")) for name in BAD}
            for name in BAD:
                assert scraping.target(name)["health"] == "down", name
            assert "deadline" in errors["hang"]
            assert "deadline" in errors["endless"] or "body size" in errors["endless"]
            assert "redirect" in errors["astray"].lower()
            assert "text/html" in errors["liar"]
            assert "line 2" in errors["half"]
            assert "500" in errors["error"]
            assert scraping.value('good{job="half"}') is None
            before = len(good.seen)
            eventually(lambda: len(good.seen) >= before + 2)
            assert scraping.value("up_and_well") == "1"
        finally:
            for each in opened.values():
                each.__exit__(None, None, None)


def test_labels_meet_as_prometheus_has_it(scraping: Scraping) -> None:
    """A target's own label steps aside unless it is honoured; relabelling has the last word."""
    rules = [
        {"source_labels": ["__name__"], "regex": "secret_.*", "action": "drop"},
        {"regex": "noise", "action": "labeldrop"},
    ]
    with exposing(body='m{job="mine",noise="1"} 1\nsecret_key 1\n') as target:
        relabelled = job("aside", target.address, metric_relabel_configs=rules)
        scraping.configure(relabelled, job("honoured", target.address, honor_labels=True))
        eventually(lambda: scraping.value('m{job="aside"}') and scraping.value('m{job="mine"}'))
        assert scraping.labels('m{job="aside"}')["exported_job"] == "mine"
        assert "noise" not in scraping.labels('m{job="aside"}')
        assert scraping.value('secret_key{job="aside"}') is None
        assert scraping.value('scrape_samples_post_metric_relabeling{job="aside"}') == "1"


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ({"sample_limit": 1}, "sample limit"),
        ({"label_limit": 2}, "label_limit"),
        ({"label_value_length_limit": 20}, "label_value_length_limit"),
        ({"body_size_limit": "10B"}, "body size limit"),
    ],
)
def test_a_scrape_over_a_limit_brings_nothing(scraping: Scraping, limit: dict[str, Any], said: str) -> None:
    """The target is down and the limit is named."""
    with exposing(body=f'a 1\nb{{text="{"x" * 40}"}} 2\n') as target:
        scraping.configure(job("limited", target.address, **limit))
        error = eventually(lambda: scraping.target("limited").get("lastError"))

    assert said in error
    assert scraping.value("a") is None


def test_targets_come_and_go_by_file(scraping: Scraping, tmp_path: Path) -> None:
    """A file of targets is followed; a damaged one changes nothing."""
    listed = tmp_path / "targets.json"
    with exposing() as first, exposing() as second:
        listed.write_text(json.dumps([{"targets": [first.address], "labels": {"rack": "a"}}]))
        scraping.configure({"job_name": "files", "file_sd_configs": [{"files": ["*.json"]}]})
        eventually(lambda: scraping.value('up{rack="a"}') == "1")

        listed.write_text("[{]")
        time.sleep(6)
        assert scraping.value('up{rack="a"}') == "1"

        listed.write_text(json.dumps([{"targets": [second.address], "labels": {"rack": "b"}}]))
        eventually(lambda: scraping.value('up{rack="b"}') == "1")
        eventually(lambda: scraping.value('up{rack="a"}') is None)


def test_targets_are_listed_at_an_address(scraping: Scraping) -> None:
    """HTTP discovery, with meta labels that relabelling can use."""
    with exposing() as target:
        groups = json.dumps([{"targets": [target.address], "labels": {"__meta_zone": "north"}}])
        with exposing(body=groups, content_type="application/json") as register:
            rule = {"source_labels": ["__meta_zone"], "target_label": "zone"}
            discovery = [{"url": f"http://{register.address}/targets", "refresh_interval": "1s"}]
            scraping.configure({"job_name": "listed", "http_sd_configs": discovery, "relabel_configs": [rule]})
            eventually(lambda: scraping.value('up{zone="north"}') == "1")


def test_requests_carry_what_is_configured(scraping: Scraping) -> None:
    """Path, parameters, credentials, and headers of the protocol."""
    with exposing() as target:
        scraping.configure(
            job("basic", target.address, metrics_path="/m", params={"module": ["a"]},
                basic_auth={"username": "u", "password": "p"}),
        )  # fmt: skip
        eventually(lambda: target.seen)

    assert target.paths[0] == "/m?module=a"
    assert target.seen[0]["authorization"] == "Basic dTpw"
    assert target.seen[0]["x-prometheus-scrape-timeout-seconds"] == "0.5"
    assert target.seen[0]["accept"].startswith("application/openmetrics-text")


def test_tls_is_checked_unless_told_otherwise(scraping: Scraping, tmp_path: Path) -> None:
    """A certificate of one's own authority works, an unknown one does not, and checking can be turned off."""
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with exposing(context=context) as target:
        scraping.configure(
            job("known", target.address, scheme="https", tls_config={"ca_file": str(certificate)}),
            job("unknown", target.address, scheme="https"),
            job("unchecked", target.address, scheme="https", tls_config={"insecure_skip_verify": True}),
        )
        for name, health in (("known", "up"), ("unknown", "down"), ("unchecked", "up")):
            eventually(lambda name=name, health=health: scraping.target(name)["health"] == health)
        assert "certificate" in scraping.target("unknown")["lastError"].lower()


def test_a_faulty_file_is_no_reason_to_stop(scraping: Scraping) -> None:
    """Jobs keep running while the file is damaged, and follow it again once it is mended."""
    with exposing() as target:
        scraping.configure(job("steady", target.address))
        eventually(lambda: scraping.value("up") == "1")
        scraping.file.write_text("scrape_configs: [{job_nme: x}]")
        time.sleep(6)
        before = len(target.seen)
        eventually(lambda: len(target.seen) > before)
        assert "there is no such field" in scraping.server.log


def test_a_faulty_file_at_the_start_is_said(make_server: Callable[..., Server], tmp_path: Path) -> None:
    """The server does not start, and says where the mistake is."""
    file = tmp_path / "prometheus.yml"
    file.write_text("scrape_configs:\n- job_name: a\n  scrape_interval: soon\n- job_name: a\n  nerve_sd_configs: []\n")
    server = make_server(scrape_config_file=str(file))

    with pytest.raises(AssertionError, match="ended with 1"):
        server.start()
    assert "scrape_configs[0].scrape_interval" in server.log
    assert "nerve_sd_configs" in server.log
