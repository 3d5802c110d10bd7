"""What was acknowledged survives a kill, and nothing is stored twice."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from support import eventually

KILLS = 20
RECORDS = 50


def request(batch):
    message = ExportLogsServiceRequest()
    records = message.resource_logs.add().scope_logs.add().log_records
    for place in range(RECORDS):
        records.add(time_unix_nano=time.time_ns(), severity_number=9).body.string_value = f"{batch}/{place}"
    return message.SerializeToString()


def load(server, sender, stop, sent, acknowledged):
    """Send until told to stop or until the server is gone; never send the same again."""
    headers = {"Content-Type": "application/x-protobuf", "X-Vedette-Key": server.key}
    with httpx.Client(timeout=60) as client:
        for number in range(1_000_000):
            batch = f"{sender}-{number}"
            sent.append(batch)
            try:
                answer = client.post(f"{server.url}/v1/logs", content=request(batch), headers=headers)
            except httpx.TransportError:
                return
            if answer.status_code == 200:
                acknowledged.append(batch)
            if stop.is_set():
                return


def stored(server):
    """Read every record back, page by page."""
    counts, cursor = Counter(), None
    while True:
        page = server.get("/api/logs", limit=1000, **({"cursor": cursor} if cursor else {}), **{"from": "now-1h"})
        counts.update(record["body"] for record in page["items"])
        cursor = page["next"]
        if cursor is None:
            return counts


@pytest.mark.crash
@pytest.mark.xdist_group("crash")
def test_nothing_acknowledged_is_lost_in_twenty_kills(make_server):
    """Killed under load again and again: every acknowledged record is there once, and it starts by itself."""
    server = make_server(collect_host="false", observe_itself="false")
    sent, acknowledged = [], []
    for round_ in range(KILLS):
        server.start()
        stop, before = threading.Event(), len(acknowledged)
        with ThreadPoolExecutor(4) as senders:
            for sender in range(4):
                senders.submit(load, server, f"{round_}-{sender}", stop, sent, acknowledged)
            eventually(lambda before=before: len(acknowledged) > before + 1)
            time.sleep(round_ % 5 * 0.06)
            server.kill()
            stop.set()
    server.start()

    counts = stored(server)

    lost = [batch for batch in acknowledged for place in range(RECORDS) if f"{batch}/{place}" not in counts]
    assert lost == []
    assert [body for body, count in counts.items() if count > 1] == []
    assert {body.split("/")[0] for body in counts} <= set(sent)
    assert server.stop() == 0
