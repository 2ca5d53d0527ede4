"""Filling the neighbour's tables from the documents that Parley holds, so that both hold the same.

The generator made those documents; taking them from Parley saves deriving dates a second time.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, create_engine, insert, text

from app.kit.schema.fields import citations, searchable_texts
from app.kit.sql.database import Database
from app.kit.words import split_words
from app.ledger.noun import Noun
from app.nouns.registry import NOUNS
from benchmarks.comparisons.idiomatic import events, models
from benchmarks.comparisons.idiomatic.models import Base

Row = dict[str, Any]
_DOCUMENTS = text(
    "SELECT v.document FROM record AS r JOIN revision_time AS t ON t.sort_key = r.sort_key"
    " JOIN revision AS v ON v.number = t.revision WHERE r.noun = :noun ORDER BY r.number"
)
_FTS = "CREATE VIRTUAL TABLE meeting_text USING fts5(words, content='', detail=none, columnsize=0)"
_CITED: tuple[tuple[str, type[Base]], ...] = (
    ("party", models.Party),
    ("person", models.Person),
    ("issue", models.Issue),
    ("process", models.Process),
    ("source", models.Source),
)
_BATCH = 1_000


class Filler:
    """Copies one database into another."""

    def __init__(self, source: Connection, target: Connection) -> None:
        self.source = source
        self.target = target
        self.names: dict[tuple[str, str], set[str]] = {}
        self.readouts = count(1)

    def fill(self) -> None:
        """Everything."""
        for noun, model in _CITED:
            documents = list(self._documents(noun))
            for document in documents:
                self.names[noun, document["id"]] = _names(NOUNS[noun], document)
            self._put(model, [self._plain(model, document) for document in documents])
        for noun, event, cites in (
            ("milestone", events.Milestone, events.MilestoneSource),
            ("position", events.Position, events.PositionSource),
        ):
            self._events(noun, event, cites)
        numbered = enumerate(self._documents("meeting"), 1)
        while batch := list(islice(numbered, _BATCH)):
            self._meetings(batch)

    def _documents(self, noun: str) -> Iterator[Row]:
        for (document,) in self.source.execute(_DOCUMENTS, {"noun": noun}):
            yield orjson.loads(document)

    def _put(self, model: type[Base], rows: list[Row]) -> None:
        if rows:
            self.target.execute(insert(model), rows)

    def _plain(self, model: type[Base], document: Row) -> Row:
        row = {c.name: document.get(c.name) for c in model.__table__.columns}
        if model is models.Source:
            row["published"] = (document["published"] or {}).get("edtf")
        return row

    def _dated(self, document: Row) -> Row:
        date = document["date"] or {"precision": None, "approximate": False, "uncertain": False}
        return {**document, **date}

    def _events(self, noun: str, model: type[Base], cites: type[Base]) -> None:
        rows, cited = [], []
        for number, document in enumerate(self._documents(noun), 1):
            rows.append(self._plain(model, self._dated(document)) | {"number": number})
            parent = f"{noun}_number"
            cited += [{parent: number, "source": s} for s in document["sources"]]
        self._put(model, rows)
        self._put(cites, cited)

    def _meetings(self, batch: list[tuple[int, Row]]) -> None:
        rows, indexed = [], []
        children: dict[type[Base], list[Row]] = {}
        noun = NOUNS["meeting"]
        for number, document in batch:
            place = document["place"] or {"name": None, "country": None}
            place = {**place, "place_name": place["name"]}
            row = self._plain(models.Meeting, self._dated({**document, **place}))
            rows.append(row | {"number": number})
            indexed.append({"number": number, "words": " ".join(self._words(noun, document))})
            for model, row in self._children(number, document):
                children.setdefault(model, []).append(row)
        self._put(models.Meeting, rows)
        for model, listed in children.items():
            self._put(model, listed)
        statement = text("INSERT INTO meeting_text (rowid, words) VALUES (:number, :words)")
        self.target.execute(statement, indexed)

    def _words(self, noun: Noun, document: Row) -> set[str]:
        found = set(split_words(document["id"]))
        for told in searchable_texts(document, noun.shape):
            found.update(split_words(told))
        for _, cited, identifier in citations(document, noun.shape):
            found.update(split_words(identifier), self.names.get((cited, identifier), ()))
        return found

    def _children(self, number: int, document: Row) -> Iterator[tuple[type[Base], Row]]:
        for model, field, single in (
            (models.Participant, "participants", None),
            (models.Outcome, "outcomes", None),
            (models.Link, "links", None),
            (models.MeetingIssue, "issues", "issue"),
            (models.MeetingSource, "sources", "source"),
        ):
            for ordinal, item in enumerate(document[field]):
                own = item if single is None else {single: item}
                yield model, own | {"meeting_number": number, "ordinal": ordinal}
        for ordinal, item in enumerate(document["previous_dates"]):
            own = self._dated(item)
            own = {k: v for k, v in own.items() if k != "date"}
            filled = dict.fromkeys(("edtf", "earliest", "latest", "display", "before", "after"))
            yield models.PreviousDate, filled | own | {
                "meeting_number": number, "ordinal": ordinal
            }  # fmt: skip
        for ordinal, item in enumerate(document["readouts"]):
            own = {k: v for k, v in item.items() if k != "issues"}
            key = next(self.readouts)
            own |= {"number": key, "meeting_number": number, "ordinal": ordinal}
            yield models.Readout, own
            for issue in item["issues"]:
                yield models.ReadoutIssue, {"readout_number": key, "issue": issue}


def _names(noun: Noun, document: Row) -> set[str]:
    """The words of a record's own names, which find what cites it."""
    found: set[str] = set()
    for field in noun.name_fields:
        value = document[field]
        for name in value if isinstance(value, list) else [value]:
            found.update(split_words(name["name"] if isinstance(name, dict) else name))
    return found


def fill(source: str, path: Path) -> None:
    """Make the neighbour's database from Parley's; it stands under its name once complete."""
    partial = path.with_suffix(".partial")
    for left in (partial, *partial.parent.glob(partial.name + "-*")):
        left.unlink(missing_ok=True)
    engine = create_engine(f"sqlite:///{partial}")
    database = Database(source)
    with engine.begin() as target, database.read_transaction() as held:
        Base.metadata.create_all(target)
        target.exec_driver_sql(_FTS)
        Filler(held, target).fill()
        target.exec_driver_sql("ANALYZE")
    engine.dispose()
    database.close()
    partial.rename(path)
