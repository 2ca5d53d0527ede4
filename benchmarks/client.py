"""A small load generator: a few keep-alive connections, one request at a time on each."""

from __future__ import annotations

import asyncio
import http.client
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

# By request target, with "304 " before it for a conditional one: status, headers, body.
Recorded = dict[bytes, tuple[int, list[tuple[bytes, bytes]], bytes]]

HOST = "127.0.0.1"
# One more than a single-threaded server can work on, so that it never waits for the client.
CONNECTIONS = 4


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: a path with its query, and a tag that the client already holds."""

    path: str
    etag: str | None = None

    def raw(self) -> bytes:
        """The request as it goes over the wire."""
        more = "" if self.etag is None else f"If-None-Match: {self.etag}\r\n"
        return f"GET {self.path} HTTP/1.1\r\nHost: {HOST}\r\n{more}\r\n".encode()


@dataclass(slots=True)
class Run:
    """What came of a run."""

    seconds: float = 0.0
    answers: int = 0
    bytes: int = 0
    statuses: Counter[int] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, for looking at."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """A header's value."""
        return next((value for key, value in self.headers if key.lower() == name), None)


def fetch(port: int, requests: Sequence[Request]) -> Iterator[Reply]:
    """The answers to these requests, one after the other."""
    connection = http.client.HTTPConnection(HOST, port, timeout=300)
    for request in requests:
        headers = {} if request.etag is None else {"If-None-Match": request.etag}
        connection.request("GET", request.path, headers=headers)
        response = connection.getresponse()
        yield Reply(response.status, response.getheaders(), response.read())
    connection.close()


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as an answer is complete."""

    def __init__(self, pending: Iterator[bytes], until: float, run: Run) -> None:
        self.pending = pending
        self.until = until
        self.run = run
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.head = b""
        self.left = -1  # bytes of the body still to come; below 0 while the head is read

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]  # TCP gives one
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _send(self) -> None:
        request = next(self.pending, None) if time.perf_counter() < self.until else None
        if request is None:
            if not self.done.done():
                self.done.set_result(None)
            self.transport.close()
            return
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.run.bytes += len(data)
        if self.left < 0:
            self.head += data
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return
            head, rest = self.head[:end].lower(), len(self.head) - end - 4
            self.head = b""
            status = int(head[9:12])
            self.run.statuses[status] += 1
            at = head.find(b"\r\ncontent-length: ")
            length = 0
            if at >= 0 and status != 304:
                length = int(head[at + 18 :].partition(b"\r\n")[0])
            self.left = length - rest
        else:
            self.left -= len(data)
        if self.left <= 0:
            self.left = -1
            self.run.answers += 1
            self._send()


async def _drive(port: int, pending: Iterator[bytes], seconds: float) -> Run:
    run, loop = Run(), asyncio.get_running_loop()
    begin = time.perf_counter()
    waits = []
    for _ in range(CONNECTIONS):
        _, connection = await loop.create_connection(
            lambda: _Connection(pending, begin + seconds, run), HOST, port
        )
        waits.append(connection.done)
    await asyncio.gather(*waits)
    run.seconds = time.perf_counter() - begin
    return run


def drive(port: int, requests: Sequence[Request], *, most: int, seconds: float) -> Run:
    """Send these requests in turn, again and again, up to a number and a time."""
    raw = [request.raw() for request in requests]
    return asyncio.run(_drive(port, islice(cycle(raw), most), seconds))
