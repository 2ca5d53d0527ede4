"""What every refusal must be: a problem that names its fields."""

from __future__ import annotations

import re
from typing import Any

from starlette.testclient import TestClient

LONG = "x" * 300
PROBLEM = "application/problem+json"
LISTS = ["/v1/meetings", "/v1/timeline"]


def problem(client: TestClient, path: str, status: int = 400) -> dict[str, Any]:
    """The problem that a path is answered with, as every problem must be."""
    answer = client.get(path)
    assert answer.status_code == status, (answer.status_code, answer.text[:300])
    assert answer.headers["content-type"] == PROBLEM
    assert answer.headers["x-content-type-options"] == "nosniff"
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    assert re.fullmatch(r"/docs#problem-[a-z-]+", found["type"])
    assert found["title"]
    assert found["detail"]
    for fault in found.get("errors", []):
        assert set(fault) == {"field", "message", "accepted"}
        assert fault["field"]
        assert fault["message"]
    assert LONG[:100] not in answer.text
    assert "Traceback" not in answer.text
    return found
