"""By which methods an address may be asked."""

from fastapi import Request
from starlette.routing import Match

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_NOT_PAGES = ("api/", "v1/", "loki/", "metrics", "healthz", "readyz")


def is_page(path: str) -> bool:
    """Whether an address is one of the UI's, all of which are one page; the API's are not."""
    return not path.removeprefix("/").startswith(_NOT_PAGES)


def allowed(request: Request) -> list[str]:
    """Return the methods that any route takes for the address of a request, but for the UI's.

    The UI's route takes every address that is left, so it is the last.
    """
    routes = request.app.routes[:-1]
    return [
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]
