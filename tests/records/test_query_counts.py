"""How many statements a read takes: as many for a page of fifty as for a page of one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from fastapi import FastAPI
from sqlalchemy import event
from starlette.testclient import TestClient

# The path, with one `{}` for what makes each request new, and the most statements it may take.
COUNTS: list[tuple[str, int]] = [
    ("/v1/meetings/2023-04-25-moscow?fields=id{}", 3),
    ("/v1/meetings/2023-04-25-moscow?revision=44{}", 6),
    ("/v1/meetings/2023-04-25-moscow?as_of=2023-04-26{}", 4),
    ("/v1/meetings/2023-04-25-moscow?include=people,parties{}", 3),
    ("/v1/meetings/2023-04-25-moscow?include=positions{}", 6),
    ("/v1/meetings?party=TUR{}", 8),
    ("/v1/meetings?party=TUR&status=held&role=host{}", 8),
    ("/v1/meetings?party=TUR&include=people,parties,issues{}", 9),
    ("/v1/meetings?include=positions{}", 11),
    ("/v1/meetings?q=moscow{}", 10),
    ("/v1/timeline?from=2023{}", 17),
    ("/v1/timeline?as_of=2023-04-26{}", 14),
    ("/v1/people?level=foreign_minister{}", 8),
    ("/v1/meetings?limit=0&facets=party,issue,level{}", 6),
]
SIZES = ["&limit=1", "&limit=3", "&limit=50"]


@contextmanager
def counted(client: TestClient) -> Iterator[list[str]]:
    engine = cast(FastAPI, client.app).state.database.reader
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def statements(client: TestClient, path: str) -> list[str]:
    client.get("/healthz")
    with counted(client) as found:
        assert client.get(path).status_code == 200
    return found


@pytest.mark.parametrize(("path", "most"), COUNTS)
def test_a_read_takes_few_statements(world: TestClient, path: str, most: int) -> None:
    extra = "" if "limit=0" in path or "2023-04-25-moscow" in path else "&limit=49"
    found = statements(world, path.format(extra))
    assert 0 < len(found) <= most, "\n".join(found)


@pytest.mark.parametrize("path", [p for p, _ in COUNTS if "-moscow?" not in p and "limit" not in p])
def test_a_longer_page_takes_no_more_statements(world: TestClient, path: str) -> None:
    few, some, many = (len(statements(world, path.format(size))) for size in SIZES)
    # A page that reaches the end looks at what has no date as well: that is all that may come on.
    assert many <= few + 6
    assert some <= few + 6


def test_a_ready_answer_takes_no_statement(world: TestClient) -> None:
    if not cast(FastAPI, world.app).state.database.sqlite:
        pytest.skip("only on SQLite is there a cheap sign that nothing was written")
    world.get("/v1/meetings?limit=13")
    assert statements(world, "/v1/meetings?limit=13") == []
