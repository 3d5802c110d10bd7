"""The UI's files: hashed assets that never change, and one page for every other address."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse

from vedette.edge.methods import allowed, is_page
from vedette.kit.errors import NotFound

_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:;"
    " connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
_MISSING = """<!doctype html><title>Vedette</title><p>This installation has no UI: it was started from a source tree in
which the UI was not built. Run <code>make build</code>. The API is at <a href="/api/docs">/api/docs</a>.</p>"""


def router(folder: Path) -> APIRouter:
    """Return the routes that serve `folder`; add them last, they take every address that is left."""
    routes = APIRouter(include_in_schema=False)
    root = folder.resolve()

    @routes.get("/api/docs")
    async def api_reference() -> Response:
        """Show the API's description, when the UI was built."""
        reference = root / "api-docs" / "index.html"
        if not reference.is_file():
            raise NotFound("the UI was not built; the API's description is at /api/openapi.json")
        return FileResponse(reference, headers=_SAFE | {"Content-Security-Policy": _POLICY})

    @routes.api_route("/{path:path}", methods=["GET", "HEAD"])
    async def page(path: str, request: Request) -> Response:
        if not is_page(path):
            if allowed(request):
                raise HTTPException(405)
            raise NotFound(f"there is nothing at /{path[:100]}")
        if (file := _file(root, path)) is not None:
            lasting = path.startswith("assets/")
            headers = _SAFE | {"Cache-Control": "public, max-age=31536000, immutable" if lasting else "no-cache"}
            if file.suffix == ".html":
                headers["Content-Security-Policy"] = _POLICY
            return FileResponse(file, headers=headers)
        if "." in path.rsplit("/", 1)[-1] and path.startswith("assets/"):
            raise NotFound(f"there is nothing at /{path[:100]}")
        headers = _SAFE | {"Cache-Control": "no-cache", "Content-Security-Policy": _POLICY}
        index = root / "index.html"
        if index.is_file():
            return FileResponse(index, headers=headers)
        return Response(_MISSING, media_type="text/html", headers=headers)

    return routes


def _file(root: Path, path: str) -> Path | None:
    """Return the file at an address below `root`, None when there is none."""
    try:
        file = (root / path).resolve()
        return file if path and file.is_relative_to(root) and file.is_file() else None
    except (OSError, ValueError):  # a name too long for the file system, or with a NUL in it
        return None
