"""Several processes that write at once: one sequence, nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.kit.sql.database import Database
from app.ledger.maintenance.verify import verify
from app.nouns.registry import NOUNS
from tests.builders import RecordWriter, issue
from tests.conftest import database_url

ROOT = Path(__file__).parents[2]
PROCESSES, WRITES = 3, 8


def start(database: Database, name: str, count: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.ledger.writing_process"]
    environment = {**os.environ, "PYTHONPATH": os.environ.get("PYTHONPATH", str(ROOT))}
    return subprocess.Popen(
        [*command, database_url(database), name, str(count)], cwd=ROOT, env=environment
    )


@pytest.mark.slow
def test_processes_that_write_at_once_leave_no_gap_and_lose_no_update(
    writer: RecordWriter, database: Database
) -> None:
    writer.write(issue("counter", note="0"))
    running = [start(database, f"p{number}", WRITES) for number in range(PROCESSES)]
    assert [process.wait(120) for process in running] == [0] * PROCESSES
    with database.read_transaction() as connection:
        rows = connection.execute(text("SELECT number, write FROM revision ORDER BY number")).all()
        assert [row[0] for row in rows] == list(range(1, 2 + 2 * PROCESSES * WRITES))
        assert [row[1] for row in rows[1:]] == [s - s % 2 for s, _ in rows[1:]]
        assert list(verify(connection, NOUNS)) == []
    counter = writer.now("issue", "counter")
    assert counter is not None
    assert counter["note"] == str(PROCESSES * WRITES)


@pytest.mark.slow
def test_a_server_sees_what_another_process_wrote(
    writer: RecordWriter, database: Database, client: TestClient
) -> None:
    writer.write(issue("counter", note="0"))
    for expected in (2, 3):
        assert client.get("/v1/issues").json()["total"] == expected - 1
        assert start(database, f"p{expected}", 1).wait(60) == 0
        assert client.get("/v1/issues").json()["total"] == expected
        assert client.get("/v1/issues/counter").json()["note"] == str(expected - 1)
