"""One request to a target, within limits."""

import asyncio
import zlib
from collections.abc import AsyncIterator

import httpx

from vedette import __version__
from vedette.ingest.exposition.body import Format
from vedette.ingest.scrape.client import server_name
from vedette.ingest.scrape.config import DEFAULT_PROTOCOLS, Job, Protocol

_MEDIA: dict[Protocol, str] = {
    "PrometheusProto": "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
    "PrometheusText0.0.4": "text/plain;version=0.0.4",
    "PrometheusText1.0.0": "text/plain;version=1.0.0",
    "OpenMetricsText0.0.1": "application/openmetrics-text;version=0.0.1",
    "OpenMetricsText1.0.0": "application/openmetrics-text;version=1.0.0",
}
_ESCAPED = {"PrometheusText1.0.0", "OpenMetricsText1.0.0"}
_FORMATS: dict[str, Format] = {
    "application/openmetrics-text": "openmetrics",
    "application/vnd.google.protobuf": "protobuf",
    "text/plain": "text",
}
LARGEST_BODY = 50 * 1024 * 1024
_PART = 256 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class ScrapeError(Exception):
    """Why a scrape brought nothing; shown with its target. `reason` is set when a target's samples are refused."""

    def __init__(self, text: str, reason: str = "") -> None:
        super().__init__(text)
        self.reason = reason


def accept(job: Job) -> str:
    """Return what a job asks for, the most wanted format first."""
    wanted = job.scrape_protocols or DEFAULT_PROTOCOLS
    if job.scrape_native_histograms and not job.scrape_protocols:
        wanted = ("PrometheusProto", *wanted)
    escaping = job.metric_name_escaping_scheme or "allow-utf-8"
    given = [f"{_MEDIA[each]};escaping={escaping}" if each in _ESCAPED else _MEDIA[each] for each in wanted]
    weights = range(len(_MEDIA) + 1, 0, -1)
    return ",".join(f"{media};q=0.{weight}" for media, weight in zip([*given, "*/*"], weights, strict=False))


async def fetch(client: httpx.AsyncClient, url: str, job: Job, timeout_s: float) -> tuple[bytes, Format]:
    """Return the body and its format; raises ScrapeError, in time whatever the target does."""
    headers = {
        "Accept": accept(job),
        "User-Agent": f"Vedette/{__version__}",
        "X-Prometheus-Scrape-Timeout-Seconds": f"{timeout_s:g}",
        "Accept-Encoding": "gzip" if job.enable_compression else "identity",
    }
    try:
        async with asyncio.timeout(timeout_s):
            request = client.build_request("GET", url, headers=headers, extensions=server_name(job))
            answer = await _sent(client, request)
            try:
                if answer.status_code != 200:
                    status = f"{answer.status_code} {answer.reason_phrase}"
                    raise ScrapeError(f"server returned HTTP status {status}")
                body = await limited(answer, job.body_size_limit or LARGEST_BODY)
                return body, _format(answer.headers.get("content-type", ""), job)
            finally:
                await answer.aclose()
    except TimeoutError:
        raise ScrapeError(f"context deadline exceeded: no whole answer within {timeout_s:g} s") from None
    except BodyTooLarge as error:
        raise ScrapeError(f"body size limit exceeded: {error}", "body_size_limit") from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError, zlib.error) as error:
        raise ScrapeError(f"{type(error).__name__}: {error}"[:500]) from None


async def _sent(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """Send; a connection kept from before that has been closed meanwhile is no reason to fail."""
    try:
        return await client.send(request, stream=True)
    except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
        return await client.send(request, stream=True)


class BodyTooLarge(Exception):
    """A body, or what it decompresses to, is larger than allowed."""


async def limited(answer: httpx.Response, limit: int) -> bytes:
    """Return a body, decompressed if it is gzip; never more than a little over `limit` bytes are held."""
    body = bytearray()
    async for part in _parts(answer):
        body += part
        if len(body) > limit:
            raise BodyTooLarge(f"more than {limit} bytes")
    return bytes(body)


async def _parts(answer: httpx.Response) -> AsyncIterator[bytes]:
    if answer.headers.get("content-encoding", "").strip().lower() != "gzip":
        async for part in answer.aiter_raw():
            yield part
        return
    unzip = zlib.decompressobj(_GZIP)
    async for raw in answer.aiter_raw():
        rest = raw
        while rest:
            if unzip.eof:
                unzip = zlib.decompressobj(_GZIP)
            yield unzip.decompress(rest, _PART)
            rest = unzip.unused_data if unzip.eof else unzip.unconsumed_tail
            await asyncio.sleep(0)
    if not unzip.eof:
        raise ValueError("the body ends in the middle of gzip data")


def _format(content_type: str, job: Job) -> Format:
    media = content_type.partition(";")[0].strip().lower()
    if media in _FORMATS:
        return _FORMATS[media]
    if job.fallback_scrape_protocol:
        return _FORMATS[_MEDIA[job.fallback_scrape_protocol].partition(";")[0]]
    what = f"received unsupported Content-Type {content_type[:100]!r}" if media else "a blank Content-Type was sent"
    raise ScrapeError(f"{what} and no fallback_scrape_protocol specified for target", "unsupported_format")
