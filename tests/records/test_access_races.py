"""Servers of a cluster that do the same at once agree, on both engines."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import func, select

from vedette.guard.access import Access, Bootstrap, Credentials
from vedette.kit.errors import Unauthenticated
from vedette.storage.records import ApiToken, IngestKey, Person, Project, Records

EVERYTHING = Bootstrap("alice@example.com", "correct horse", "t0ken", "k3y", "own-k3y")


@pytest.fixture
def servers(records):
    """Give three access services, each with a pool and a memory of its own."""
    url = records.engine.url.render_as_string(hide_password=False)
    stores = [Records(url) for _ in range(3)]
    servers = [Access(each, hasher=Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)) for each in stores]
    yield servers
    for server, store in zip(servers, stores, strict=True):
        server.close()
        store.close()


def at_once(functions):
    with ThreadPoolExecutor(len(functions)) as pool:
        return [each.result() for each in [pool.submit(function) for function in functions]]


def count(records, table):
    with records.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_requests_that_name_the_same_new_project_get_the_same(servers, records):
    """Whichever server made it."""
    servers[0].bootstrap(EVERYTHING)

    def name(server):
        return asyncio.run(server.ingest_project(Credentials(tokens=("t0ken",)), "shop"))

    projects = at_once([lambda server=server: name(server) for server in servers * 3])
    assert len(set(projects)) == 1
    assert count(records, Project) == 3


def test_servers_that_start_at_once_make_everything_once(servers, records):
    """One admin, one token, two keys."""
    at_once([lambda server=server: server.bootstrap(EVERYTHING) for server in servers])
    assert [count(records, each) for each in (Project, Person, ApiToken, IngestKey)] == [2, 1, 1, 2]


def test_a_link_that_is_used_twice_at_once_makes_one_admin(servers, records):
    """The other visitor is refused."""
    token = servers[0].bootstrap(Bootstrap()).setup_token

    def redeem(server, name):
        try:
            server._first.redeem(token, email=f"{name}@example.com", password="correct horse")
        except Unauthenticated:
            return "refused"
        return "made"

    outcomes = at_once([lambda s=server, n=name: redeem(s, n) for server, name in zip(servers, "abc", strict=True)])
    assert sorted(outcomes) == ["made", "refused", "refused"]
    assert count(records, Person) == 1


def test_uses_of_keys_are_written_in_one_batch(servers, records):
    """For keys and tokens, on both engines."""
    server = servers[0]
    server.bootstrap(EVERYTHING)
    server.project_for_key("k3y")
    server.project_for_key("own-k3y")
    server.tokens.principal_of("t0ken")
    server.write_usage()
    with records.reading() as session:
        used = [*session.scalars(select(IngestKey.last_used_at)), *session.scalars(select(ApiToken.last_used_at))]
    assert [each is not None for each in used] == [True, True, True]
