"""What routes ask for: who is there, which project, which role."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final, cast

from fastapi import Depends, Header, Query
from starlette.requests import HTTPConnection

from vedette.guard.access.access import Access
from vedette.guard.access.credentials import tokens_of_header
from vedette.guard.access.forgery import check_csrf_token, check_origin, is_safe
from vedette.guard.access.principal import Principal, Project, Role
from vedette.kit.errors import Unauthenticated

SESSION_COOKIE: Final = "vedette_session"


def access_of(connection: HTTPConnection) -> Access:
    """Return the service that the composition root put on `app.state`."""
    return cast("Access", connection.app.state.access)


async def _access(connection: HTTPConnection) -> Access:  # not a plain function: those are called in a thread
    return access_of(connection)


AccessDep = Annotated[Access, Depends(_access)]


async def authenticate(connection: HTTPConnection, access: AccessDep) -> Principal:
    """Return who is asking, by API token or session cookie, over HTTP or WebSocket.

    An `Authorization` header that holds no token of ours is passed over: it may be meant for a proxy in front. Raises
    Unauthenticated, or Forbidden when a browser may have been made to send this by another site.
    """
    headers = connection.headers
    authorization = headers.get("authorization", "")
    is_socket = connection.scope["type"] == "websocket"
    is_change = not is_socket and not is_safe(connection.scope["method"])
    if (principal := await access.principal_of_tokens(tokens_of_header(authorization))) is not None:
        # A browser repeats Basic by itself, as it does a cookie; nothing but a program sends Bearer.
        if not authorization.strip().lower().startswith("bearer") and (is_change or is_socket):
            check_origin(headers, public_url=access.public_url)
        return principal
    principal = await access.principal_of_session(connection.cookies.get(SESSION_COOKIE, ""))
    if principal is None:
        raise Unauthenticated("sign in, or send an API token as `Authorization: Bearer …`")
    if is_change or is_socket:
        check_origin(headers, public_url=access.public_url, must_be_named=is_socket)
    if is_change:
        check_csrf_token(headers, principal.csrf_token)
    return principal


CurrentPrincipal = Annotated[Principal, Depends(authenticate)]


async def _current_project(
    access: AccessDep,
    principal: CurrentPrincipal,
    header: Annotated[
        str | None, Header(alias="X-Vedette-Project", description="Name of the project; stronger than `project`.")
    ] = None,
    project: Annotated[str | None, Query(description="Name of the project; `default` without one.")] = None,
) -> Project:
    return await access.project(principal, header or project)


CurrentProject = Annotated[Project, Depends(_current_project)]


def require_role(role: Role) -> Callable[[Principal], Coroutine[Any, Any, Principal]]:
    """Return a dependency that gives the principal, or raises Forbidden unless they have this role or a higher one."""

    async def principal_with_role(principal: CurrentPrincipal) -> Principal:
        principal.require(role)
        return principal

    return principal_with_role


Member = Annotated[Principal, Depends(require_role(Role.MEMBER))]
Admin = Annotated[Principal, Depends(require_role(Role.ADMIN))]
