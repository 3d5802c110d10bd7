"""A small server that has only the access routes, and the people who use it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI, Request, WebSocket
from fastapi.testclient import TestClient
from pwdlib.hashers.argon2 import Argon2Hasher

from vedette.edge import problems
from vedette.guard.access import (
    Access,
    Bootstrap,
    CurrentPrincipal,
    CurrentProject,
    Role,
    access_of,
    authenticate,
    credentials_of,
)
from vedette.guard.access.principal import Principal
from vedette.guard.access.routes import router
from vedette.kit.errors import VedetteError
from vedette.storage.records import Person, Records

CHEAP = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "correct horse battery"
ADMIN_TOKEN = "vdt_admin-of-the-tests"
KEY = "vdk_default-of-the-tests"


@pytest.fixture
def records(tmp_path) -> Iterator[Records]:
    """Give migrated records in a new SQLite file."""
    records = Records(f"sqlite:///{tmp_path}/records.sqlite3")
    records.migrate()
    yield records
    records.close()


@pytest.fixture
def new_access(records) -> Iterator[Callable[..., Access]]:
    """Return a function that makes an access service with cheap hashes."""
    made = []

    def make(**options) -> Access:
        made.append(Access(records, hasher=CHEAP, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def access(new_access, records) -> Access:
    """Give an access service: Alice is admin, Bob a member, Victor a viewer."""
    access = new_access(session_lifetime=timedelta(days=14))
    access.bootstrap(Bootstrap(email="alice@example.com", password=PASSWORD, token=ADMIN_TOKEN, key=KEY))
    with records.session() as session:
        for name, role in (("Bob", Role.MEMBER), ("Victor", Role.VIEWER)):
            email = f"{name.lower()}@example.com"
            session.add(Person(email=email, name=name, role=role, password_hash=access._passwords.hash(PASSWORD)))
    return access


@pytest.fixture
def app(access) -> FastAPI:
    """Give an app with the access routes, one route that writes with a key, and a WebSocket."""
    app = FastAPI()
    app.state.access = access
    problems.install(app)
    app.include_router(router)

    @app.post("/ingest")
    async def ingest(request: Request) -> str:
        named = request.headers.get("x-vedette-project") or request.query_params.get("project")
        credentials = credentials_of(request.headers, request.query_params)
        return (await access_of(request).ingest_project(credentials, named)).name

    @app.get("/whoami")
    async def whoami(principal: CurrentPrincipal, project: CurrentProject) -> list[str]:
        return [principal.label, principal.role, project.name]

    @app.websocket("/live")
    async def live(socket: WebSocket, access: Annotated[Access, Depends(access_of)]) -> None:
        try:
            principal: Principal = await authenticate(socket, access)
        except VedetteError as error:
            await socket.close(reason=error.code)
            return
        await socket.accept()
        await socket.send_text(principal.label)
        await socket.close()

    return app


@pytest.fixture
def new_client(app) -> Iterator[Callable[..., TestClient]]:
    """Return a function that makes a browser without cookies."""

    def make(base_url: str = "http://testserver", **options) -> TestClient:
        return TestClient(app, base_url=base_url, **options)

    return make


@pytest.fixture
def charlie(new_client) -> TestClient:
    """Give the browser of a stranger."""
    return new_client()


@pytest.fixture
def sign_in() -> Callable[..., httpx.Response]:
    """Return a function that signs in and then sends the CSRF token with everything."""

    def enter(client: TestClient, name: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
        body = {"email": f"{name}@example.com", "password": password}
        answer = client.post("/api/session", json=body, headers=headers)
        if answer.status_code == 200:
            client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return answer

    return enter


@pytest.fixture
def signed_in(new_client, sign_in) -> Callable[[str], TestClient]:
    """Return a function that gives a browser in which somebody is signed in."""

    def make(name: str) -> TestClient:
        client = new_client()
        assert sign_in(client, name).status_code == 200
        return client

    return make


@pytest.fixture
def alice(signed_in) -> TestClient:
    """Give the browser of the admin."""
    return signed_in("alice")


@pytest.fixture
def bob(signed_in) -> TestClient:
    """Give the browser of a member."""
    return signed_in("bob")


@pytest.fixture
def victor(signed_in) -> TestClient:
    """Give the browser of a viewer."""
    return signed_in("victor")


@pytest.fixture
def with_token(new_client) -> Callable[[str], TestClient]:
    """Return a function that gives a program with an API token."""
    return lambda token: new_client(headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def admin_token(with_token) -> TestClient:
    """Give a program with the admin's API token."""
    return with_token(ADMIN_TOKEN)
