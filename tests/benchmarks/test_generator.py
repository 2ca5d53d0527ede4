"""The data of the benchmarks: always the same, and such as the API itself would take."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from app.kit.sql.database import Database
from app.ledger.maintenance.verify import verify
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from benchmarks.generator import Batch, batches

MEETINGS = 60


@pytest.fixture(scope="module")
def made() -> list[Batch]:
    return list(batches(NOUNS, seed=7, meetings=MEETINGS, batch=50))


def test_the_same_seed_gives_the_same_data(made: list[Batch]) -> None:
    assert list(batches(NOUNS, seed=7, meetings=MEETINGS, batch=50)) == made


def test_another_seed_gives_other_data(made: list[Batch]) -> None:
    assert list(batches(NOUNS, seed=8, meetings=MEETINGS, batch=50)) != made


def test_the_size_of_a_batch_changes_nothing_but_the_grouping(made: list[Batch]) -> None:
    def last(found: list[Batch]) -> dict[tuple[str, str], object]:
        return {(c.noun, c.id): c.body for batch in found for c in batch.changes}

    assert last(list(batches(NOUNS, seed=7, meetings=MEETINGS, batch=400))) == last(made)


def test_no_record_stands_twice_in_a_batch_and_time_runs_forward(made: list[Batch]) -> None:
    for batch in made:
        addresses = Counter((change.noun, change.id) for change in batch.changes)
        assert max(addresses.values()) == 1
    assert all(earlier.at <= later.at for earlier, later in pairwise(made))


def test_some_meetings_are_revised_on_their_way_to_being_held(made: list[Batch]) -> None:
    seen: dict[str, list[str]] = {}
    for batch in made:
        for change in batch.changes:
            if change.noun == "meeting" and change.body is not None:
                seen.setdefault(change.id, []).append(change.body["status"])
    revised = [statuses for statuses in seen.values() if len(statuses) > 1]
    assert len(seen) == MEETINGS
    assert MEETINGS // 5 < len(revised) < MEETINGS // 2
    assert all(statuses[0] in ("proposed", "planned") for statuses in revised)
    assert Counter(statuses[-1] for statuses in revised).most_common(1)[0][0] == "held"


def test_dates_come_in_every_precision() -> None:
    found: Counter[str] = Counter()
    for batch in batches(NOUNS, seed=7, meetings=600):
        for change in batch.changes:
            if change.noun == "meeting" and change.body is not None:
                date = change.body["date"]
                edtf = None if date is None else date["edtf"]
                anchored = date is not None and date["before"] is not None
                found["anchored" if anchored else f"{len(edtf)}" if edtf else "none"] += 1
    # A year, a month, a day, an open interval, an interval; a day may be marked as uncertain.
    assert {"4", "7", "10", "11", "13", "21", "none", "anchored"} <= found.keys()


def test_the_ledger_takes_all_of_it_and_holds(made: list[Batch], tmp_path: object) -> None:
    from app.cli import prepare_database  # noqa: PLC0415 - only this test needs a database
    from app.settings import Settings  # noqa: PLC0415 - as above

    settings = Settings(database_url=f"sqlite:///{tmp_path}/made.sqlite3", seed=False)
    prepare_database(settings)
    database = Database(settings.database_url)
    ledger = Ledger(database, NOUNS)
    for batch in made:
        ledger.fixed_times.append(batch.at)
        written = ledger.write(batch.changes, author="generator")
        assert len(written.revisions) == len(batch.changes)
    with database.read_transaction() as connection:
        assert list(verify(connection, NOUNS)) == []
    database.close()
