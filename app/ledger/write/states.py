"""What stands in the database, as a write needs to know it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import text

from app.kit.schema.shapes import Document
from app.kit.terms import Expression, any_of
from app.ledger.dates import Bounds
from app.ledger.index import matches
from app.ledger.selection import ALL_KEYS, NOW, Segment
from app.ledger.snapshot import Snapshot
from app.ledger.tables import AFTER_ALL, BEFORE_ALL

Address = tuple[str, str]  # noun and identifier
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Fact:
    """What others derive from a record: its bounds in time and the day of its report."""

    bounds: Bounds
    reported: int  # a day number, or BEFORE_ALL


@dataclass(frozen=True, slots=True)
class State:
    """A record as it stands."""

    number: int
    version: int
    key: int | None  # None while it is deleted
    document: bytes | None


def _chunks(addresses: Iterable[Address]) -> Iterator[Sequence[Address]]:
    listed = sorted(set(addresses))
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def _values(chunk: Sequence[Address]) -> tuple[str, dict[str, str]]:
    parameters: dict[str, str] = {}
    for index, (noun, identifier) in enumerate(chunk):
        parameters[f"n{index}"], parameters[f"i{index}"] = noun, identifier
    return ", ".join(f"(:n{i}, :i{i})" for i in range(len(chunk))), parameters


def states(snapshot: Snapshot, addresses: Iterable[Address]) -> dict[Address, State]:
    """The state of each of these records that was ever written."""
    found: dict[Address, State] = {}
    for chunk in _chunks(addresses):
        values, parameters = _values(chunk)
        sql = (
            "SELECT r.noun, r.id, r.number, r.version, r.sort_key, v.document FROM record AS r"  # noqa: S608 - placeholders only
            " LEFT JOIN revision_time AS t ON t.sort_key = r.sort_key"
            " LEFT JOIN revision AS v ON v.number = t.revision"
            f" WHERE (r.noun, r.id) IN (VALUES {values})"
        )
        for row in snapshot.connection.execute(text(sql), parameters):
            document = None if row[5] is None else bytes(row[5])
            found[row[0], row[1]] = State(row[2], row[3], row[4], document)
    return found


def facts(snapshot: Snapshot, addresses: Iterable[Address]) -> dict[Address, Fact]:
    """The facts of each of these records that exists now."""
    found: dict[Address, Fact] = {}
    for chunk in _chunks(addresses):
        values, parameters = _values(chunk)
        sql = (
            "SELECT r.noun, r.id, t.earliest, t.latest, t.known_from FROM record AS r"  # noqa: S608 - placeholders only
            " JOIN revision_time AS t ON t.sort_key = r.sort_key"
            f" WHERE (r.noun, r.id) IN (VALUES {values})"
        )
        for noun, identifier, earliest, latest, known in snapshot.connection.execute(
            text(sql), parameters
        ):
            bounds = Bounds(_bound(earliest), _bound(latest))
            found[noun, identifier] = Fact(bounds, known)
    return found


def _bound(day: int | None) -> int | None:
    return None if day in (None, BEFORE_ALL, AFTER_ALL) else day


def citing(snapshot: Snapshot, cited: Sequence[str]) -> dict[Address, Document]:
    """The current documents that cite any of these, each given as `noun:identifier`."""
    if not cited:
        return {}
    wanted = Expression((any_of("cites", cited),)).scoped([noun.name for noun in snapshot.nouns])
    connection = snapshot.connection
    keys = matches(connection, wanted, NOW, [Segment(*ALL_KEYS)], low=ALL_KEYS[0], high=ALL_KEYS[1])
    found: dict[Address, Document] = {}
    for start in range(0, len(keys), _CHUNK):
        listed = ", ".join(map(str, keys[start : start + _CHUNK]))
        sql = (
            "SELECT r.noun, r.id, v.document FROM revision_time AS t JOIN record AS r"  # noqa: S608 - numbers only
            " ON r.number = t.record JOIN revision AS v ON v.number = t.revision"
            f" WHERE t.sort_key IN ({listed})"
        )
        for noun, identifier, document in connection.exec_driver_sql(sql):
            found[noun, identifier] = orjson.loads(document)
    return found
