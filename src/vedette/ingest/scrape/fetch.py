"""One request to a target, within limits."""

import asyncio

import httpx

from vedette import __version__
from vedette.ingest.scrape.client import server_name
from vedette.ingest.scrape.config import Job

_ACCEPT = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;"
    "q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
)
_LARGEST_BODY = 64 * 1024 * 1024
_FORMATS = {"application/openmetrics-text": True, "text/plain": False}
_FALLBACKS = {
    "PrometheusText0.0.4": False,
    "PrometheusText1.0.0": False,
    "OpenMetricsText0.0.1": True,
    "OpenMetricsText1.0.0": True,
}


class ScrapeError(Exception):
    """Why a scrape brought nothing; shown with its target."""


async def fetch(client: httpx.AsyncClient, url: str, job: Job, timeout_s: float) -> tuple[bytes, bool]:
    """Return the body and whether it is OpenMetrics; raises ScrapeError, in time whatever the target does."""
    headers = {
        "Accept": _ACCEPT,
        "User-Agent": f"Vedette/{__version__}",
        "X-Prometheus-Scrape-Timeout-Seconds": f"{timeout_s:g}",
        "Accept-Encoding": "gzip" if job.enable_compression else "identity",
    }
    limit = job.body_size_limit or _LARGEST_BODY
    try:
        async with asyncio.timeout(timeout_s):
            async with client.stream("GET", url, headers=headers, extensions=server_name(job)) as answer:
                if answer.status_code != 200:
                    raise ScrapeError(f"server returned HTTP status {answer.status_code} {answer.reason_phrase}")
                is_openmetrics = _format(answer.headers.get("content-type", ""), job)
                body = bytearray()
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > limit:
                        raise ScrapeError(f"body size limit exceeded: more than {limit} bytes")
    except TimeoutError:
        raise ScrapeError(f"context deadline exceeded: no whole answer within {timeout_s:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise ScrapeError(f"{type(error).__name__}: {error}"[:500]) from None
    return bytes(body), is_openmetrics


def _format(content_type: str, job: Job) -> bool:
    media = content_type.partition(";")[0].strip().lower()
    if media in _FORMATS:
        return _FORMATS[media]
    if job.fallback_scrape_protocol in _FALLBACKS:
        return _FALLBACKS[job.fallback_scrape_protocol]
    what = f"received unsupported Content-Type {content_type[:100]!r}" if media else "a blank Content-Type was sent"
    raise ScrapeError(f"{what} and no fallback_scrape_protocol specified for target")
