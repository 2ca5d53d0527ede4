"""A stricter HTTP protocol for uvicorn.

uvicorn answers malformed requests with plain text, accepts headers of any size and requests
without a host, and waits for the rest of a request without a limit. Here such requests get a
problem document, within bounded memory and time. In one respect it is more lenient: characters
beyond ASCII in the request target, as curl sends them (`?q=Türkiye`), are percent-encoded.
"""

from __future__ import annotations

from asyncio import TimerHandle
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.kit.http.problems import MEDIA_TYPE, FieldError, Problem

MAX_HEAD_BYTES = 64 * 1024  # request line and headers
HEAD_TIMEOUT = 30.0  # seconds from their first byte to their last
BODY_TIMEOUT = 60.0  # seconds between two chunks of a body

_BAD_REQUEST = Problem(
    400,
    "bad-request",
    "The HTTP request is not valid.",
    [FieldError("request", "is not valid HTTP", "a valid HTTP/1.1 request")],
)
_HEAD_TOO_LARGE = Problem(
    431,
    "headers-too-large",
    f"The request line and headers exceed {MAX_HEAD_BYTES} bytes.",
    [FieldError("headers", "are too large", f"at most {MAX_HEAD_BYTES} bytes in total")],
)
_BAD_HOST = Problem(
    400,
    "bad-header",
    "An HTTP/1.1 request must have exactly one Host header.",
    [FieldError("Host", "is missing or repeated", "one header with the host name and port")],
)
_TIMEOUT = Problem(408, "request-timeout", "The request was not completed in time.")


class RequestRejected(Exception):
    """Raised in a callback of the parser to stop it."""


class StrictHttpProtocol(HttpToolsProtocol):
    """One connection."""

    _in_request = False
    _in_head = False  # in a request, before its body
    _head_bytes = 0
    _problem = _BAD_REQUEST
    _timer: TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Parse received data; reject the request if its head is too large."""
        if not self._in_request:
            self._head_bytes = 0
            if not data.isascii():
                data = _percent_encode_target(data)
        in_head = self._in_head or not self._in_request
        super().data_received(data)
        if in_head and self._in_head:  # still in the same head
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._reject(_HEAD_TOO_LARGE)
        self._set_timer()

    def _set_timer(self) -> None:
        """Start the timer for the rest of a request, or stop the one for its head."""
        if self._timer is not None and (not self._in_head or self.transport.is_closing()):
            self._timer.cancel()
            self._timer = None
        if self._in_request and self._timer is None and not self.transport.is_closing():
            seconds = HEAD_TIMEOUT if self._in_head else BODY_TIMEOUT
            self._timer = self.loop.call_later(seconds, self._time_out)

    def _time_out(self) -> None:
        self._timer = None
        if self.flow.read_paused:  # the server is not reading; the client is not late
            self._set_timer()
        elif not self.transport.is_closing():
            self._reject(_TIMEOUT)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request has begun."""
        self._in_request = self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """All headers have been received; reject a request without exactly one host."""
        self._in_head = False
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            self._problem = _BAD_HOST
            raise RequestRejected
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request has been received in full."""
        self._in_request = False
        super().on_message_complete()

    def _reject(self, problem: Problem) -> None:
        self._problem = problem
        self.send_400_response(problem.detail)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the problem replaces uvicorn's message
        """Send the problem and close the connection; only close it during another response."""
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
    """The beginning of a request, with bytes beyond ASCII in its first line percent-encoded."""
    line, line_end, remaining = data.partition(b"\r\n")
    if not line_end or line.isascii():
        return data
    encoded = b"".join(b"%%%02X" % byte if byte > 0x7F else bytes((byte,)) for byte in line)
    return encoded + line_end + remaining
