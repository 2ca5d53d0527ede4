"""Streams hold a stretch of records at a time, however many there are."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any, NamedTuple, cast
from weakref import WeakSet

import anyio
import pytest
from starlette.testclient import TestClient

from app.api import responses
from app.formats import OUTPUT_FORMATS
from app.kit.sql.database import Database
from app.ledger.read import lookups, result_set
from app.ledger.write.ledger import Ledger
from app.main import create_app
from app.nouns.registry import NOUNS
from app.reads import rendering
from app.settings import Settings
from tests.builders import RecordWriter, meeting, milestone, position
from tests.databases import Databases
from tests.formats.consumers import WHOLE

STRETCH = 4
ROWS = 20
ENTRIES = 90
STREAMED = [one.name for one in OUTPUT_FORMATS.all if one.render is not None and not one.is_paged]


class Counted:
    """The records that a stream has read, and those that anything still holds."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.batches: list[int] = []
        self.rows: list[int] = []
        self.live: WeakSet[object] = WeakSet()
        self.most = 0
        real_documents, real_found, real_walk = (
            lookups.find_documents,
            rendering.ListItem,
            result_set.read_page,
        )

        def documents(connection: Any, keys: Any) -> Any:
            self.batches.append(len(keys))
            return real_documents(connection, keys)

        def found(*given: Any) -> Any:
            made = real_found(*given)
            self.live.add(made)
            self.most = max(self.most, len(self.live))
            return made

        def walk(reading_: Any, orders: Any, after: Any, limit: int) -> Any:
            rows, more = real_walk(reading_, orders, after, limit)
            self.rows.append(len(rows))
            return rows, more

        patch.setattr(lookups, "find_documents", documents)
        patch.setattr(rendering, "ListItem", found)
        patch.setattr(rendering, "read_page", walk)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Everything is long: a stretch has a few records."""
    monkeypatch.setattr(responses, "_MAX_BUFFERED_BYTES", 100)
    monkeypatch.setattr(rendering, "_ROW_BATCH_SIZE", ROWS)
    monkeypatch.setattr(rendering, "_BATCH_SIZE", STRETCH)
    return Counted(monkeypatch)


@pytest.fixture(scope="module")
def many(sqlite_databases: Databases) -> Iterator[TestClient]:
    """Reads a database with many times more entries than a stretch holds."""
    url = sqlite_databases.filled("many", _fill)
    with TestClient(create_app(Settings(database_url=url, seed=False))) as client:
        yield client
    sqlite_databases.give_back(url)


def _fill(database: Database) -> None:
    writer = RecordWriter(Ledger(database, NOUNS))
    writer.basis()
    third = range(ENTRIES // 3)
    writer.write(*(meeting(f"m{n}", f"2023-04-{n % 28 + 1:02}") for n in third))
    writer.write(*(milestone(f"x{n}", "2023-05") for n in third))
    writer.write(*(position(f"p{n}", None) for n in third))


class Sent(NamedTuple):
    """A piece of a body, and how many records had been read when it was sent."""

    content: bytes
    read: int


def streamed(client: TestClient, path: str, query: str, counted: Counted) -> list[Sent]:
    """The pieces of an answer as the server hands them to the network."""
    sent: list[Sent] = []

    async def ask() -> None:
        asked, gone = False, anyio.Event()

        async def receive() -> dict[str, Any]:
            nonlocal asked
            if asked:
                await gone.wait()
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                assert message["status"] == 200
            elif message["body"]:
                sent.append(Sent(message["body"], sum(counted.batches)))

        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(b"host", b"testserver")],
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
        }
        await client.app(cast(Any, scope), receive, send)

    assert client.portal is not None
    client.portal.call(ask)
    return sent


@pytest.mark.parametrize("query", ["", "sort=-date", "sort=id", "type=!milestone"])
@pytest.mark.parametrize("name", STREAMED)
def test_a_stream_holds_two_stretches_at_most(
    many: TestClient, counted: Counted, name: str, query: str
) -> None:
    sent = streamed(many, f"/v1/timeline.{name}", query, counted)
    total = many.get(f"/v1/timeline?{query}").json()["total"]
    assert total > 4 * STRETCH
    assert len(list(WHOLE[name](b"".join(one.content for one in sent)))) == total
    # That which is being written, and the next while it is being read.
    assert counted.most <= 2 * STRETCH
    gc.collect()
    assert not counted.live


@pytest.mark.parametrize("name", STREAMED)
def test_documents_are_read_a_stretch_at_a_time_and_rows_a_walk_at_a_time(
    many: TestClient, counted: Counted, name: str
) -> None:
    streamed(many, f"/v1/timeline.{name}", "", counted)
    assert sum(counted.batches) == ENTRIES
    assert max(counted.batches) == STRETCH
    assert sum(counted.rows) == ENTRIES
    assert max(counted.rows) == ROWS


@pytest.mark.parametrize("name", STREAMED)
def test_the_first_byte_goes_out_before_the_last_record_is_read(
    many: TestClient, counted: Counted, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(responses, "_coalesced", lambda pieces: pieces)
    sent = streamed(many, f"/v1/timeline.{name}", "", counted)
    assert sent[0].read <= STRETCH
    assert len({one.read for one in sent}) >= ENTRIES // STRETCH
