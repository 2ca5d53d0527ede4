"""A client that writes over one keep-alive connection."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any

from benchmarks.client import HOST


@dataclass(frozen=True, slots=True)
class WriterResponse:
    """An answer."""

    status: int
    tag: str
    body: Any
    replayed: bool


class WriterClient:
    """Sends one request after the other; opens its connection anew where it was cut."""

    def __init__(self, port: int, key: str) -> None:
        self.key = key
        self.connection = http.client.HTTPConnection(HOST, port, timeout=120)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> WriterResponse:
        """A request and its answer.

        Raises:
            OSError or http.client.HTTPException: the server is gone; nobody knows what it did.
        """
        sent = {"Authorization": f"Bearer {self.key}"}
        raw = None
        if body is not None:
            raw = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            self.connection.request(method, path, raw, sent)
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise
        return WriterResponse(
            answer.status,
            answer.headers.get("ETag", ""),
            json.loads(content) if content else None,
            answer.headers.get("Idempotency-Replayed") == "true",
        )

    def close(self) -> None:
        """Hang up."""
        self.connection.close()
