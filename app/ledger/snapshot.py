"""What one transaction sees of the database, at a clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from app.kit.http.problems import FieldError, Problem
from app.kit.sql.database import Database
from app.ledger.noun import Noun, Nouns
from app.ledger.selection import NOW, Clock
from app.ledger.tables import AFTER_ALL

_LATEST = text("SELECT last_revision FROM write ORDER BY first_revision DESC LIMIT 1")
_END_OF_WRITE = text(
    "SELECT last_revision FROM write WHERE first_revision <= :revision"
    " ORDER BY first_revision DESC LIMIT 1"
)
_HEADS = text("SELECT noun, revision FROM noun_head")
_SINCE = text(
    "SELECT first_revision FROM write WHERE recorded_at >= :at ORDER BY recorded_at LIMIT 1"
)


def latest_revision(connection: Connection) -> int:
    """The number of the newest revision; 0 in an empty database."""
    return connection.execute(_LATEST).scalar() or 0


class Snapshot:
    """A connection within one transaction, the nouns, and the clock that is read at."""

    __slots__ = ("_latest", "clock", "connection", "nouns")

    def __init__(self, connection: Connection, nouns: Nouns, clock: Clock = NOW) -> None:
        self.connection = connection
        self.nouns = nouns
        self.clock = clock
        self._latest: int | None = None

    def at(self, revision: int | None, as_of: int | None) -> Snapshot:
        """The same transaction at another clock; a revision stands for the whole of its write.

        Raises:
            Problem: 404 for a revision that does not exist yet.
        """
        if revision is not None and revision > self.latest_revision:
            raise Problem(
                404,
                "no-such-revision",
                f"The latest revision is {self.latest_revision}.",
                [FieldError("revision", "does not exist yet", f"1 to {self.latest_revision}")],
            )
        if revision is not None:
            end = self.connection.execute(_END_OF_WRITE, {"revision": revision}).scalar() or 0
            revision = None if end == self.latest_revision else end
        snapshot = Snapshot(self.connection, self.nouns, Clock(revision, as_of))
        snapshot._latest = self._latest
        return snapshot

    @property
    def latest_revision(self) -> int:
        """The database's newest revision, read once: not for a transaction that writes."""
        if self._latest is None:
            self._latest = latest_revision(self.connection)
        return self._latest

    @property
    def revision(self) -> int:
        """The revision that the clock shows the database at."""
        return self.clock.revision or self.latest_revision

    def latest_of(self, nouns: Iterable[Noun]) -> int:
        """The newest revision of any record of these nouns, or that of the clock."""
        if self.clock.revision is not None:
            return self.clock.revision
        heads = {row[0]: row[1] for row in self.connection.execute(_HEADS)}
        return max((heads.get(noun.name, 0) for noun in nouns), default=0)

    def first_since(self, recorded_at: str | None) -> int | None:
        """The first revision recorded at or after a time; beyond all if there is none.

        None without a time.
        """
        if recorded_at is None:
            return None
        return self.connection.execute(_SINCE, {"at": recorded_at}).scalar() or AFTER_ALL


@contextmanager
def open_snapshot(database: Database, nouns: Nouns) -> Iterator[Snapshot]:
    """A short read of its own, at the current clock."""
    with database.read_connection() as connection:
        yield Snapshot(connection, nouns)
