"""Answers as Sentry gives them, also to pages of other origins.

Source: https://develop.sentry.dev/sdk/foundations/transport/ (responses, rate limits) and Relay's CORS layer.
"""

import orjson
from starlette.responses import Response

from vedette.kit.errors import VedetteError

_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-Sentry-Error, X-Sentry-Rate-Limits, Retry-After",
}
_PREFLIGHT = _CORS | {
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": (
        "X-Sentry-Auth, X-Vedette-Key, X-Requested-With, Origin, Accept, Content-Type, Content-Encoding,"
        " Authentication, Authorization, Transfer-Encoding, sentry-trace, baggage"
    ),
    "Access-Control-Max-Age": "3600",
}


def accepted(event_id: str | None) -> Response:
    """Return the answer to what was taken."""
    return Response(orjson.dumps({"id": event_id} if event_id else {}), 200, _CORS, "application/json")


def preflight() -> Response:
    """Return the answer to a browser that asks whether it may send."""
    return Response(None, 204, _PREFLIGHT)


def failure(error: VedetteError) -> Response:
    """Return an error in Sentry's form: `detail`, `causes`, and a header that SDKs put in their log."""
    causes = [f"{fault.where}: {fault.what}" for fault in error.faults]
    said = "; ".join([error.detail, *causes])
    headers = _CORS | {"X-Sentry-Error": said[:500].encode("ascii", "replace").decode().replace("\n", " ")}
    headers["X-Sentry-Error"] = "".join(each if each.isprintable() else " " for each in headers["X-Sentry-Error"])
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
        if error.status == 429:
            headers["X-Sentry-Rate-Limits"] = f"{error.retry_after_s}::organization:{error.code}"
    return Response(orjson.dumps({"detail": error.detail, "causes": causes}), error.status, headers, "application/json")
