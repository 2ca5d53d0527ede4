"""Columns that several nouns' tables have."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, String, Text

# Deferred, so that the records of one write may cite each other in any order.
DEFERRED: dict[str, Any] = {"deferrable": True, "initially": "DEFERRED"}


def identifier() -> Column[Any]:
    """The record's own identifier."""
    return Column("id", String(120), primary_key=True)


def parent(name: str) -> Column[Any]:
    """The record that a row of a list belongs to."""
    return Column(name, String(120), ForeignKey(f"{name}.id", **DEFERRED), primary_key=True)


def ordinal() -> Column[Any]:
    """A row's place in its list, from 0."""
    return Column("ordinal", Integer, primary_key=True, autoincrement=False)


def cites(name: str, noun: str | None = None, *, required: bool = False) -> Column[Any]:
    """A reference to another record."""
    key = ForeignKey(f"{noun or name}.id", **DEFERRED)
    return Column(name, String(120), key, nullable=not required)


def item(name: str, noun: str | None = None) -> Column[Any]:
    """The value itself, in the table of a list of strings; a reference if `noun` is given."""
    keys = [] if noun is None else [ForeignKey(f"{noun}.id", **DEFERRED)]
    return Column(name, String(120), *keys, nullable=False, info={"item": True})


def short(name: str, *, required: bool = False, field: str | None = None) -> Column[Any]:
    """A name or a word from a closed list."""
    return Column(name, String(500), nullable=not required, info={"field": field} if field else {})


def long(name: str, *, required: bool = False) -> Column[Any]:
    """Free text."""
    return Column(name, Text, nullable=not required)


def date(field: str) -> list[Column[Any]]:
    """A date: its text, its bounds as ISO days, and the events that it hangs on."""
    return [
        Column(f"{field}_edtf", String(64), info={"field": f"{field}.edtf"}),
        Column(f"{field}_earliest", String(20), info={"field": f"{field}.earliest"}),
        Column(f"{field}_latest", String(20), info={"field": f"{field}.latest"}),
        Column(f"{field}_before", String(120), info={"field": f"{field}.before"}),
        Column(f"{field}_after", String(120), info={"field": f"{field}.after"}),
    ]
