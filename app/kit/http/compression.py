"""Compression with brotli or gzip, of text that is large enough.

Brotli compresses best and every browser supports it; gzip is for other clients. Bodies that are
requested often are compressed once, see `CompressionCache`.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Protocol

import brotli
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.http.negotiation import choose_coding

CODINGS = ("br", "gzip")
MIN_COMPRESSED_BYTES = 1_000  # below, headers outweigh the saving
_MAX_COMPRESSED_BYTES = 4 * 1024 * 1024  # of a body that is buffered whole
_TEXTUAL = ("text/", "application/json", "application/javascript", "image/svg+xml")


class Compressor(Protocol):
    """Compresses a stream chunk by chunk."""

    def compress(self, data: bytes, /) -> bytes:
        """Returns compressed data that is ready, maybe none."""

    def finish(self) -> bytes:
        """Returns the remaining compressed data."""


class _Brotli:
    def __init__(self, quality: int) -> None:
        # A window of 512 KB bounds the memory of a stream.
        self._encoder = brotli.Compressor(quality=quality, lgwin=19)
        self.compress = self._encoder.process

    def finish(self) -> bytes:
        return bytes(self._encoder.finish())


class _Gzip:
    def __init__(self, quality: int) -> None:
        self._encoder = zlib.compressobj(quality, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
        self.compress = self._encoder.compress

    def finish(self) -> bytes:
        return self._encoder.flush()


def make_compressor(coding: str, *, thorough: bool = False) -> Compressor:
    """A compressor for one stream; a slower, thorough one pays if the result is cached."""
    if coding == "br":
        return _Brotli(6 if thorough else 4)
    return _Gzip(6 if thorough else 5)


def coding_for_client(header: str | None) -> str | None:
    """The coding that an `Accept-Encoding` header prefers; None for no coding."""
    return None if header is None else choose_coding(header, CODINGS)


def compress(coding: str, content: bytes) -> bytes:
    """Compress a whole body."""
    compressor = make_compressor(coding, thorough=True)
    return compressor.compress(content) + compressor.finish()


def compress_chunks(coding: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Compress a stream while it is generated."""
    compressor = make_compressor(coding)
    for chunk in chunks:
        compressed = compressor.compress(chunk)
        if compressed:
            yield compressed
    yield compressor.finish()


def etag_for_coding(etag: str, coding: str | None) -> str:
    """A strong ETag for a compressed body: equal ETags mean equal bytes."""
    return etag if coding is None else f'{etag[:-1]}.{coding}"'


class CompressionCache:
    """Compressed bodies by coding and content, the least recently used dropped first."""

    def __init__(self, capacity: int = 64) -> None:
        self._capacity = capacity  # number of bodies
        self._bodies: OrderedDict[tuple[str, bytes], bytes] = OrderedDict()

    def compress(self, coding: str, content: bytes) -> bytes:
        """Compress a body, or return it from the cache."""
        key = (coding, blake2b(content, digest_size=16).digest())
        body = self._bodies.pop(key, None)
        if body is None:
            body = compress(coding, content)
        self._bodies[key] = body
        if len(self._bodies) > self._capacity:
            self._bodies.popitem(last=False)
        return body


class CompressionMiddleware:
    """Compresses responses that are not compressed yet: pages, scripts, the OpenAPI document.

    Responses that have `Content-Encoding`, or name encodings in `Vary`, pass unchanged.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._cache = CompressionCache()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        accepted = dict(scope["headers"]).get(b"accept-encoding", b"").decode("latin-1")
        coding = coding_for_client(accepted)
        await self.app(scope, receive, _CompressingSender(send, coding, self._cache))


class _CompressingSender:
    """Passes a response on, compressed if that is worth it."""

    def __init__(self, send: Send, coding: str | None, cache: CompressionCache) -> None:
        self._send = send
        self._coding = coding
        self._cache = cache
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = dict(message["headers"])
            if _is_compressible(message["status"], headers):
                message["headers"] = [*message["headers"], (b"vary", b"accept-encoding")]
                if self._coding is not None:
                    self._start = message
                    return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            await self._flush(self._start)
            message = {"type": "http.response.body", "body": bytes(self._body)}
        await self._send(message)

    async def _flush(self, start: Message) -> None:
        coding = self._coding or ""
        self._body = bytearray(self._cache.compress(coding, bytes(self._body)))
        size = str(len(self._body)).encode()
        new = {b"content-length": size, b"content-encoding": coding.encode()}
        old = [
            (name, _weak_etag(name, value)) for name, value in start["headers"] if name not in new
        ]
        start["headers"] = [*old, *new.items()]
        self._start = None
        await self._send(start)


def _weak_etag(name: bytes, value: bytes) -> bytes:
    """The value of a header; an ETag is weakened, as the bytes of the body have changed."""
    return b"W/" + value if name == b"etag" and not value.startswith(b"W/") else value


def _is_compressible(status: int, headers: dict[bytes, bytes]) -> bool:
    """Whether a response is text of a suitable size, and has no headers about encodings."""
    length = headers.get(b"content-length", b"0")
    return (
        status == 200
        and length.isdigit()
        and MIN_COMPRESSED_BYTES <= int(length) <= _MAX_COMPRESSED_BYTES
        and headers.get(b"content-type", b"").decode("latin-1").startswith(_TEXTUAL)
        and b"content-encoding" not in headers
        and b"encoding" not in headers.get(b"vary", b"").lower()
    )
