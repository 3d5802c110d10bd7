"""What Vedette counts about itself, offered on `/metrics` in the Prometheus text format."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.process_collector import ProcessCollector

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Instruments:
    """All instruments of one server, on a registry of its own so that two servers can share a process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        ProcessCollector(registry=self.registry)

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(name, text, labels, registry=self.registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(name, text, labels, registry=self.registry)

        def histogram(name: str, text: str, *labels: str) -> Histogram:
            return Histogram(name, text, labels, registry=self.registry, buckets=_SECONDS)

        self.accepted = counter("vedette_ingest_records", "Records stored.", "protocol", "signal")
        self.refused = counter("vedette_ingest_refused_records", "Records not kept.", "protocol", "signal", "reason")
        self.received_bytes = counter(
            "vedette_ingest_received_bytes", "Bytes received before decompression.", "protocol"
        )
        self.queue_bytes = gauge("vedette_writer_queue_bytes", "Bytes that wait to be written.", "signal")
        self.commits = counter("vedette_writer_commits", "Commits to the telemetry store.", "signal", "outcome")
        self.commit_seconds = histogram("vedette_writer_commit_seconds", "Time of one commit.", "signal")
        self.store_writable = gauge("vedette_store_writable", "1 when the last commit succeeded.")
        self.store_writable.set(1)
        self.queries = counter("vedette_queries", "Queries on the telemetry store.", "outcome")
        self.query_seconds = histogram("vedette_query_seconds", "Time of one query, waiting included.")
        self.requests = counter("vedette_http_requests", "HTTP requests answered.", "route", "method", "status")
        self.request_seconds = histogram("vedette_http_request_seconds", "Time to answer a request.", "route")
        self.live_clients = gauge("vedette_live_clients", "Open WebSocket connections.")
        self.job_runs = counter("vedette_job_runs", "Runs of background jobs.", "job", "outcome")
        self.self_dropped = counter(
            "vedette_own_records_dropped", "Own spans and logs dropped over the rate limit.", "kind"
        )
