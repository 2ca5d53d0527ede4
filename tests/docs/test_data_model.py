"""Every field and table is documented, and the examples of dates and SQL hold."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import BaseModel
from sqlalchemy import text

from app.kit import edtf
from app.kit.schema.fields import shape_fields
from app.kit.schema.shapes import DateShape
from app.kit.sql.database import Database
from app.ledger.index_tables import INDEX_TABLES
from app.ledger.noun import Noun
from app.nouns.registry import NOUNS, metadata
from tests.docs.texts import DATA, blocks, named, rows, section


def _fields(shape: type[BaseModel]) -> Iterator[str]:
    for name, info in shape.model_fields.items():
        yield info.alias or name
    for part in shape_fields(shape):
        if part.shape is not None and part.shape is not DateShape:
            yield from _fields(part.shape)


@pytest.mark.parametrize("noun", NOUNS.all, ids=lambda noun: noun.name)
def test_every_field_is_documented(noun: Noun) -> None:
    part = section(DATA, f"### {noun.name.capitalize()}")
    words = {word for code in named(part) for word in re.findall(r"[a-z_]+", code)}
    shared = named(section(DATA, "## Records"))
    assert {*_fields(noun.shape), *noun.shape.derived} <= words | shared


def test_the_fields_of_dates_are_documented() -> None:
    assert {*DateShape.model_fields, *DateShape.derived} <= named(section(DATA, "## Dates"))


def test_the_examples_of_dates_are_as_they_are_read() -> None:
    def day(number: int | None) -> str:
        return "null" if number is None else edtf.iso_date(number)

    read_ = [row for row in rows(section(DATA, "## Dates")) if len(row) == 5]
    assert len(read_) > 20
    for code, *told in read_:
        date = edtf.parse(code.strip("`"))
        assert told == [day(date.earliest), day(date.latest), date.precision, date.display]


def test_the_examples_of_refused_dates_are_refused_in_these_words() -> None:
    refused = rows(section(DATA, "**Refused**"))
    assert len(refused) > 8
    for code, message in refused:
        with pytest.raises(edtf.EdtfError) as error:
            edtf.parse(code.strip("`"))
        assert error.value.message == message


def test_every_table_is_documented() -> None:
    tables = named(section(DATA, "## The tables")) | named(section(DATA, "## The ledger"))
    assert {*metadata.tables, *INDEX_TABLES} <= tables


def test_the_questions_in_sql_find_something(database: Database) -> None:
    questions = [content for language, content in blocks(DATA) if language == "sql"]
    assert len(questions) == 3
    with database.read_transaction() as connection:
        for question in questions:
            assert connection.execute(text(question)).all(), question


def test_the_hash_chain_can_be_verified_by_hand(address: str, tmp_path: Path) -> None:
    [script] = [content for language, content in blocks(DATA) if language == "python"]
    assert len(script.splitlines()) <= 20
    file = tmp_path / "fresh.sqlite3"

    def verify() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", script, str(file)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    with closing(Database(address)) as found, found.read_transaction() as connection:
        newest = connection.execute(text("SELECT hash FROM revision ORDER BY number DESC")).scalar()
    assert newest is not None
    assert verify().stdout == f"the chain holds up to {newest.hex()}\n"
    with closing(sqlite3.connect(file)) as forger:
        forger.execute("UPDATE write SET author = 'nobody' WHERE first_revision = 2")
        forger.commit()
    assert "revision 2 does not match" in verify().stderr
