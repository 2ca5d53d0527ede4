"""What comes from the wire: read where it can be, else a problem, in bounded room and time."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any
from unittest import mock
from urllib.parse import quote, urlsplit

import pytest

from app.imports import seed
from app.kit.http import uvicorn_protocol
from app.kit.http.uvicorn_protocol import MAX_HEAD_BYTES, StrictHttpProtocol
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.applications import application
from tests.browser.servers import running
from tests.databases import SqliteDatabases


@pytest.fixture(scope="module")
def port(sqlite_databases: SqliteDatabases) -> Iterator[int]:
    """Where the seed is served by our own protocol."""
    url = sqlite_databases.filled("seeded", lambda d: seed.seed_database(Ledger(d, NOUNS)))
    with running(application(url), http=StrictHttpProtocol) as address:
        yield urlsplit(address).port or 0


def exchanged(port: int, *pieces: bytes) -> tuple[int, str, Any]:
    """Status, media type and JSON body of the answer to what is sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
        for piece in pieces:
            try:
                wire.sendall(piece)
            except OSError:
                break  # it has hung up, and said why
        received = b""
        while b"\r\n\r\n" not in received or _short(received):
            some = wire.recv(65_536)
            if not some:
                break
            received += some
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    return int(lines[0].split(" ")[1]), headers["content-type"], json.loads(body or b"null")


def _short(received: bytes) -> bool:
    head, _, body = received.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return len(body) < int(length or 0)


def get(target: str) -> bytes:
    return f"GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode()


def test_letters_beyond_ascii_stand_for_their_encoding(port: int) -> None:
    for written in ("/v1/meetings?q=Türkiye", "/v1/meetings?q=визит", "/v1/parties?q=Türkiye"):
        status, _, found = exchanged(port, get(written))
        assert status == 200, written
        assert found == exchanged(port, get(quote(written, safe="/?=")))[2]
    assert exchanged(port, get("/v1/meetings?q=Türkiye"))[2]["total"] > 0
    status, _, found = exchanged(port, get("/v1/parties/Türkiye"))
    assert (status, found["type"]) == (404, "/docs#problem-not-found")
    # What is no UTF-8 is no letter either, but that is the query's matter.
    status, _, found = exchanged(port, b"GET /v1/meetings?q=\xff HTTP/1.1\r\nhost: x\r\n\r\n")
    assert (status, found["errors"][0]["field"]) == (400, "q")


def test_only_the_request_line_is_encoded(port: int) -> None:
    """A body that comes in the same piece, or in one of its own, is as it was."""
    body = '{"name": "Türkiye"}'.encode()
    head = (
        f"POST /v1/parties?ü=1 HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    )
    for pieces in ([head + body], [head, body]):
        assert exchanged(port, *pieces)[0] == 401


MALFORMED = {
    "an unknown method": b"FOO /v1 HTTP/1.1\r\nhost: x\r\n\r\n",
    "a method in small letters": b"get /v1 HTTP/1.1\r\nhost: x\r\n\r\n",
    "NUL in the address": b"GET /v1?\x00 HTTP/1.1\r\nhost: x\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\r\n\r\n",
    "an unknown version": b"GET /v1 HTTP/9.9\r\nhost: x\r\n\r\n",
    "a length that is none": b"POST /v1/parties HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    "two ways of telling the length": b"POST /v1/parties HTTP/1.1\r\nhost: x\r\n"
    b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n",
    "a header with no name": b"GET /v1 HTTP/1.1\r\nhost: x\r\n: y\r\n\r\n",
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED)
def test_what_cannot_be_read_is_a_problem(port: int, sent: bytes) -> None:
    status, kind, found = exchanged(port, sent)
    assert (status, kind) == (400, "application/problem+json")
    assert found["type"] == "/docs#problem-bad-request"
    assert found["errors"][0]["field"] == "request"


@pytest.mark.parametrize("hosts", [b"", b"host: x\r\nhost: y\r\n"])
def test_a_request_names_its_host_once(port: int, hosts: bytes) -> None:
    status, kind, found = exchanged(port, b"GET /v1 HTTP/1.1\r\n" + hosts + b"\r\n")
    assert (status, kind) == (400, "application/problem+json")
    assert found["errors"][0]["field"] == "Host"


def test_an_older_client_names_none(port: int) -> None:
    assert exchanged(port, b"GET /healthz HTTP/1.0\r\n\r\n")[0] == 200


@pytest.mark.parametrize("size", [MAX_HEAD_BYTES * 2, MAX_HEAD_BYTES * 20])
def test_headers_are_not_read_without_end(port: int, size: int) -> None:
    head = b"GET /v1 HTTP/1.1\r\nhost: x\r\n"
    lines = [b"x-%d: %s\r\n" % (i, b"y" * 1_000) for i in range(size // 1_000)]
    status, kind, found = exchanged(port, head, *lines, b"\r\n")
    assert (status, kind) == (431, "application/problem+json")
    assert found["errors"][0]["field"] == "headers"
    few = [b"x-%d: %s\r\n" % (i, b"y" * 1_000) for i in range(8)]
    assert exchanged(port, head, *few, b"\r\n")[0] == 200


SLOW = {
    "a line": [b"GET /v1 HT"],
    "headers": [b"GET /v1 HTTP/1.1\r\n", b"host: x\r\n"],
    "a body": [b"POST /v1/parties HTTP/1.1\r\nhost: x\r\nauthorization: Bearer y\r\n", b"x: "],
}


@pytest.mark.parametrize("pieces", SLOW.values(), ids=SLOW)
def test_a_slow_sender_is_not_waited_for(port: int, pieces: list[bytes]) -> None:
    with mock.patch.object(uvicorn_protocol, "HEAD_TIMEOUT", 0.2):
        status, kind, _ = exchanged(port, *pieces)
    assert (status, kind) == (408, "application/problem+json")


def test_a_connection_serves_again(port: int) -> None:
    """Limits count for each request anew, not for all that a connection has carried."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
        for _ in range(200):
            wire.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\ncookie: %s\r\n\r\n" % (b"y" * 1_000))
            received = b""
            while _short(received) or b"\r\n\r\n" not in received:
                received += wire.recv(65_536)
            assert received.startswith(b"HTTP/1.1 200")
