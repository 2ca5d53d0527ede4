"""`python -m benchmarks.stress.imports TABLE --mapping MAPPING`: what an import costs.

A foreign table goes in by a mapping, as `parley import` does it: every row checked, its references
looked up, its twins sought, chained into the ledger and indexed. Beside it, the rows that this
leaves in the relational tables are put into empty tables of the same form by plain `executemany`.
Both have their turns one after the other; what is told is the median of the rounds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import MetaData, Table, create_engine, insert, select

from app.cli import prepare_database
from app.imports.files import FileOptions, import_rows
from app.imports.importer import ImportOptions
from app.kit.sql.database import Database
from app.ledger.write.ledger import Ledger
from app.ledger.write.rows import noun_tables
from app.nouns.registry import NOUNS
from app.settings import Settings
from benchmarks.stress.environment import database, exit_on_signal, faults, open_database

Rows = list[tuple[Table, list[dict[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Timing:
    """What one way took, once."""

    seconds: float
    cpu: float  # of this process: a server of its own is not counted


def timed(act: Callable[[], object]) -> Timing:
    """What something takes."""
    began, used = time.perf_counter(), time.process_time()
    act()
    return Timing(time.perf_counter() - began, time.process_time() - used)


def imported(url: str, table: Path, mapping: Path) -> tuple[Timing, dict[str, int]]:
    """Import the table into a new database."""
    prepare_database(Settings(database_url=url, seed=False))
    with open_database(url) as found:
        counts: dict[str, int] = {}

        def act() -> None:
            given = FileOptions(mapping=mapping, progress=False)
            outcome = import_rows(Ledger(found, NOUNS), table, given, ImportOptions("trial"))
            counts.update(outcome.counts)

        return timed(act), counts


def rows_in(found: Database) -> Rows:
    """Every row of the relational tables, in an order in which they may be written."""
    wanted = {table for noun in NOUNS for table in noun_tables(noun)}
    metadata = next(iter(wanted)).metadata
    with found.read_transaction() as connection:
        return [
            (table, [dict(row) for row in connection.execute(select(table)).mappings()])
            for table in metadata.sorted_tables
            if table in wanted
        ]


def plainly(url: str, rows: Rows) -> Timing:
    """The same rows into empty tables, in one transaction, by `executemany`."""
    metadata = MetaData()
    copies = [(table.to_metadata(metadata), values) for table, values in rows]
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    metadata.create_all(engine)

    def act() -> None:
        with engine.begin() as connection:
            for table, values in copies:
                if values:
                    connection.execute(insert(table), values)

    taken = timed(act)
    engine.dispose()
    return taken


def main(given: Sequence[str] | None = None) -> int:
    """Measure, and print; 0 if the database holds in the end."""
    name = "python -m benchmarks.stress.imports"
    parser = argparse.ArgumentParser(prog=name, description=__doc__)
    add = parser.add_argument
    add("table", type=Path, help="a CSV file")
    add("--mapping", type=Path, required=True)
    add("--database-url", default="sqlite", help="sqlite or postgres [sqlite]")
    add("--rounds", type=int, default=3)
    asked = parser.parse_args(given)
    exit_on_signal()
    ways: tuple[list[Timing], list[Timing]] = ([], [])
    lines = stored = 0
    wrong: list[str] = []
    for number in range(asked.rounds):
        with database(asked.database_url) as url, database(asked.database_url) as other:
            turn, counts = imported(url, asked.table, asked.mapping)
            with open_database(url) as found:
                rows = rows_in(found)
            lines, stored = sum(counts.values()), sum(len(values) for _, values in rows)
            ways[0].append(turn)
            ways[1].append(plainly(other, rows))
            if number == 0:
                wrong = faults(url)
                told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
                print(f"{told}; {stored} rows in the tables")
    for way, turns in zip(("import", "executemany"), ways, strict=True):
        seconds, cpu = median(t.seconds for t in turns), median(t.cpu for t in turns)
        print(
            f"{way}: {seconds:.2f} s, {cpu:.2f} s of CPU; a second of CPU"
            f" {lines / cpu:,.0f} records, {stored / cpu:,.0f} rows of the tables"
        )
    ratio = median(a.cpu / b.cpu for a, b in zip(*ways, strict=True))
    print(f"an import takes {ratio:.0f} times the CPU")
    print(f"{len(wrong)} faults", *wrong[:5], sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
