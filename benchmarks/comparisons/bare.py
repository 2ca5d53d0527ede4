"""The floor: an ASGI application without a framework that sends Parley's own recorded answers.

What is left is uvicorn: its parser, its loop, its writing of headers and body. The environment
variable `BENCH_ANSWERS` names the file with the answers.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from benchmarks.client import Recorded

_ANSWERS: Recorded = pickle.loads(Path(os.environ["BENCH_ANSWERS"]).read_bytes())


async def app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Look the request up and send what is there."""
    if scope["type"] != "http":
        await receive()
        return
    target = scope["raw_path"]
    if scope["query_string"]:
        target += b"?" + scope["query_string"]
    if any(name == b"if-none-match" for name, _ in scope["headers"]):
        target = b"304 " + target
    status, headers, body = _ANSWERS[target]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
