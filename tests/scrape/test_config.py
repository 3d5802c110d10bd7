"""Prometheus' configuration: what people have is read, and mistakes are told with their place."""

import pytest
import yaml

from vedette.ingest.scrape.config import Configuration, read, read_job, seconds
from vedette.kit.errors import Invalid

KUBERNETES_LIKE = r"""
global:
  scrape_interval: 15s
  scrape_timeout: 10s
  evaluation_interval: 30s
  external_labels:
    monitor: codelab
    replica: 1
rule_files: [first.rules, my/*.rules]
alerting:
  alertmanagers:
  - static_configs: [{targets: ["localhost:9093"]}]
remote_write:
- url: http://remote/write
scrape_configs:
- job_name: prometheus
  honor_labels: true
  file_sd_configs:
  - files: [foo/*.slow.json, single/file.yml]
    refresh_interval: 10m
  static_configs:
  - targets: ["localhost:9090", "localhost:9191"]
    labels: {my: label, your: label, port: 9090}
  relabel_configs:
  - source_labels: [job, __meta_dns_name]
    regex: (.*)some-[regex]
    target_label: job
    replacement: foo-${1}
  - source_labels: [abc]
    target_label: cde
  - target_label: abc
    replacement: static
  - regex:
    replacement: static
    target_label: abc
  metric_relabel_configs:
  # - action: drop
  params:
- job_name: service-x
  basic_auth: {username: admin_name, password: "multiline\nmysecret\ntest"}
  scrape_interval: 50s
  scrape_timeout: 5s
  body_size_limit: 10MB
  sample_limit: 1000
  metrics_path: /my_path
  scheme: https
  dns_sd_configs:
  - refresh_interval: 15s
    names: [first.dns.address.domain.com, second.dns.address.domain.com]
  - names: [first.dns.address.domain.com]
    type: A
    port: 9100
  relabel_configs:
  - source_labels: [__address__]
    modulus: 8
    target_label: __tmp_hash
    action: hashmod
  - source_labels: [__tmp_hash]
    regex: 1
    action: keep
  - action: labelmap
    regex: 1
  - action: labeldrop
    regex: d
  - action: labelkeep
    regex: k
- job_name: blackbox
  metrics_path: /probe
  params: {module: [http_2xx], depth: [2]}
  authorization: {credentials: abc}
  tls_config: {ca_file: ca.pem, insecure_skip_verify: true}
  http_sd_configs: [{url: "http://sd/targets", authorization: {type: Token, credentials: x}}]
- job_name: quick
  scrape_interval: 2s
"""


def faults(text: str) -> dict[str, str]:
    with pytest.raises(Invalid) as raised:
        read(text, where="p.yml")
    return {each.where: each.what for each in raised.value.faults}


def job_faults(**fields: object) -> dict[str, str]:
    with pytest.raises(Invalid) as raised:
        read_job({"job_name": "a", **fields})
    return {each.where: each.what for each in raised.value.faults}


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return read(KUBERNETES_LIKE, where="p.yml")


def test_a_whole_configuration_is_read(configuration: Configuration):
    """With what is not about scraping told apart."""
    assert [job.job_name for job in configuration.jobs] == ["prometheus", "service-x", "blackbox", "quick"]
    assert configuration.external_labels == {"monitor": "codelab", "replica": "1"}
    assert configuration.rule_files == ("first.rules", "my/*.rules")
    assert configuration.ignored == ("alerting", "remote_write")


def test_jobs_inherit_what_is_global(configuration: Configuration):
    """Interval and timeout; the timeout is never longer than a job's own interval."""
    assert [(job.scrape_interval, job.scrape_timeout) for job in configuration.jobs] == [
        (15.0, 10.0), (50.0, 5.0), (15.0, 10.0), (2.0, 2.0),
    ]  # fmt: skip


def test_fields_that_say_nothing_are_not_there(configuration: Configuration):
    """Lists whose entries are commented out, and an empty pattern."""
    job = configuration.jobs[0]
    assert job.metric_relabel_configs == ()
    assert job.params == {}
    assert job.relabel_configs[3].regex == "(.*)"


def test_values_are_what_they_mean(configuration: Configuration):
    """Sizes, durations, numbers that stand for text."""
    first, second, third, _ = configuration.jobs
    assert first.static_configs[0].labels == {"my": "label", "your": "label", "port": "9090"}
    assert first.file_sd_configs[0].refresh_interval == 600.0
    assert (second.body_size_limit, second.sample_limit) == (10 * 1024 * 1024, 1000)
    assert second.relabel_configs[1].regex == "1"
    assert [each.type for each in second.dns_sd_configs] == ["SRV", "A"]
    assert third.params == {"module": ("http_2xx",), "depth": ("2",)}


def test_json_is_read_too():
    assert read('{"scrape_configs": [{"job_name": "a"}]}', where="p.json").jobs[0].scrape_interval == 60.0


def test_an_empty_configuration_has_no_jobs():
    assert read("", where="p.yml").jobs == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0.0), ("0s", 0.0), ("15s", 15.0), ("1m30s", 90.0), ("500ms", 0.5), ("1h", 3600.0), ("1d", 86400.0),
        ("2w", 1209600.0), ("1y", 31536000.0), ("1h15m", 4500.0),
    ],
)  # fmt: skip
def test_durations_are_read(text: str, expected: float):
    assert seconds(0 if text == "0" else text) == expected


@pytest.mark.parametrize("text", ["", "5", "1.5s", "-1s", "1m1h", "s", "5 s", "1S", 5, True, None])
def test_what_is_no_duration_is_told(text: object):
    with pytest.raises(ValueError, match="not a valid duration"):
        seconds(text)


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("a: [", "p.yml", "expected the node content"),
        ("just text", "p.yml", "is no mapping"),
        ("bogus: 1", "p.yml: bogus", "there is no such part"),
        ("global: {nonesuch: 1}", "p.yml: global.nonesuch", "there is no such field"),
        ("global: {scrape_interval: 15s, scrape_timeout: 16s}", "p.yml: global.scrape_timeout", "greater than"),
        ("scrape_configs: 5", "p.yml: scrape_configs", "is no list"),
        ("scrape_configs: [{}]", "p.yml: scrape_configs[0].job_name", "Field required"),
        ("scrape_configs: [5]", "p.yml: scrape_configs[0]", "valid dictionary"),
        ("scrape_configs: [{job_name: a}, {job_name: a}]", "p.yml: scrape_configs", "job name 'a'"),
    ],
)
def test_mistakes_are_told_with_their_place(text: str, where: str, what: str):
    assert what in faults(text)[where]


def test_every_mistake_is_told_at_once():
    """Not only the first one."""
    text = "bogus: 1\nscrape_configs: [{job_name: a, scheme: ftp}, {job_name: b, relabel_configs: [{action: nope}]}]"
    assert list(faults(text)) == [
        "p.yml: bogus", "p.yml: scrape_configs[0].scheme", "p.yml: scrape_configs[1].relabel_configs[0].action",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ({"action": "replace"}, "requires 'target_label' value"),
        ({"action": "hashmod", "target_label": "a"}, "requires non-zero modulus"),
        ({"action": "keep", "regex": "("}, "not a valid regular expression"),
        ({"action": "keep", "regex": "(?=a)"}, "not a valid regular expression"),
        ({"action": "labeldrop", "regex": "a", "source_labels": ["b"]}, "requires only 'regex', and no other fields"),
        ({"action": "labelkeep", "regex": "a", "target_label": "b"}, "requires only 'regex'"),
        ({"action": "keepequal", "source_labels": ["a"]}, "requires 'target_label' value"),
        ({"action": "dropequal", "source_labels": ["a"], "target_label": "b", "regex": "c"}, "requires only"),
        ({"action": "uppercase", "target_label": "b", "replacement": "c"}, "'replacement' can not be set"),
    ],
)
def test_rules_that_make_no_sense_are_told(rule: dict[str, object], what: str):
    (found,) = job_faults(relabel_configs=[rule]).items()
    assert found[0] == "scrape.relabel_configs[0]"
    assert what in found[1]


@pytest.mark.parametrize(
    ("fields", "where", "what"),
    [
        ({"kubernetes_sd_configs": [{"role": "pod"}]}, "scrape.kubernetes_sd_configs", "is not supported"),
        ({"dns_sd_configs": [{"names": ["a"], "type": "A"}]}, "scrape.dns_sd_configs[0]", "a port is required"),
        ({"http_sd_configs": [{"url": "ftp://a"}]}, "scrape.http_sd_configs[0].url", "match pattern"),
        ({"bearer_token": "a", "basic_auth": {}}, "scrape", "at most one of basic_auth"),
        ({"sample_limit": -1}, "scrape.sample_limit", "greater than or equal to 0"),
        ({"body_size_limit": "much"}, "scrape.body_size_limit", "not a valid size"),
        ({"scrape_interval": "5s", "scrape_timeout": "6s"}, "scrape.scrape_timeout", "greater than scrape interval"),
    ],
)
def test_fields_that_are_wrong_are_told(fields: dict[str, object], where: str, what: str):
    assert what in job_faults(**fields)[where]


def test_secrets_are_in_no_representation():
    """What is logged by mistake shows none."""
    job = read_job(
        yaml.safe_load("""
        job_name: a
        basic_auth: {username: u, password: hidden}
        tls_config: {cert: shown, key: hidden}
        http_headers: {X: {secrets: [hidden]}}
        http_sd_configs: [{url: "http://a", bearer_token: hidden}]
    """)
    )
    assert "hidden" not in repr(job)
