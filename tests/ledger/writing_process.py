"""A process of its own that writes, for tests of several at once.

Run as `python -m tests.ledger.writing_process URL NAME COUNT`: each of COUNT writes adds a record
of its own and one to the counter that all share.
"""

from __future__ import annotations

import sys

import orjson

from app.kit.sql.database import Database
from app.ledger.noun import RecordRef
from app.ledger.read.lookups import find_record
from app.ledger.snapshot import Snapshot
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.builders import issue


def main(url: str, name: str, count: int) -> None:
    """Write `count` times; what was read is written back within one transaction."""
    database = Database(url)
    ledger = Ledger(database, NOUNS)
    for number in range(count):
        with database.write_transaction() as connection:
            found = find_record(Snapshot(connection, NOUNS), RecordRef("issue", "counter"))
            stood = 0
            if found is not None and found.document is not None:
                stood = int(orjson.loads(found.document)["note"])
            changes = [issue("counter", note=str(stood + 1)), issue(f"{name}-{number}")]
            ledger.write_within(connection, changes, author=name)
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
