"""The schema comes and goes; what was written stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from app.cli import main
from app.kit.sql.database import Database
from app.ledger.maintenance import migrate
from app.ledger.maintenance.verify import verify
from app.nouns.registry import NOUNS
from tests.applications import application
from tests.builders import issue
from tests.client import Client
from tests.conftest import database_url
from tests.databases import Databases

REVISIONS = [
    script.revision
    for script in ScriptDirectory(
        str(migrate._migrations_folder())
    ).walk_revisions()  # newest first
]
READS = [
    "/v1",
    "/v1?revision=20&as_of=2023-04-24",
    *(f"/v1/{noun.plural}?limit=200" for noun in NOUNS),
    *(f"/v1/{noun.plural}?limit=200&as_of=2023-04-25" for noun in NOUNS),
    *(f"/v1/{noun.plural}?limit=200&revision=44" for noun in NOUNS),
    "/v1/timeline?limit=200&facets=party,issue,source,level&include=parties,positions",
    "/v1/timeline?from=2023-04&to=2023-05&match=certain",
    "/v1/timeline?q=turkey&revision=50",
    "/v1/changes?limit=200",
    "/v1/meetings/2023-04-25-moscow/history",
    "/v1/meetings/2023-03-visit/history",
]


@pytest.fixture
def empty(databases: Databases) -> Iterator[Database]:
    """A database without a single table."""
    url = databases.empty()
    found = Database(url)
    yield found
    found.close()
    databases.give_back(url)


def test_there_is_one_line_of_migrations() -> None:
    assert sorted(REVISIONS, reverse=True) == REVISIONS
    assert len(REVISIONS) >= 3


def test_the_migrations_make_what_the_model_says(empty: Database) -> None:
    migrate.upgrade(empty)
    assert migrate.schema_revision(empty) == REVISIONS[0]
    assert migrate.schema_differences(empty) == []


def test_to_migrate_twice_changes_nothing(empty: Database) -> None:
    migrate.upgrade(empty)
    migrate.upgrade(empty)
    assert migrate.schema_differences(empty) == []


def test_an_empty_database_goes_down_to_nothing_and_up_again(empty: Database) -> None:
    for target in [*REVISIONS[1:], "base"]:
        migrate.upgrade(empty)
        migrate.downgrade(empty, target)
    with empty.read_transaction() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(empty)
    assert migrate.schema_differences(empty) == []


def answers(url: str) -> dict[str, str]:
    with Client(application(url)) as client:
        found = {path: client.get(path) for path in READS}
    assert {path: r.status_code for path, r in found.items() if r.status_code != 200} == {}
    return {path: answer.text for path, answer in found.items()}


@pytest.fixture(scope="module")
def before(sample_url: str) -> dict[str, str]:
    """What the sample dataset answers as long as nothing has happened to it."""
    return answers(sample_url)


@pytest.mark.parametrize("target", REVISIONS[1:])
def test_every_read_is_the_same_after_going_down_and_up_again(
    writable_sample: Database, before: dict[str, str], target: str
) -> None:
    url = database_url(writable_sample)
    migrate.downgrade(writable_sample, target)
    assert migrate.schema_revision(writable_sample) == target
    writable_sample.close()
    assert main(["migrate", "--database-url", url]) == 0
    assert answers(url) == before
    with writable_sample.read_transaction() as connection:
        assert list(verify(connection, NOUNS)) == []
    assert migrate.schema_differences(writable_sample) == []


def test_a_ledger_that_holds_something_does_not_go_down_to_nothing(
    writable_sample: Database, before: dict[str, str]
) -> None:
    url = database_url(writable_sample)
    with pytest.raises(RuntimeError, match="the ledger holds"):
        migrate.downgrade(writable_sample, "base")
    writable_sample.close()
    assert main(["migrate", "--database-url", url]) == 0
    assert answers(url) == before


def test_a_database_of_another_version_is_refused(
    empty: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate.upgrade(empty)
    with empty.write_transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.UnknownSchema, match=r"another version .* \(9999\)"):
        migrate.upgrade(empty)
    assert main(["migrate", "--database-url", database_url(empty)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_database_can_be_written_to_after_going_down_and_up(writable_sample: Database) -> None:
    from app.ledger.write.ledger import Ledger  # noqa: PLC0415 - for this test alone

    migrate.downgrade(writable_sample, REVISIONS[-1])
    writable_sample.close()
    main(["migrate", "--database-url", database_url(writable_sample)])
    written = Ledger(writable_sample, NOUNS).write([issue("m4", name="Changed")], author="a")
    assert [r.action for r in written.revisions] == ["changed"]
    with writable_sample.read_transaction() as connection:
        assert list(verify(connection, NOUNS)) == []
