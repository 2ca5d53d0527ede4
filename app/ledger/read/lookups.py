"""Records by their identifiers, as a clock shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from app.kit.strict_json import dumps
from app.ledger.selection import Clock, clock_check
from app.ledger.snapshot import Snapshot
from app.ledger.write.states import Address


@dataclass(frozen=True, slots=True)
class Stored:
    """One record as a clock shows it."""

    noun: str
    id: str
    seq: int
    document: bytes | None  # None: a tombstone
    merged_into: str | None = None


_CURRENT = text(
    "SELECT t.revision, v.document FROM record AS r"
    " JOIN revision_time AS t ON t.sort_key = r.sort_key"
    " JOIN revision AS v ON v.number = t.revision WHERE r.noun = :noun AND r.id = :id"
)
_RECORD = text("SELECT number, sort_key, version FROM record WHERE noun = :noun AND id = :id")
_LATEST = text(
    "SELECT v.number, v.document, v.merged_into FROM revision AS v WHERE v.record = :record"
    " ORDER BY v.number DESC LIMIT 1"
)


def record(snapshot: Snapshot, address: Address) -> Stored | None:
    """A record as a clock shows it; None where it was not there (yet)."""
    connection, clock = snapshot.connection, snapshot.clock
    noun, identifier = address
    if clock.now:
        row = connection.execute(_CURRENT, {"noun": noun, "id": identifier}).first()
        if row is not None:
            return Stored(noun, identifier, row[0], bytes(row[1]))
    found = connection.execute(_RECORD, {"noun": noun, "id": identifier}).first()
    if found is None:
        return None
    if clock.now:
        row = connection.execute(_LATEST, {"record": found[0]}).first()
    else:
        sql = (
            "SELECT t.revision, v.document, v.merged_into FROM revision_time AS t"  # noqa: S608 - numbers only
            f" JOIN revision AS v ON v.number = t.revision WHERE t.record = {found[0]:d}"
            f" AND {_visible(clock)} ORDER BY t.revision DESC LIMIT 1"
        )
        row = connection.exec_driver_sql(sql).first()
    if row is None:
        return None
    document = None if row[1] is None else bytes(row[1])
    return Stored(noun, identifier, row[0], document, row[2])


def _visible(clock: Clock) -> str:
    """The revisions of one record among which the newest is what a clock shows."""
    checks = ["1 = 1"]
    if clock.revision is not None:
        checks.append(f"t.revision <= {clock.revision:d}")
    if clock.as_of is not None:
        checks.append(f"t.known_from <= {clock.as_of:d}")
    return " AND ".join(checks)


def several(snapshot: Snapshot, addresses: Iterable[Address]) -> dict[Address, tuple[int, bytes]]:
    """Several records as a clock shows them, with their revisions; those there are."""
    connection, clock = snapshot.connection, snapshot.clock
    listed = sorted(set(addresses))
    if not listed:
        return {}
    wanted, parameters = _addressed(connection, listed)
    if clock.now:
        join = "JOIN revision_time AS t ON t.sort_key = r.sort_key"
    else:
        join = f"JOIN revision_time AS t ON t.record = r.number AND {clock_check(clock)}"
    sql = (
        f"SELECT r.noun, r.id, t.revision, v.document {wanted} {join}"
        " JOIN revision AS v ON v.number = t.revision"
    )
    found: dict[Address, tuple[int, bytes]] = {}
    for noun, identifier, seq, document in connection.exec_driver_sql(sql, parameters):
        if document is not None:
            found[noun, identifier] = (seq, bytes(document))
    return found


def _addressed(
    connection: Connection, addresses: Sequence[Address]
) -> tuple[str, dict[str, object]]:
    """The FROM of the records `r` at any number of addresses, with its parameters.

    One statement for all: one for each number of placeholders would fill the cache of statements.
    """
    if connection.dialect.name == "sqlite":
        source = (
            "FROM json_each(:wanted) AS w CROSS JOIN record AS r"
            " ON r.noun = json_extract(w.value, '$[0]') AND r.id = json_extract(w.value, '$[1]')"
        )
        return source, {"wanted": dumps(addresses).decode()}
    source = (
        "FROM unnest(%(nouns)s::text[], %(ids)s::text[]) AS w (noun, id)"
        " JOIN record AS r ON r.noun = w.noun AND r.id = w.id"
    )
    nouns, identifiers = ([address[i] for address in addresses] for i in (0, 1))
    return source, {"nouns": nouns, "ids": identifiers}
