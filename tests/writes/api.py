"""The application as its users meet it: requests with a key, answers looked at closely."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from app.kit.http.error_middleware import flatten_routes
from app.kit.schema.shapes import Document
from app.kit.sql.database import Database
from app.ledger.maintenance.verify import verify
from app.ledger.snapshot import latest_revision
from app.nouns.registry import NOUNS

WRITER = "parley_the-writers-own-key"
ADMIN = "parley_the-admins-own-key"
EXPIRED = "parley_a-key-that-expired"
REVOKED = "parley_a-key-that-was-revoked"
WRITING = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def body(self) -> Document:
        found = json.loads(self.content)
        assert isinstance(found, dict)
        return found

    @property
    def tag(self) -> str:
        return self.headers["etag"]

    @property
    def problem_type(self) -> str:
        """The kind of a problem; the answer is one."""
        assert self.status >= 300, self.content[:500]
        assert self.headers["content-type"] == "application/problem+json"
        assert self.body["status"] == self.status
        return str(self.body["type"]).removeprefix("/docs#problem-")

    @property
    def fields(self) -> list[str]:
        """The fields that a problem names."""
        return [fault["field"] for fault in self.body.get("errors", [])]

    def summary(self) -> tuple[int, str]:
        return self.status, self.problem_type

    def ok(self, status: int = 200) -> Document:
        assert self.status == status, (self.status, self.content[:1000])
        return self.body if self.content else {}


@dataclass(slots=True)
class Api:
    """Writes and reads over HTTP."""

    client: TestClient
    app: FastAPI
    database: Database
    put_back: Callable[[], None]
    key: str = ADMIN

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        tag: str | None = None,
        key: str | None = None,
        **headers: str,
    ) -> Reply:
        """A request with the key; `tag` is If-Match, other headers are given in snake case."""
        sent = {"authorization": f"Bearer {key or self.key}", "accept-encoding": "identity"}
        if raw is None and body is not None:
            raw = json.dumps(body, ensure_ascii=False).encode()
        if raw is not None:
            sent["content-type"] = "application/json"
        if tag is not None:
            sent["if-match"] = tag
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.request(
            method,
            f"/v1/{path}",
            content=raw,
            headers=[(k.encode(), v.encode()) for k, v in sent.items()],
            follow_redirects=False,
        )
        return Reply(answer.status_code, answer.headers, answer.content)

    def post(self, path: str, body: Any = None, **more: Any) -> Reply:
        return self.send("POST", path, body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> Reply:
        return self.send("PUT", path, body, **more)

    def patch(self, path: str, body: Any = None, *, tag: str | None = "*", **more: Any) -> Reply:
        return self.send("PATCH", path, body, tag=tag, **more)

    def delete(self, path: str, *, tag: str | None = "*", **more: Any) -> Reply:
        return self.send("DELETE", path, tag=tag, **more)

    def restore(self, path: str, revision: int | None = None, **more: Any) -> Reply:
        body = None if revision is None else {"revision": revision}
        return self.send("POST", f"{path}/restore", body, **more)

    def merge(self, path: str, into: str, *, tag: str | None = "*", **more: Any) -> Reply:
        return self.send("POST", f"{path}/merge", {"into": into}, tag=tag, **more)

    def get(self, path: str, **more: Any) -> Reply:
        return self.send("GET", path, **more)

    def one(self, path: str) -> Document:
        return self.get(path).ok()

    def tag(self, path: str) -> str:
        return self.get(path).tag

    def actions(self, path: str) -> list[str]:
        """What happened to a record, newest first."""
        return [entry["action"] for entry in self.one(f"{path}/history")["items"]]

    # ---- behind the scenes

    def revision(self) -> int:
        with self.database.read_transaction() as connection:
            return latest_revision(connection)

    def sql(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.database.write_transaction() as connection:
            done = connection.execute(text(statement), values)
            return [tuple(row) for row in done] if done.returns_rows else []

    def faults(self) -> list[str]:
        with self.database.read_transaction() as connection:
            return list(verify(connection, NOUNS))


def operations(app: FastAPI) -> list[tuple[str, str]]:
    """Every writing operation that the application has: its method and the path of its route."""
    return sorted(
        (method, getattr(route, "path", ""))
        for route in flatten_routes(app.routes)
        for method in set(getattr(route, "methods", None) or ()) & set(WRITING)
    )


def unread(
    app: FastAPI, wanted: Iterable[tuple[str, str]], headers: Mapping[str, str]
) -> list[int]:
    """The statuses of requests whose bodies must not be looked at: to ask for one is a failure."""
    found: list[int] = []

    async def receive() -> dict[str, Any]:
        raise AssertionError("looked at the body")

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            found.append(message["status"])

    async def run() -> None:
        for method, path in wanted:
            scope = {
                "type": "http",
                "asgi": {"version": "3.0"},
                "http_version": "1.1",
                "method": method,
                "scheme": "http",
                "path": path,
                "raw_path": path.encode(),
                "root_path": "",
                "query_string": b"no=such&parameter",
                "headers": [(k.encode(), v.encode("latin-1")) for k, v in headers.items()],
                "client": ("192.0.2.1", 1),
                "server": ("testserver", 80),
                "state": {},
            }
            await app(scope, receive, send)

    # In a thread of its own: a test of the pages may have left this one with a loop that runs.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, run()).result()
    return found


def refused(reply: Reply, *statuses: int) -> None:
    """A problem that a client can learn from, and that gives away nothing."""
    assert reply.status in statuses
    assert reply.problem_type
    assert b"Traceback" not in reply.content
    assert len(reply.content) < 4_000
