"""The tables that are made from a shape: names, types, keys."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import Field
from sqlalchemy import Column, MetaData, String, Table

from app.kit.schema.shapes import Date, HasColumn, Identifier, Name, Shape, Text
from app.ledger.noun_tables import build_tables
from app.ledger.write.rows import _row
from app.nouns.fields import IssueId, PartyId


class VoteShape(Shape):
    """How a party voted."""

    party: PartyId
    count: int
    against: list[PartyId]


class PlaceShape(Shape):
    """Where."""

    name: Name
    latitude: float | None


class TreatyShape(Shape):
    """A treaty."""

    id: Identifier
    title: Name
    kind: Literal["treaty", "protocol"] = "treaty"
    text: Text | None
    issue: IssueId | None
    place: PlaceShape | None
    signed: Date
    in_force: bool
    related: list[Annotated[Identifier, Field()]]
    votes: list[VoteShape]

    derived: ClassVar[dict[str, Any]] = {
        "total": (Annotated[int, HasColumn()], Field()),
        "rest": (int, Field()),
    }


class CaseShape(Shape):
    """A case, with another of its kind beside it."""

    id: Identifier
    parties: list[PartyId]


@pytest.fixture(scope="module")
def schema() -> MetaData:
    """The tables of a treaty, and what they refer to."""
    found = MetaData()
    for name in ("party", "issue"):
        Table(name, found, Column("id", String(120), primary_key=True))
    build_tables("treaty", TreatyShape, found)
    return found


def told(table: Table) -> list[str]:
    """Each column in a line: name, type, whether it may be null, what it refers to."""
    return [
        " ".join(
            (
                c.name,
                str(c.type),
                *(["null"] if c.nullable else []),
                *sorted(key.target_fullname for key in c.foreign_keys),
            )
        )
        for c in table.columns
    ]


def test_each_list_has_a_table_named_by_its_item(schema: MetaData) -> None:
    own = {name for name in schema.tables if name.startswith("treaty")}
    assert own == {"treaty", "treaty_related", "treaty_vote", "treaty_vote_against"}


def test_the_columns_of_a_record(schema: MetaData) -> None:
    assert told(schema.tables["treaty"]) == [
        "id VARCHAR(120)",
        "title VARCHAR(500)",
        "kind VARCHAR(500)",
        "text TEXT null",
        "issue VARCHAR(120) null issue.id",
        "place_name VARCHAR(500) null",
        "place_latitude FLOAT null",
        "signed_edtf VARCHAR(64) null",
        "signed_before VARCHAR(120) null",
        "signed_after VARCHAR(120) null",
        "signed_earliest VARCHAR(20) null",
        "signed_latest VARCHAR(20) null",
        "in_force BOOLEAN",
        "total INTEGER",
    ]


def test_the_columns_of_lists(schema: MetaData) -> None:
    assert told(schema.tables["treaty_related"]) == [
        "treaty VARCHAR(120) treaty.id",
        "ordinal INTEGER",
        "related VARCHAR(120)",
    ]
    assert told(schema.tables["treaty_vote"]) == [
        "treaty VARCHAR(120) treaty.id",
        "ordinal INTEGER",
        "party VARCHAR(120) party.id",
        "count INTEGER",
    ]
    assert told(schema.tables["treaty_vote_against"]) == [
        "treaty VARCHAR(120) treaty_vote.treaty",
        "vote INTEGER treaty_vote.ordinal",
        "ordinal INTEGER",
        "party VARCHAR(120) party.id",
    ]


def test_every_reference_waits_for_the_end_of_the_transaction(schema: MetaData) -> None:
    keys = [key for table in schema.tables.values() for key in table.foreign_key_constraints]
    assert keys
    assert all(key.deferrable and key.initially == "DEFERRED" for key in keys)


def test_a_column_gives_way_to_the_key_of_its_table() -> None:
    table, _ = build_tables("party", CaseShape, MetaData())
    child = table.metadata.tables["party_party"]
    assert [*child.columns.keys()] == ["party", "ordinal", "other_party"]
    assert _row(child, "TUR", ("SYR", 0)) == {"party": "SYR", "ordinal": 0, "other_party": "TUR"}


class HolderShape(Shape):
    """A list that stands in an object."""

    id: Identifier
    vote: VoteShape


def test_a_list_in_an_object_has_no_place() -> None:
    with pytest.raises(TypeError, match=r"vote\.against would need a table"):
        build_tables("holder", HolderShape, MetaData())
