"""How many statements a read takes: as many for a page of fifty as for a page of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, event
from starlette.testclient import TestClient

from app.kit.http.cache import ResponseCache
from app.kit.sql.read_connection import ReadConnection

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
Told = Callable[[str], list[str]]
SIZES = ["&limit=1", "&limit=3", "&limit=50"]


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement of reads close to the driver, and of those through SQLAlchemy."""
    found: list[str] = []
    run = ReadConnection.exec_driver_sql

    def noted(self: ReadConnection, sql: str, *rest: Any) -> Any:
        found.append(sql)
        return run(self, sql, *rest)

    def note(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        found.append(sql)

    event.listen(Engine, "before_cursor_execute", note)
    with monkeypatch.context() as patched:
        patched.setattr(ReadConnection, "exec_driver_sql", noted)
        yield found
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def statements(sample: TestClient, monkeypatch: pytest.MonkeyPatch) -> Told:
    """Tells the statements that a read takes."""

    def told(path: str) -> list[str]:
        with counted(monkeypatch) as found:
            assert sample.get(path).status_code == 200
        return found

    return told


@pytest.fixture
def no_response_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every read anew: a cached response would take no statement."""
    monkeypatch.setattr(ResponseCache, "get", lambda *_: None)


@pytest.mark.usefixtures("no_response_cache")
@pytest.mark.parametrize(("path", "most"), COUNTS)
def test_a_read_takes_few_statements(statements: Told, path: str, most: int) -> None:
    extra = "" if "limit=0" in path or "2023-04-25-moscow" in path else "&limit=49"
    found = statements(path.format(extra))
    assert 0 < len(found) <= most, "\n".join(found)


@pytest.mark.usefixtures("no_response_cache")
@pytest.mark.parametrize("path", [p for p, _ in COUNTS if "-moscow?" not in p and "limit" not in p])
def test_a_longer_page_takes_no_more_statements(statements: Told, path: str) -> None:
    few, some, many = (len(statements(path.format(size))) for size in SIZES)
    assert few > 0
    # A page that reaches the end looks at what has no date as well: that is all that may come on.
    assert many <= few + 6
    assert some <= few + 6


def test_a_ready_answer_takes_no_statement(sample: TestClient, statements: Told) -> None:
    if not cast(FastAPI, sample.app).state.database.is_sqlite:
        pytest.skip("only on SQLite is there a cheap sign that nothing was written")
    sample.get("/v1/meetings?limit=13")
    assert statements("/v1/meetings?limit=13") == []
