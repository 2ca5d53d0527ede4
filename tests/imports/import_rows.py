"""Rows to import, and what came of them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from app.imports import importer
from app.imports.importer import Importer, ImportOptions
from app.imports.readers import NounResolver, read_ndjson
from app.imports.verdicts import ImportSummary, Verdict
from app.kit.sql.database import Database
from app.ledger.maintenance.exports import export_lines
from app.ledger.maintenance.verify import verify
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.builders import RecordWriter, party, source

Rows = list[dict[str, Any]]


def lines(rows: Rows) -> list[bytes]:
    """As NDJSON."""
    return [orjson.dumps(row) for row in rows]


def run(
    database: Database, rows: Rows, *, batch: int = 500, **terms: Any
) -> tuple[ImportSummary, list[Verdict]]:
    """Import rows as NDJSON."""
    told: list[Verdict] = []
    given = {"author": "importer", "reason": "a test"} | terms
    ledger = Ledger(database, NOUNS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importer, "IMPORT_BATCH_SIZE", batch)
        outcome = Importer(ledger, ImportOptions(**given), told.extend).run(
            read_ndjson(lines(rows), NounResolver(NOUNS, None))
        )
    return outcome, sorted(told, key=lambda verdict: verdict.row)


def verdict_texts(verdicts: list[Verdict]) -> list[str]:
    """The verdicts alone."""
    return [verdict.verdict for verdict in verdicts]


def ledger_of(database: Database) -> list[bytes]:
    """The whole ledger, which holds."""
    with database.read_transaction() as connection:
        assert list(verify(connection, NOUNS)) == []
        return list(export_lines(connection))


def written(database: Database) -> list[dict[str, Any]]:
    """Every write."""
    return [orjson.loads(line) for line in ledger_of(database) if line.startswith(b'{"write"')]


def meeting(identifier: str | None, **more: Any) -> dict[str, Any]:
    """A meeting as a row."""
    given = {
        "noun": "meeting",
        "id": identifier,
        "title": "Talks",
        "status": "held",
        "date": "2024-05-02",
        "participants": [{"party": "TUR"}, {"party": "SYR"}],
        "sources": ["paper"],
    }
    return {name: value for name, value in (given | more).items() if value is not None}


def issue(identifier: str, **more: Any) -> dict[str, Any]:
    """An issue as a row."""
    return {"noun": "issue", "id": identifier, "name": identifier, **more}


def filled(database: Database) -> Database:
    """The database with two parties and a source in it."""
    RecordWriter(Ledger(database, NOUNS)).write(
        party("TUR"), party("SYR"), source("paper", "2024-05-03")
    )
    return database
