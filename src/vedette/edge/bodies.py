"""Request bodies read within limits, before and after decompression."""

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import cramjam
from fastapi import Request

from vedette.kit.errors import Fault, Invalid, TooLarge, UnsupportedMediaType

_CHUNK = 256 * 1024
_SMALL = 32 * 1024


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """The largest body taken, in bytes."""

    sent: int
    decompressed: int


async def read_body(request: Request, limits: BodyLimits) -> bytes:
    """Return the decompressed body.

    Raises TooLarge over either limit, UnsupportedMediaType for an unknown encoding, Invalid for a damaged one.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limits.sent:
        raise TooLarge(f"the body has {declared} bytes; the limit is {limits.sent}")
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limits.sent:
            raise TooLarge(f"the body has more than {limits.sent} bytes")
        parts.append(part)
    body, encoding = b"".join(parts), request.headers.get("content-encoding", "")
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
        try:
            stream = zlib.decompressobj(wbits)
            out = stream.decompress(body, limit + 1)
        except zlib.error as error:
            raise _damaged(str(error)) from None
        if len(out) > limit:
            raise _too_large(limit)
        if not stream.eof:
            raise _damaged("the compressed stream ends early")
        return out

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


def _is_full(message: str) -> bool:
    return "whole buffer" in message


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
}
