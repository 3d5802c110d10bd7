"""The API keeps to its own description, whatever is sent to it."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
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

LONGEST_ADDRESS = 60_000
"""Beyond 64 KiB the HTTP layer refuses before anything is read."""

schema = schemathesis.openapi.from_dict(create_app(Settings()).openapi()).exclude(path_regex="^/api/tokens/")


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these tests' own: they revoke keys and make projects."""
    running = Server(tmp_path_factory.mktemp("contract"))
    running.start()
    yield running
    assert running.stop() == 0, running.log[-4000:]


OPERATIONS = {each.ok().label: each.ok() for each in schema.get_all_operations()}


def test_there_are_operations_to_try() -> None:
    """They are read from the description of the API."""
    assert len(OPERATIONS) > 80


# Not by `schema.parametrize`: its tests have one name, of which tests in several processes run one only.
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_one_that_is_described(label: str, own_server: Server) -> None:
    """No 500s, documented statuses only, bodies as their schema says, and problem documents for all that fails."""

    @given(case=OPERATIONS[label].as_strategy())
    @settings(max_examples=5, suppress_health_check=list(HealthCheck), derandomize=True)
    def keeps_to_it(case: schemathesis.Case) -> None:
        answer = case.call(base_url=own_server.url, headers=own_server.auth)
        if len(str(answer.request.url)) > LONGEST_ADDRESS:
            assert answer.status_code == 400
            return
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400 and not {"ingest", "prometheus"} & set(case.operation.tags):
            assert answer.headers["content-type"][0] == MEDIA_TYPE
            assert answer.json()["status"] == answer.status_code

    keeps_to_it()
