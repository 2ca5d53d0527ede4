"""HTTP as it comes from the wire: uvicorn's own reader, with the manners that it lacks.

uvicorn refuses what its parser cannot read with a line of plain text, takes headers of any size
and requests for no host, and waits for the rest of a request for ever. Here such a request is
answered with a problem, in bounded room and time. One thing that strictly is no HTTP is taken:
letters beyond ASCII in the address, as curl and people send them (`?q=Türkiye`), stand for their
percent-encoding.
"""

from __future__ import annotations

from asyncio import TimerHandle
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.kit.http.problems import MEDIA_TYPE, Fault, Problem

HEAD_BYTES = 64 * 1024  # of a request line and its headers
HEAD_SECONDS = 30.0  # from their first byte to their last
PAUSE_SECONDS = 60.0  # between two pieces of a body

_UNREADABLE = Problem(
    400,
    "bad-request",
    "This is no HTTP request that can be read.",
    [Fault("request", "cannot be read", "HTTP/1.1, with a method that is named in Allow")],
)
_LARGE = Problem(
    431,
    "headers-too-large",
    f"The request line and its headers exceed {HEAD_BYTES} bytes.",
    [Fault("headers", "are too large", f"at most {HEAD_BYTES} bytes in all")],
)
_HOSTLESS = Problem(
    400,
    "bad-header",
    "An HTTP/1.1 request names its host once.",
    [Fault("Host", "is missing, or given twice", "the host's name and port, once")],
)
_SLOW = Problem(408, "request-timeout", "The request did not come to its end in time.")


class Refused(Exception):
    """Raised inside the parser, which then stops."""


class Protocol(HttpToolsProtocol):
    """One connection."""

    _reading = False  # within a request,
    _in_head = False  # and not yet in its body
    _head_bytes = 0
    _refusal = _UNREADABLE
    _waiting: TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Take what has come, if it is not too much."""
        if not self._reading:
            self._head_bytes = 0
            if not data.isascii():
                data = _ascii_line(data)
        in_head = self._in_head or not self._reading
        super().data_received(data)
        if in_head and self._in_head:  # and it has not ended yet
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._refuse(_LARGE)
        self._wait()

    def _wait(self) -> None:
        """Wait for the rest of a request, but not for ever."""
        if self._waiting is not None and (not self._in_head or self.transport.is_closing()):
            self._waiting.cancel()
            self._waiting = None
        if self._reading and self._waiting is None and not self.transport.is_closing():
            seconds = HEAD_SECONDS if self._in_head else PAUSE_SECONDS
            self._waiting = self.loop.call_later(seconds, self._too_slow)

    def _too_slow(self) -> None:
        self._waiting = None
        if self.flow.read_paused:  # it is we who do not read on
            self._wait()
        elif not self.transport.is_closing():
            self._refuse(_SLOW)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._reading = self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its headers are all there."""
        self._in_head = False
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            self._refusal = _HOSTLESS
            raise Refused
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """It has come to its end."""
        self._reading = False
        super().on_message_complete()

    def _refuse(self, problem: Problem) -> None:
        self._refusal = problem
        self.send_400_response(problem.detail)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn gives its own words, for which ours stand
        """Say what is wrong and hang up; without words where an answer has already begun."""
        problem, body = self._refusal, self._refusal.content()
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            head = (
                f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}\r\n"
                f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\n"
                "cache-control: no-store\r\nx-content-type-options: nosniff\r\n"
                "access-control-allow-origin: *\r\nconnection: close\r\n\r\n"
            )
            self.transport.write(head.encode("ascii") + body)
        self.transport.close()


def _ascii_line(data: bytes) -> bytes:
    """The beginning of a request, with what its first line has beyond ASCII percent-encoded."""
    line, end, rest = data.partition(b"\r\n")
    if not end or line.isascii():
        return data
    encoded = b"".join(b"%%%02X" % byte if byte > 0x7F else bytes((byte,)) for byte in line)
    return encoded + end + rest
