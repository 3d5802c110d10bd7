"""The access API: sessions, set-up, projects, ingest keys, API tokens."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool

from vedette.edge.bodies import SmallBodies
from vedette.edge.problems import MEDIA_TYPE, Problem, document, problem_response, responses
from vedette.guard.access.access import Access
from vedette.guard.access.dependencies import (
    SESSION_COOKIE,
    AccessDep,
    Admin,
    CurrentPrincipal,
    CurrentProject,
    Member,
    authenticate,
)
from vedette.guard.access.forgery import check_origin
from vedette.guard.access.schemas import (
    KeyIn,
    KeyOut,
    Listing,
    NewKeyOut,
    NewTokenOut,
    ProjectIn,
    ProjectOut,
    RowId,
    SessionOut,
    SetUp,
    SignIn,
    TokenIn,
    TokenOut,
)
from vedette.guard.access.sessions import SignedIn
from vedette.kit.errors import Unauthenticated

router = APIRouter(prefix="/api", tags=["access"], route_class=SmallBodies)


class SignInProblem(Problem):
    """Nobody is signed in; `setup_required` when nobody has an account yet."""

    setup_required: bool | None = None


@router.get("/session", response_model=SessionOut, responses=responses(403, 503) | {401: {"model": SignInProblem}})
async def read_session(request: Request, response: Response, access: AccessDep) -> SessionOut | Response:
    """Say who is signed in, and renew the cookie."""
    try:
        principal = await authenticate(request, access)
    except Unauthenticated as error:
        if await run_in_threadpool(access.people.is_set_up):
            return problem_response(error)
        body = orjson.dumps(document(error) | {"setup_required": True})
        return Response(body, error.status, {"WWW-Authenticate": "Bearer"}, MEDIA_TYPE)
    if principal.kind == "person":
        _set_cookie(request, response, access, request.cookies[SESSION_COOKIE])
    return SessionOut.of(principal, await run_in_threadpool(access.projects.list))


@router.post("/session", responses=responses(400, 401, 403, 429, 503))
async def sign_in(request: Request, response: Response, access: AccessDep, body: SignIn) -> SessionOut:
    """Sign in with e-mail address and password."""
    check_origin(request.headers, public_url=access.public_url)
    signed_in = await access.sign_in(
        body.email, body.password.get_secret_value(), address=_address(request), user_agent=_user_agent(request)
    )
    return await _welcome(request, response, access, signed_in)


@router.delete("/session", status_code=204, responses=responses(401, 403, 503))
def sign_out(request: Request, response: Response, access: AccessDep, _principal: CurrentPrincipal) -> None:
    """Sign out."""
    if token := request.cookies.get(SESSION_COOKIE):
        access.sessions.close(token)
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="lax", secure=_is_secure(request, access))


@router.post("/setup", responses=responses(400, 401, 403, 503))
async def set_up(request: Request, response: Response, access: AccessDep, body: SetUp) -> SessionOut:
    """Make the first admin with the token of the one-time link that the server printed, and sign them in."""
    check_origin(request.headers, public_url=access.public_url)
    signed_in = await access.set_up(
        body.token,
        email=body.email,
        password=body.password.get_secret_value(),
        name=body.name,
        user_agent=_user_agent(request),
    )
    return await _welcome(request, response, access, signed_in)


@router.get("/projects", responses=responses(401, 503))
def list_projects(access: AccessDep, _principal: CurrentPrincipal) -> Listing[ProjectOut]:
    """List all projects by name."""
    return Listing(items=[ProjectOut.model_validate(each) for each in access.projects.list()])


@router.post("/projects", status_code=201, responses=responses(400, 401, 403, 409, 503))
def create_project(access: AccessDep, _principal: Admin, body: ProjectIn) -> ProjectOut:
    """Make a project."""
    return ProjectOut.model_validate(access.projects.create(body.name))


@router.get("/keys", responses=responses(400, 401, 404, 503))
def list_keys(access: AccessDep, project: CurrentProject) -> Listing[KeyOut]:
    """List the ingest keys of the project, revoked ones too, newest first."""
    return Listing(items=[KeyOut.model_validate(each) for each in access.keys.list(project.id)])


@router.post("/keys", status_code=201, responses=responses(400, 401, 403, 404, 503))
def create_key(access: AccessDep, _principal: Member, project: CurrentProject, body: KeyIn) -> NewKeyOut:
    """Make an ingest key for the project; the answer is the only place that shows it."""
    row, key = access.keys.create(project.id, body.name)
    return NewKeyOut(**KeyOut.model_validate(row).model_dump(), key=key)


@router.delete("/keys/{key_id}", status_code=204, responses=responses(400, 401, 403, 404, 503))
def revoke_key(access: AccessDep, _principal: Admin, project: CurrentProject, key_id: Annotated[RowId, Path()]) -> None:
    """Revoke an ingest key of the project."""
    access.keys.revoke(project.id, key_id)


@router.get("/tokens", responses=responses(401, 403, 503))
def list_tokens(access: AccessDep, _principal: Admin) -> Listing[TokenOut]:
    """List the API tokens, revoked and expired ones too, newest first."""
    return Listing(items=[TokenOut.model_validate(each) for each in access.tokens.list()])


@router.post("/tokens", status_code=201, responses=responses(400, 401, 403, 503))
def create_token(access: AccessDep, principal: Admin, body: TokenIn) -> NewTokenOut:
    """Make an API token; the answer is the only place that shows it."""
    created_by = principal.id if principal.kind == "person" else None
    row, token = access.tokens.create(body.name, body.role, created_by=created_by, expires_at=body.expires_at)
    return NewTokenOut(**TokenOut.model_validate(row).model_dump(), token=token)


@router.delete("/tokens/{token_id}", status_code=204, responses=responses(400, 401, 403, 404, 503))
def revoke_token(access: AccessDep, _principal: Admin, token_id: Annotated[RowId, Path()]) -> None:
    """Revoke an API token."""
    access.tokens.revoke(token_id)


async def _welcome(request: Request, response: Response, access: Access, signed_in: SignedIn) -> SessionOut:
    _set_cookie(request, response, access, signed_in.token)
    return SessionOut.of(signed_in.principal, await run_in_threadpool(access.projects.list))


def _set_cookie(request: Request, response: Response, access: Access, token: str) -> None:
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(access.sessions.lifetime.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=_is_secure(request, access),
    )
    response.headers["Cache-Control"] = "no-store"


def _is_secure(request: Request, access: Access) -> bool:
    """Say whether the cookie is for TLS only. A proxy's word is enough: lying harms only who lies."""
    if access.secure_cookies == "auto":
        return request.url.scheme == "https" or request.headers.get("x-forwarded-proto", "").lower() == "https"
    return access.secure_cookies == "always"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _user_agent(request: Request) -> str:
    return request.headers.get("user-agent", "")
