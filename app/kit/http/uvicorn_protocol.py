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

from app.kit.http.problems import MEDIA_TYPE, FieldError, Problem

MAX_HEAD_BYTES = 64 * 1024  # of a request line and its headers
HEAD_TIMEOUT = 30.0  # from their first byte to their last
BODY_TIMEOUT = 60.0  # between two pieces of a body

_BAD_REQUEST = Problem(
    400,
    "bad-request",
    "This is no HTTP request that can be read.",
    [FieldError("request", "cannot be read", "HTTP/1.1, with a method that is named in Allow")],
)
_HEAD_TOO_LARGE = Problem(
    431,
    "headers-too-large",
    f"The request line and its headers exceed {MAX_HEAD_BYTES} bytes.",
    [FieldError("headers", "are too large", f"at most {MAX_HEAD_BYTES} bytes in all")],
)
_BAD_HOST = Problem(
    400,
    "bad-header",
    "An HTTP/1.1 request names its host once.",
    [FieldError("Host", "is missing, or given twice", "the host's name and port, once")],
)
_TIMEOUT = Problem(408, "request-timeout", "The request did not come to its end in time.")


class RequestRejected(Exception):
    """Raised inside the parser, which then stops."""


class StrictHttpProtocol(HttpToolsProtocol):
    """One connection."""

    _reading = False  # within a request,
    _in_head = False  # and not yet in its body
    _head_bytes = 0
    _problem = _BAD_REQUEST
    _timer: TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Take what has come, if it is not too much."""
        if not self._reading:
            self._head_bytes = 0
            if not data.isascii():
                data = _percent_encode_target(data)
        in_head = self._in_head or not self._reading
        super().data_received(data)
        if in_head and self._in_head:  # and it has not ended yet
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._reject(_HEAD_TOO_LARGE)
        self._set_timer()

    def _set_timer(self) -> None:
        """Wait for the rest of a request, but not for ever."""
        if self._timer is not None and (not self._in_head or self.transport.is_closing()):
            self._timer.cancel()
            self._timer = None
        if self._reading and self._timer is None and not self.transport.is_closing():
            seconds = HEAD_TIMEOUT if self._in_head else BODY_TIMEOUT
            self._timer = self.loop.call_later(seconds, self._time_out)

    def _time_out(self) -> None:
        self._timer = None
        if self.flow.read_paused:  # it is we who do not read on
            self._set_timer()
        elif not self.transport.is_closing():
            self._reject(_TIMEOUT)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
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
            self._problem = _BAD_HOST
            raise RequestRejected
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """It has come to its end."""
        self._reading = False
        super().on_message_complete()

    def _reject(self, problem: Problem) -> None:
        self._problem = problem
        self.send_400_response(problem.detail)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn gives its own words, for which ours stand
        """Say what is wrong and hang up; without words where an answer has already begun."""
        problem, body = self._problem, self._problem.to_bytes()
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


def _percent_encode_target(data: bytes) -> bytes:
    """The beginning of a request, with what its first line has beyond ASCII percent-encoded."""
    line, end, rest = data.partition(b"\r\n")
    if not end or line.isascii():
        return data
    encoded = b"".join(b"%%%02X" % byte if byte > 0x7F else bytes((byte,)) for byte in line)
    return encoded + end + rest
