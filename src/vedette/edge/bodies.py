"""Request bodies read within limits, before and after decompression."""

import asyncio
import zlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, ClassVar

import cramjam
from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.types import Message

from vedette.kit.errors import Fault, Invalid, TooLarge, TooSlow, UnsupportedMediaType

_CHUNK = 256 * 1024
_SMALL = 32 * 1024
_PATIENCE_S = 30.0
_SLOWEST_BYTES_S = 1024
_MOST_MEMBERS = 100


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """The largest body taken, in bytes."""

    sent: int
    decompressed: int


class SmallBodies(APIRoute):
    """Routes whose body is a form that somebody filled in: FastAPI reads bodies whole, before it asks who sent them."""

    limits: ClassVar = BodyLimits(64 * 1024, 64 * 1024)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Read the body within limits first."""
        handler = super().get_route_handler()

        async def within_limits(request: Request) -> Response:
            try:
                body = await read_body(request, self.limits)
            except ClientDisconnect:
                raise Invalid("the client went away") from None

            async def receive() -> Message:
                return {"type": "http.request", "body": body, "more_body": False}

            return await handler(Request(request.scope, receive))

        return within_limits


async def read_body(request: Request, limits: BodyLimits, encoding: str | None = None) -> bytes:
    """Return the decompressed body; `encoding` stands for the header `Content-Encoding` when it is given.

    Raises TooLarge over either limit, TooSlow when after half a minute it comes at less than 1 KiB/s,
    UnsupportedMediaType for an unknown encoding, Invalid for a damaged one.
    """
    loop = asyncio.get_running_loop()
    started = loop.time()
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limits.sent:
        raise TooLarge(f"the body has {declared} bytes; the limit is {limits.sent}")
    parts, size = [], 0
    try:
        async with asyncio.timeout(_PATIENCE_S) as patience:
            async for part in request.stream():
                size += len(part)
                if size > limits.sent:
                    raise TooLarge(f"the body has more than {limits.sent} bytes")
                parts.append(part)
                patience.reschedule(started + _PATIENCE_S + size / _SLOWEST_BYTES_S)
    except TimeoutError:
        raise TooSlow(f"only {size} bytes of the body came in {loop.time() - started:.0f} s") from None
    body = b"".join(parts)
    encoding = request.headers.get("content-encoding", "") if encoding is None else encoding
    if encoding and size > _SMALL:
        return await asyncio.to_thread(decompress, body, encoding, limits.decompressed)
    return decompress(body, encoding, limits.decompressed)


def decompress(body: bytes, encoding: str, limit: int) -> bytes:
    """Undo a `Content-Encoding` (gzip, deflate, zstd, br, snappy, identity), never beyond `limit` bytes."""
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        if len(body) > limit:
            raise TooLarge(f"the body has more than {limit} bytes")
        return body
    decoder = _DECODERS.get(encoding)
    if decoder is None:
        known = ", ".join(sorted(_DECODERS))
        raise UnsupportedMediaType(f"content encoding {encoding[:40]!r} is not known; these are: {known}")
    return decoder(body, limit)


def _inflate(wbits: int) -> Callable[[bytes, int], bytes]:
    def decode(body: bytes, limit: int) -> bytes:
        parts, size, rest = [], 0, body
        while True:
            try:
                stream = zlib.decompressobj(wbits)
                parts.append(stream.decompress(rest, limit + 1 - size))
            except zlib.error as error:
                raise _damaged(str(error)) from None
            size += len(parts[-1])
            if size > limit:
                raise _too_large(limit)
            if not stream.eof:
                raise _damaged("the compressed stream ends early")
            if not (rest := stream.unused_data.lstrip(b"\0")):
                return b"".join(parts)
            if len(parts) >= _MOST_MEMBERS:
                raise _damaged(f"more than {_MOST_MEMBERS} compressed streams one after the other")

    return decode


def _framed(name: str) -> Callable[[bytes, int], bytes]:
    codec = getattr(cramjam, name)

    def decode(body: bytes, limit: int) -> bytes:
        # A fixed buffer bounds the output: these codecs have no call with a limit. It starts small and doubles.
        size = min(max(len(body) * 8, _CHUNK), limit)
        while True:
            target = bytearray(size)
            try:
                written = codec.decompress_into(body, target)
            except cramjam.DecompressionError as error:
                if not _is_full(str(error)):
                    raise _damaged(str(error)) from None
                if size >= limit:
                    raise _too_large(limit) from None
                size = min(size * 4, limit)
                continue
            return bytes(memoryview(target)[:written])

    return decode


def _snappy(body: bytes, limit: int) -> bytes:
    """Undo snappy's framing format, known by how it begins, or its block format, which begins with the whole size."""
    if body.startswith(_SNAPPY_FRAMES):
        return _snappy_frames(body, limit)
    size = shift = 0
    for byte in body[:5]:
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    if size > limit:
        raise _too_large(limit)
    try:
        return bytes(cramjam.snappy.decompress_raw(body))
    except cramjam.DecompressionError as error:
        raise _damaged(str(error)) from None


_SNAPPY_FRAMES = b"\xff\x06\x00\x00sNaPpY"
_snappy_frames = _framed("snappy")


def _is_full(message: str) -> bool:
    return "write whole buffer" in message


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the body has more than {limit} bytes after decompression")


def _damaged(why: str) -> Invalid:
    return Invalid("the body cannot be decompressed", faults=[Fault("body", why[:200])])


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _inflate(31),
    "x-gzip": _inflate(31),
    "deflate": _inflate(15),
    "zstd": _framed("zstd"),
    "br": _framed("brotli"),
    "snappy": _snappy,
}
