"""The way of a read and of a write, as CONTRIBUTING tells them, held against what runs."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from httpx2 import Response

from app.imports import seed
from app.kit.http import api_keys
from app.kit.sql.database import Database
from app.ledger.write.ledger import Ledger
from app.main import create_app
from app.nouns.registry import NOUNS
from app.settings import Settings
from tests.client import Client
from tests.databases import SqliteDatabases

ROOT = Path(__file__).parents[1]
MEETING = "/v1/meetings/2023-04-25-moscow"


def walk(title: str) -> tuple[list[str], list[str]]:
    """The files that decide, and those that serve, of one section of CONTRIBUTING."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    section = text.split(f"### {title}\n")[1].split("\n#")[0]
    decide = re.findall(r"^\d+\. `(app/[^`]+)`", section, re.MULTILINE)
    serve = re.findall(r"`(app/[^`]+)`", section.split("\nServing them: ")[1])
    return decide, serve


def files_run(request: Callable[[], Response]) -> set[str]:
    """The files of `app/` outside `app/kit` whose functions a request calls."""
    called: set[str] = set()

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call":
            called.add(frame.f_code.co_filename)

    previous = sys.getprofile()
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        response = request()
    finally:
        sys.setprofile(previous)
        threading.setprofile(None)
    assert response.status_code == 200, response.text
    ours = {Path(name).relative_to(ROOT) for name in called if name.startswith(f"{ROOT}/app/")}
    return {str(path) for path in ours if path.parts[1] != "kit"}


@pytest.fixture(scope="module")
def client(sqlite_databases: SqliteDatabases) -> Client:
    """Asks the seed, without a cache of answers; the key that it sends may write."""
    url = sqlite_databases.filled(
        "seeded", lambda database: seed.seed_database(Ledger(database, NOUNS))
    )
    database = Database(url)
    with database.write_transaction() as connection:
        key = api_keys.create_key(connection, "walker", "write", datetime.now(UTC))
    database.close()
    client = Client(create_app(Settings(database_url=url, seed=False, response_cache_bytes=0)))
    client.headers["authorization"] = f"Bearer {key}"
    return client


def a_list(client: Client, _round: str) -> Callable[[], Response]:
    return lambda: client.get("/v1/meetings?party=TUR")


def a_patch(client: Client, round_: str) -> Callable[[], Response]:
    current = client.get(MEETING).headers["etag"]
    return lambda: client.patch(MEETING, json={"summary": round_}, headers={"if-match": current})


@pytest.mark.parametrize(
    ("title", "most", "prepare"),
    [("The way of a read", 6, a_list), ("The way of a write", 12, a_patch)],
)
def test_the_files_on_the_way_are_those_that_contributing_lists(
    client: Client,
    title: str,
    most: int,
    prepare: Callable[[Client, str], Callable[[], Response]],
) -> None:
    prepare(client, "first")()  # what is imported or prepared once is no part of the way
    decide, serve = walk(title)
    assert files_run(prepare(client, "second")) == {*decide, *serve}
    assert len(decide) <= most
