"""The promises about reading, word for word in plain Python, over a list of every revision.

This shares nothing with the code that it judges but the documents themselves: it keeps no index,
knows no SQL and looks at every revision each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import text

from app.kit.sql.database import Database
from app.ledger.write.revisions import WriteResult
from tests.folding import folded

Document = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One revision; without a document it is a tombstone."""

    seq: int
    write: int
    noun: str
    id: str
    document: Document | None


@dataclass
class Model:
    """Every revision, oldest first."""

    entries: list[Entry] = field(default_factory=list)

    @classmethod
    def of(cls, database: Database) -> Model:
        """All that a database's ledger holds."""
        sql = (
            "SELECT v.number, v.write, r.noun, r.id, v.document FROM revision AS v"
            " JOIN record AS r ON r.number = v.record ORDER BY v.number"
        )
        with database.read_transaction() as connection:
            return cls(
                [
                    Entry(seq, write, noun, id_, None if d is None else orjson.loads(bytes(d)))
                    for seq, write, noun, id_, d in connection.execute(text(sql))
                ]
            )

    def add(self, written: WriteResult) -> None:
        """Note what a write gave back."""
        for revised in written.revisions:
            first = written.revisions[0].number
            document = None if revised.content is None else orjson.loads(revised.content)
            self.entries.append(
                Entry(revised.number, first, revised.noun.name, revised.id, document)
            )

    @property
    def newest(self) -> int:
        """The newest revision."""
        return self.entries[-1].seq if self.entries else 0

    def after_write_of(self, revision: int) -> int:
        """The last revision of the write that a revision is part of."""
        write = next(e.write for e in self.entries if e.seq == revision)
        return max(e.seq for e in self.entries if e.write == write)

    def latest(
        self, revision: int | None = None, as_of: str | None = None
    ) -> dict[tuple[str, str], Entry]:
        """Each record's latest revision at a clock, tombstones included."""
        upto = self.newest if revision is None else self.after_write_of(revision)
        found: dict[tuple[str, str], Entry] = {}
        for entry in self.entries:
            if entry.seq <= upto and (as_of is None or _reported_by(entry.document, as_of)):
                found[entry.noun, entry.id] = entry
        return found

    def visible(self, revision: int | None = None, as_of: str | None = None) -> list[Entry]:
        """The records that a clock shows."""
        latest = self.latest(revision, as_of).values()
        return [entry for entry in latest if entry.document is not None]


def _reported_by(document: Document | None, as_of: str) -> bool:
    """A tombstone counts at every `as_of`, and so does a document without a dated source."""
    return document is None or document["reported_on"] is None or document["reported_on"] <= as_of


# ---- properties


Values = Callable[[Document], Iterable[Any]]


def _some(*values: Any) -> list[Any]:
    return [value for value in values if value is not None]


def _of(items: Iterable[Document], name: str) -> list[Any]:
    return _some(*(item[name] for item in items))


def _meeting_format(d: Document) -> list[str]:
    count = len({p["party"] for p in d["participants"] if p["role"] != "observer"})
    names = ["unilateral", "bilateral", "trilateral", "quadrilateral"]
    return [] if count == 0 else [names[count - 1] if count <= 4 else "multilateral"]


def _meeting_sources(d: Document) -> list[str]:
    return [*d["sources"], *_of(d["readouts"], "source"), *_of(d["outcomes"], "source")]


def _with_role(d: Document, role: str) -> list[str]:
    return [p["party"] for p in d["participants"] if p["role"] == role]


def _unnamed(d: Document) -> bool:
    offices = [p for p in d["participants"] if p["office"] is not None or p["level"] is not None]
    return any(p["person"] is None and p["name"] is None for p in offices)


def _truth(value: bool) -> list[str]:
    return ["true" if value else "false"]


PROPERTIES: dict[str, dict[str, Values]] = {
    "meeting": {
        "id": lambda d: [d["id"]],
        "party": lambda d: _of(d["participants"], "party"),
        "person": lambda d: _of(d["participants"], "person"),
        "level": lambda d: _of(d["participants"], "level"),
        "role": lambda d: _of(d["participants"], "role"),
        "host": lambda d: _with_role(d, "host"),
        "mediator": lambda d: _with_role(d, "mediator"),
        "status": lambda d: [d["status"]],
        "kind": lambda d: [d["kind"]],
        "format": _meeting_format,
        "process": lambda d: _some(d["process"]),
        "issue": lambda d: [*d["issues"], *(i for r in d["readouts"] for i in r["issues"])],
        "place": lambda d: [folded(d["place"]["name"])] if d["place"] else [],
        "country": lambda d: _some(d["place"]["country"]) if d["place"] else [],
        "source": _meeting_sources,
        "outcome": lambda d: _of(d["outcomes"], "assessment"),
        "named": lambda d: _truth(not _unnamed(d)),
        "quoted": lambda d: _truth(bool(_of(d["readouts"], "quote"))),
    },
    "position": {
        "id": lambda d: [d["id"]],
        "party": lambda d: [d["party"]],
        "person": lambda d: _some(d["person"]),
        "issue": lambda d: [d["issue"]],
        "stance": lambda d: [d["stance"]],
        "meeting": lambda d: _some(d["meeting"]),
        "process": lambda d: _some(d["process"]),
        "channel": lambda d: [d["channel"]],
        "source": lambda d: d["sources"],
        "quoted": lambda d: _truth(d["quote"] is not None),
    },
    "person": {
        "id": lambda d: [d["id"]],
        "party": lambda d: [*_some(d["party"]), *_of(d["tenures"], "party")],
        "office": lambda d: [folded(office) for office in _of(d["tenures"], "office")],
        "level": lambda d: _of(d["tenures"], "level"),
    },
    "milestone": {
        "id": lambda d: [d["id"]],
        "process": lambda d: _some(d["process"]),
        "source": lambda d: d["sources"],
    },
    "party": {"id": lambda d: [d["id"]], "kind": lambda d: [d["kind"]]},
    "issue": {"id": lambda d: [d["id"]], "broader": lambda d: _some(d["broader"])},
    "source": {"id": lambda d: [d["id"]], "url": lambda d: _some(d["url"])},
    "process": {"id": lambda d: [d["id"]]},
}
FOLDED = frozenset(("place", "office"))
FLAGS = frozenset(("named", "quoted"))
DATED = ("meeting", "milestone", "position")


def values(entry: Entry, name: str) -> set[str]:
    """The values of a property; none where the record lacks it."""
    of = PROPERTIES[entry.noun].get(name)
    return set() if of is None else set(of(entry.document or {}))


def holds(entry: Entry, name: str, wanted: Sequence[str], *, negated: bool = False) -> bool:
    """Whether a record has one of these values, or with `!` none of them."""
    given = {folded(value) if name in FOLDED else value for value in wanted}
    return bool(given & values(entry, name)) is not negated


# ---- dates

Bounds = tuple[str | None, str | None]


def bounds(entry: Entry) -> Bounds | None:
    """The first and last possible day; None for a record without a date."""
    date = (entry.document or {}).get("date")
    return None if date is None else (date["earliest"], date["latest"])


def number(day: str) -> int:
    """A day as a number that orders days, those before the year 1 too."""
    year, month, of_month = day[1:].split("-") if day[0] in "+-" else day.split("-")
    return (-int(year) if day[0] == "-" else int(year)) * 10_000 + int(month) * 100 + int(of_month)


def possible(entry: Entry, first: str | None, last: str | None) -> bool:
    """Whether the event's days overlap the range."""
    found = bounds(entry)
    if found is None:
        return False
    ends_before = found[1] is not None and first is not None and number(found[1]) < number(first)
    starts_after = found[0] is not None and last is not None and number(found[0]) > number(last)
    return not (ends_before or starts_after)


def certain(entry: Entry, first: str | None, last: str | None) -> bool:
    """Whether the event lies within whichever bounds are given."""
    found = bounds(entry)
    if found is None:
        return False
    after = first is None or (found[0] is not None and number(found[0]) >= number(first))
    before = last is None or (found[1] is not None and number(found[1]) <= number(last))
    return after and before


# ---- order

_FAR = 10**12


def in_order(entries: Iterable[Entry], sort: str) -> list[Entry]:
    """Sorted by `date`, `id` or `recorded`; what has no value comes last, whichever way."""
    sign = -1 if sort.startswith("-") else 1

    def place(day: str | None) -> int:
        return _FAR if day is None else sign * number(day)

    def key(entry: Entry) -> tuple[int, int]:
        earliest, latest = bounds(entry) or (None, None)
        return (place(earliest), place(latest)) if "date" in sort else (sign * entry.seq, 0)

    listed = sorted(entries, key=lambda e: (e.id, e.noun), reverse=sign < 0)
    return listed if "id" in sort else sorted(listed, key=key)
