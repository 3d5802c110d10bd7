"""The API keeps to its own description, whatever is sent to it."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from support import Server
from vedette.app import create_app
from vedette.edge.problems import MEDIA_TYPE
from vedette.settings import Settings

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

schema = schemathesis.openapi.from_dict(create_app(Settings()).openapi()).exclude(path_regex="^/api/tokens/")


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these tests' own: they revoke keys and make projects."""
    running = Server(tmp_path_factory.mktemp("contract"))
    running.start()
    yield running
    assert running.stop() == 0, running.log[-4000:]


@schema.parametrize()
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_answer_is_one_that_is_described(case: schemathesis.Case, own_server: Server) -> None:
    """No 500s, documented statuses only, bodies as their schema says, and problem documents for all that fails."""
    answer = case.call(base_url=own_server.url, headers=own_server.auth)

    case.validate_response(answer, checks=CHECKS)
    if answer.status_code >= 400 and "ingest" not in case.operation.tags:
        assert answer.headers["content-type"][0] == MEDIA_TYPE
        assert answer.json()["status"] == answer.status_code
