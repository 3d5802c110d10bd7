"""Targets by DNS, asked of a real name server on loopback."""

import asyncio
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from scrape.name_server import NameServer, name_server
from vedette.ingest.scrape.config import DnsDiscovery
from vedette.ingest.scrape.discovery import DiscoveryError, in_dns
from vedette.ingest.scrape.lookup import look_up


@pytest.fixture
def names() -> Iterator[NameServer]:
    with name_server() as server:
        yield server


@pytest.fixture
def resolv_conf(tmp_path: Path) -> Path:
    file = tmp_path / "resolv.conf"
    file.write_text("nameserver 127.0.0.1\nsearch eu.example shop.example\n")
    return file


def found(names: NameServer, resolv_conf: Path, name: str, kind: str, port: int = 80) -> dict[str, dict[str, str]]:
    """The targets of a name with their labels."""
    config = DnsDiscovery(names=(name,), type=kind, port=port)
    ask = partial(look_up, resolv_conf=str(resolv_conf), port=names.port)
    return {group.targets[0]: dict(group.labels) for group in asyncio.run(in_dns(config, name, ask))}


def test_service_records_say_host_and_port(names: NameServer, resolv_conf: Path) -> None:
    """The labels keep the dot at the end of a host, the address does not."""
    name = "_metrics._tcp.shop.example"
    target, port = "__meta_dns_srv_record_target", "__meta_dns_srv_record_port"
    assert found(names, resolv_conf, name, "SRV") == {
        "a.shop.example:9100": {"__meta_dns_name": name, target: "a.shop.example.", port: "9100"},
        "b.shop.example:9200": {"__meta_dns_name": name, target: "b.shop.example.", port: "9200"},
    }


@pytest.mark.parametrize(
    ("name", "kind", "targets"),
    [
        ("a.shop.example", "A", {"127.0.0.11:80": {}, "127.0.0.12:80": {}}),
        ("a.shop.example.", "AAAA", {"[fd00::11]:80": {}}),
        ("alias.shop.example", "A", {"127.0.0.11:80": {}, "127.0.0.12:80": {}}),
        ("shop.example", "MX", {"mail.shop.example:80": {"__meta_dns_mx_record_target": "mail.shop.example."}}),
        (
            "shop.example",
            "NS",
            {
                "ns1.shop.example:80": {"__meta_dns_ns_record_target": "ns1.shop.example."},
                "ns2.other.example:80": {"__meta_dns_ns_record_target": "ns2.other.example."},
            },
        ),
    ],
)
def test_other_records_have_the_configured_port(
    names: NameServer, resolv_conf: Path, name: str, kind: str, targets: dict[str, dict[str, str]]
) -> None:
    """Addresses, also those of another name, and hosts."""
    expected = {target: {"__meta_dns_name": name, **labels} for target, labels in targets.items()}
    assert found(names, resolv_conf, name, kind) == expected


def test_long_answers_come_over_tcp(names: NameServer, resolv_conf: Path) -> None:
    """A truncated answer is asked for again, and nothing of it is missing."""
    assert len(found(names, resolv_conf, "many.shop.example", "A")) == 300
    assert names.over_tcp == 1


def test_search_domains_are_tried_in_turn(names: NameServer, resolv_conf: Path) -> None:
    """A name without dots is looked for there first, one with dots last; a dot at the end forbids it."""
    assert list(found(names, resolv_conf, "api", "A")) == ["127.0.0.21:80"]
    assert names.asked == ["api.eu.example."]
    assert list(found(names, resolv_conf, "a", "A")) == ["127.0.0.11:80", "127.0.0.12:80"]
    names.asked.clear()
    assert list(found(names, resolv_conf, "_metrics._tcp", "SRV")) == ["a.shop.example:9100", "b.shop.example:9200"]
    assert names.asked == ["_metrics._tcp.", "_metrics._tcp.eu.example.", "_metrics._tcp.shop.example."]
    assert found(names, resolv_conf, "api.", "A") == {}


def test_options_and_servers_are_read_each_time(names: NameServer, resolv_conf: Path) -> None:
    """A machine that moves to another network need not be restarted."""
    assert list(found(names, resolv_conf, "api", "A")) == ["127.0.0.21:80"]
    resolv_conf.write_text("nameserver 127.0.0.1\nsearch shop.example\noptions ndots:3\n")
    names.asked.clear()
    assert found(names, resolv_conf, "api", "A") == {}
    assert list(found(names, resolv_conf, "a.shop.example", "A")) == ["127.0.0.11:80", "127.0.0.12:80"]
    assert names.asked[2:] == ["a.shop.example.shop.example.", "a.shop.example."]


def test_a_name_that_is_not_there_has_no_targets(names: NameServer, resolv_conf: Path) -> None:
    """Nor has one without records of the kind, and search goes no further then."""
    assert found(names, resolv_conf, "nobody.shop.example", "A") == {}
    assert found(names, resolv_conf, "known-without-addresses", "A") == {}
    assert found(names, resolv_conf, "a.shop.example", "MX") == {}


def test_a_name_that_cannot_be_looked_up_keeps_its_targets(names: NameServer, resolv_conf: Path) -> None:
    """A server that fails, or does not answer, says nothing about the name."""
    names.failing.add("a.shop.example.")
    with pytest.raises(DiscoveryError, match=r"^A a\.shop\.example\.: .*SERVFAIL"):
        found(names, resolv_conf, "a.shop.example.", "A")
    with pytest.raises(DiscoveryError):
        found(names, resolv_conf, "a" * 70, "A")
    with pytest.raises(DiscoveryError):
        found(names, resolv_conf.with_name("none"), "api", "A")


def test_one_failing_search_domain_does_not_hide_another(names: NameServer, resolv_conf: Path) -> None:
    """It matters only when no other knows the name."""
    names.failing |= {"a.eu.example.", "nobody.eu.example."}
    assert list(found(names, resolv_conf, "a", "A")) == ["127.0.0.11:80", "127.0.0.12:80"]
    with pytest.raises(DiscoveryError):
        found(names, resolv_conf, "nobody", "A")


def test_the_next_server_is_asked(names: NameServer, resolv_conf: Path) -> None:
    """A silent server costs two seconds."""
    resolv_conf.write_text("nameserver 127.0.0.2\nnameserver 127.0.0.1\n")
    with name_server("127.0.0.2", names.port, silent={"a.shop.example."}):
        began = time.monotonic()
        assert len(found(names, resolv_conf, "a.shop.example", "A")) == 2
        assert time.monotonic() - began > 1.9


_UNSHARE = ["unshare", "--map-root-user", "--mount", "--net"]
_MAY_UNSHARE = (
    bool(shutil.which("unshare"))
    and not subprocess.run([*_UNSHARE, "true"], capture_output=True, check=False).returncode
)


@pytest.mark.skipif(not (_MAY_UNSHARE and shutil.which("prometheus")), reason="needs namespaces and a Prometheus")
def test_targets_are_those_of_prometheus(tmp_path: Path) -> None:
    """With its own loopback, port 53 and resolv.conf, Prometheus finds the same targets with the same labels."""
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.1\nsearch eu.example shop.example\n")
    script = (
        'mount --bind "$1/resolv.conf" /etc/resolv.conf && ip link set lo up && exec "$2" -m scrape.dns_beside "$1"'
    )
    done = subprocess.run(
        [*_UNSHARE, "sh", "-c", script, "sh", str(tmp_path), sys.executable],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ours, theirs = json.loads(done.stdout)
    assert len(theirs) == 313
    assert ours == theirs
