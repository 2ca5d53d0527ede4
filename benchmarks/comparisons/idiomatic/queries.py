"""The filters, and the selects that they become."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query
from sqlalchemy import ColumnElement, Select, column, func, or_, select, table, tuple_
from sqlalchemy.orm import selectinload

from benchmarks.comparisons.idiomatic.events import Position
from benchmarks.comparisons.idiomatic.models import Meeting, Participant, Readout

Condition = ColumnElement[bool]
WHOLE = (
    selectinload(Meeting.participants),
    selectinload(Meeting.issue_rows),
    selectinload(Meeting.readouts).selectinload(Readout.issue_rows),
    selectinload(Meeting.outcomes),
    selectinload(Meeting.links),
    selectinload(Meeting.previous_dates),
    selectinload(Meeting.source_rows),
)
_TEXTS = table("meeting_text", column("rowid"), column("meeting_text"))
_WORD = re.compile(r"[^\W_]+")


def first_day(value: str) -> str:
    """The first day of a day, month or year."""
    return value + "-01-01"[len(value) - 4 :] if len(value) < 10 else value


def last_day(value: str) -> str:
    """The last day of a day, month or year."""
    if len(value) == 4:
        return value + "-12-31"
    if len(value) == 7:
        year, month = map(int, value.split("-"))
        return f"{value}-{calendar.monthrange(year, month)[1]:02d}"
    return value


@dataclass(slots=True)
class Filters:
    """What a request asks for."""

    party: Annotated[list[str], Query(default_factory=list)]
    status: str | None = None
    from_: Annotated[str | None, Query(alias="from")] = None
    to: str | None = None
    q: str | None = None
    facets: str | None = None
    cursor: str | None = None
    limit: Annotated[int, Query(ge=0, le=1_000)] = 50


Asked = Annotated[Filters, Depends()]


def in_range(model: Any, asked: Filters) -> list[Condition]:
    """The date may lie in the range; what has no date at all never does."""
    found: list[Condition] = []
    if asked.from_ is not None:
        found.append(or_(model.latest >= first_day(asked.from_), model.latest.is_(None)))
    if asked.to is not None:
        found.append(or_(model.earliest <= last_day(asked.to), model.earliest.is_(None)))
    if found:
        found.append(model.precision.is_not(None))
    return found


def meeting_conditions(asked: Filters) -> list[Condition]:
    """Everything that a meeting must satisfy."""
    found = in_range(Meeting, asked)
    for value in asked.party:
        seats = select(Participant.meeting_number).where(Participant.party.in_(value.split(",")))
        found.append(Meeting.number.in_(seats))
    if asked.status is not None:
        found.append(Meeting.status.in_(asked.status.split(",")))
    if asked.q is not None:
        words = " AND ".join(f'"{word}"' for word in _WORD.findall(asked.q.lower()))
        matching = select(_TEXTS.c.rowid).where(_TEXTS.c.meeting_text.match(words))
        found.append(Meeting.number.in_(matching))
    return found


def position_conditions(asked: Filters) -> list[Condition]:
    """Everything that a position must satisfy."""
    found = in_range(Position, asked)
    found += [Position.party.in_(value.split(",")) for value in asked.party]
    return found


def page(conditions: list[Condition], asked: Filters) -> Select[Meeting]:
    """The newest meetings, one more than asked for."""
    statement = select(Meeting).where(*conditions).options(*WHOLE)
    if asked.cursor is not None:
        earliest, _, identifier = asked.cursor.partition("~")
        here = tuple_(Meeting.earliest, Meeting.id) < (earliest, identifier)
        statement = statement.where(here)
    order = (Meeting.earliest.desc(), Meeting.id.desc())
    return statement.order_by(*order).limit(asked.limit + 1)


def counted(conditions: list[Condition]) -> Select[int]:
    """How many meetings there are."""
    return select(func.count()).select_from(Meeting).where(*conditions)


def facet(name: str, conditions: list[Condition]) -> Select[Any]:
    """The values of one property with their numbers."""
    chosen = {"party": Participant.party, "level": Participant.level, "status": Meeting.status}
    column: Any = chosen[name]
    number = func.count(Meeting.number.distinct())
    statement = select(column, number).where(*conditions, column.is_not(None)).group_by(column)
    if name == "status":
        return statement.select_from(Meeting)
    joined = Participant.meeting_number == Meeting.number
    return statement.select_from(Meeting).join(Participant, joined)
