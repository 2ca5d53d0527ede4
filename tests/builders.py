"""Small valid bodies, and how to write them: a test gives only the fields it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson

from app.kit.schema.shapes import Document
from app.ledger.noun import RecordRef
from app.ledger.read.lookups import find_record
from app.ledger.selection import NOW, Clock
from app.ledger.snapshot import Snapshot, latest_revision
from app.ledger.write.ledger import Ledger
from app.ledger.write.revisions import RecordChange, WriteResult
from app.nouns.registry import NOUNS
from app.writes.bodies import validate_body

STATES = {"TUR": "Türkiye", "SYR": "Syria", "RUS": "Russia", "IRN": "Iran", "QAT": "Qatar"}


def record(noun: str, identifier: str, **body: Any) -> RecordChange:
    """A record as the ledger takes it, checked against its noun's shape."""
    return RecordChange(noun, identifier, validate_body(NOUNS[noun], {"id": identifier, **body}))


def deletion(noun: str, identifier: str) -> RecordChange:
    """The deletion of a record."""
    return RecordChange(noun, identifier, None)


def party(identifier: str, **body: Any) -> RecordChange:
    """A state by its code, any other by a slug."""
    kind = "state" if identifier in STATES else "organisation"
    name = STATES.get(identifier, identifier)
    return record("party", identifier, **{"name": name, "kind": kind} | body)


def source(identifier: str, published: Any = None, **body: Any) -> RecordChange:
    """A source, published on a day or undated."""
    return record("source", identifier, published=published, **body)


def issue(identifier: str, **body: Any) -> RecordChange:
    """An issue that is called as its identifier."""
    return record("issue", identifier, **{"name": identifier} | body)


def person(identifier: str, **body: Any) -> RecordChange:
    """A person who is called as their identifier."""
    return record("person", identifier, **{"name": identifier} | body)


def process(identifier: str, **body: Any) -> RecordChange:
    """A track."""
    return record("process", identifier, **{"name": identifier} | body)


def milestone(identifier: str, date: Any = None, **body: Any) -> RecordChange:
    """An event that dates hang on."""
    return record("milestone", identifier, **{"title": identifier, "date": date} | body)


def meeting(identifier: str, date: Any = None, **body: Any) -> RecordChange:
    """A meeting that was held."""
    given = {"title": identifier, "status": "held", "date": date}
    return record("meeting", identifier, **given | body)


def position(identifier: str, date: Any = None, **body: Any) -> RecordChange:
    """What Syria demands."""
    given = {"party": "SYR", "issue": "withdrawal", "stance": "demands", "channel": "reported"}
    return record("position", identifier, **given | {"date": date} | body)


def participant(party_: str, role: str = "participant", **more: Any) -> Document:
    """A place at the table."""
    return {"party": party_, "role": role, **more}


class RecordWriter:
    """Writes records through the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def write(
        self,
        *changes: RecordChange,
        author: str = "tester",
        reason: str | None = None,
        at: str = "",
    ) -> WriteResult:
        """One write; at a fixed time if one is given."""
        if at:
            self.ledger.fixed_times[:] = [datetime.fromisoformat(at).replace(tzinfo=UTC)]
        return self.ledger.write(changes, author=author, reason=reason)

    def basis(self) -> WriteResult:
        """What most records cite: four states and an issue, without a source."""
        states = [party(code) for code in ("TUR", "SYR", "RUS", "IRN")]
        return self.write(*states, issue("withdrawal"))

    def now(self, noun: str, identifier: str) -> Document | None:
        """A record's document as it stands; None where it is not or was deleted."""
        return self.at(noun, identifier, NOW)

    def at(self, noun: str, identifier: str, clock: Clock) -> Document | None:
        """A record's document as a clock shows it."""
        with self.ledger.database.read_transaction() as connection:
            found = find_record(Snapshot(connection, NOUNS, clock), RecordRef(noun, identifier))
        if found is None or found.document is None:
            return None
        document: Document = orjson.loads(found.document)
        return document

    def newest(self) -> int:
        """The database's revision."""
        with self.ledger.database.read_transaction() as connection:
            return latest_revision(connection)


def summary(written: WriteResult) -> list[tuple[str, str, str]]:
    """What a write did, in order: what happened to which record."""
    return [(r.action, r.noun.name, r.id) for r in written.revisions]
