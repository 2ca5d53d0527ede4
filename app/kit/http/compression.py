"""Compression: brotli or gzip, for what is text and large enough.

Brotli makes the smallest pages and every browser reads it; gzip is for everything else. What is
asked for often is compressed once and kept, see `CompressionCache`.
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
MIN_COMPRESSED_BYTES = 1_000  # bytes; below, the headers weigh as much as what is saved
_MAX_COMPRESSED_BYTES = 4 * 1024 * 1024  # bytes that are held to be compressed in one piece
_TEXTUAL = ("text/", "application/json", "application/javascript", "image/svg+xml")


class Compressor(Protocol):
    """Compresses a stream, piece by piece."""

    def compress(self, data: bytes, /) -> bytes:
        """Some of what is compressed so far."""

    def finish(self) -> bytes:
        """The rest."""


class _Brotli:
    def __init__(self, quality: int) -> None:
        # A window of 512 KB: the stream's memory stays small.
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


def make_compressor(name: str, *, thorough: bool = False) -> Compressor:
    """A compressor of one stream; a thorough one for what will be kept."""
    if name == "br":
        return _Brotli(6 if thorough else 4)
    return _Gzip(6 if thorough else 5)


def coding_for_client(header: str | None) -> str | None:
    """The coding that a client prefers, if it takes any of ours."""
    return None if header is None else choose_coding(header, CODINGS)


def compress(name: str, content: bytes) -> bytes:
    """A whole body, compressed."""
    own = make_compressor(name, thorough=True)
    return own.compress(content) + own.finish()


def compress_chunks(name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A stream, compressed as it comes."""
    own = make_compressor(name)
    for piece in pieces:
        some = own.compress(piece)
        if some:
            yield some
    yield own.finish()


def etag_for_coding(etag: str, name: str | None) -> str:
    """A strong tag as it is for a coding: equal tags mean equal bytes."""
    return etag if name is None else f'{etag[:-1]}.{name}"'


class CompressionCache:
    """Compressed bodies by what they were, the least used forgotten first."""

    def __init__(self, most: int = 64) -> None:
        self._capacity = most
        self._bodies: OrderedDict[tuple[str, bytes], bytes] = OrderedDict()

    def compress(self, name: str, content: bytes) -> bytes:
        """A body, compressed now or before."""
        key = (name, blake2b(content, digest_size=16).digest())
        found = self._bodies.pop(key, None)
        if found is None:
            found = compress(name, content)
        self._bodies[key] = found
        if len(self._bodies) > self._capacity:
            self._bodies.popitem(last=False)
        return found


class CompressionMiddleware:
    """Compresses what was not: pages, scripts, the OpenAPI document.

    Whatever already speaks of encodings, in `Vary` or `Content-Encoding`, is left as it is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._cache = CompressionCache()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"accept-encoding", b"").decode("latin-1")
        await self.app(
            scope, receive, _CompressingSender(send, coding_for_client(given), self._cache)
        )


class _CompressingSender:
    """Sends a response on, compressed if that pays."""

    def __init__(self, send: Send, name: str | None, kept: CompressionCache) -> None:
        self._send = send
        self._coding = name
        self._cache = kept
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
        name = self._coding or ""
        self._body = bytearray(self._cache.compress(name, bytes(self._body)))
        size = str(len(self._body)).encode()
        changed = {b"content-length": size, b"content-encoding": name.encode()}
        kept = [
            (key, _weak_etag(key, value)) for key, value in start["headers"] if key not in changed
        ]
        start["headers"] = [*kept, *changed.items()]
        self._start = None
        await self._send(start)


def _weak_etag(key: bytes, value: bytes) -> bytes:
    """A header as it is for a compressed body: a strong tag is weak, as the bytes are others."""
    return b"W/" + value if key == b"etag" and not value.startswith(b"W/") else value


def _is_compressible(status: int, headers: dict[bytes, bytes]) -> bool:
    """Whether a response is text, large enough, and silent about encodings."""
    length = headers.get(b"content-length", b"0")
    return (
        status == 200
        and length.isdigit()
        and MIN_COMPRESSED_BYTES <= int(length) <= _MAX_COMPRESSED_BYTES
        and headers.get(b"content-type", b"").decode("latin-1").startswith(_TEXTUAL)
        and b"content-encoding" not in headers
        and b"encoding" not in headers.get(b"vary", b"").lower()
    )
