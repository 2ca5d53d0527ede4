"""The tables, in the normal form that the data suggests."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """What all tables share."""


@dataclass(frozen=True, slots=True)
class WhenOf:
    """A date as answers show it."""

    edtf: str | None
    earliest: str | None
    latest: str | None
    precision: str
    approximate: bool
    uncertain: bool
    display: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class PlaceOf:
    """A place as answers show it."""

    name: str
    country: str | None
    latitude: float | None
    longitude: float | None


class Dated:
    """The columns of a date."""

    edtf: Mapped[str | None] = mapped_column(String(64))
    earliest: Mapped[str | None] = mapped_column(String(10))
    latest: Mapped[str | None] = mapped_column(String(10))
    precision: Mapped[str | None] = mapped_column(String(20))
    approximate: Mapped[bool] = mapped_column(default=False)
    uncertain: Mapped[bool] = mapped_column(default=False)
    display: Mapped[str | None] = mapped_column(Text)
    before: Mapped[str | None] = mapped_column(String(120))
    after: Mapped[str | None] = mapped_column(String(120))

    @property
    def date(self) -> WhenOf | None:
        """The date, if there is one."""
        if self.precision is None:
            return None
        return WhenOf(
            self.edtf,
            self.earliest,
            self.latest,
            self.precision,
            self.approximate,
            self.uncertain,
            self.display or "",
            self.before,
            self.after,
        )


class Versioned:
    """Which version of a record it is."""

    version: Mapped[int]
    revision: Mapped[int]
    recorded_at: Mapped[str]
    reported_on: Mapped[str | None]


class Cited:
    """Something that meetings refer to."""

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    name: Mapped[str]


class Party(Cited, Base):
    """A state, an organisation or a non-state actor."""

    __tablename__ = "party"
    kind: Mapped[str]


class Person(Cited, Base):
    """A person."""

    __tablename__ = "person"
    party: Mapped[str | None] = mapped_column(ForeignKey("party.id"), index=True)


class Issue(Cited, Base):
    """What is talked about."""

    __tablename__ = "issue"


class Process(Cited, Base):
    """A track."""

    __tablename__ = "process"


class Source(Base):
    """A publication."""

    __tablename__ = "source"
    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    publisher: Mapped[str | None]
    title: Mapped[str | None]
    url: Mapped[str | None]
    published: Mapped[str | None]


class _OfMeeting:
    """A row that belongs to a meeting."""

    number: Mapped[int] = mapped_column(primary_key=True)
    meeting_number: Mapped[int] = mapped_column(ForeignKey("meeting.number"), index=True)
    ordinal: Mapped[int]


class Participant(_OfMeeting, Base):
    """Someone who took part."""

    __tablename__ = "participant"
    party: Mapped[str] = mapped_column(ForeignKey("party.id"))
    person: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str | None]
    office: Mapped[str | None]
    level: Mapped[str | None]
    role: Mapped[str]
    __table_args__ = (
        Index("ix_participant_party_meeting", "party", "meeting_number"),
        Index("ix_participant_meeting_party", "meeting_number", "party"),
    )


class MeetingIssue(_OfMeeting, Base):
    """An issue talked about."""

    __tablename__ = "meeting_issue"
    issue: Mapped[str] = mapped_column(ForeignKey("issue.id"), index=True)


class Readout(_OfMeeting, Base):
    """One side's account."""

    __tablename__ = "readout"
    party: Mapped[str] = mapped_column(ForeignKey("party.id"))
    issuer: Mapped[str | None]
    text: Mapped[str | None] = mapped_column(Text)
    quote: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(ForeignKey("source.id"))
    issue_rows: Mapped[list[ReadoutIssue]] = relationship(order_by="ReadoutIssue.number")

    @property
    def issues(self) -> list[str]:
        """The issues it speaks of."""
        return [row.issue for row in self.issue_rows]


class ReadoutIssue(Base):
    """An issue that an account speaks of."""

    __tablename__ = "readout_issue"
    number: Mapped[int] = mapped_column(primary_key=True)
    readout_number: Mapped[int] = mapped_column(ForeignKey("readout.number"), index=True)
    issue: Mapped[str] = mapped_column(ForeignKey("issue.id"))


class Outcome(_OfMeeting, Base):
    """An assessment."""

    __tablename__ = "outcome"
    assessment: Mapped[str]
    text: Mapped[str | None] = mapped_column(Text)
    by: Mapped[str | None]
    source: Mapped[str | None] = mapped_column(ForeignKey("source.id"))


class Link(_OfMeeting, Base):
    """How it stands to another meeting."""

    __tablename__ = "meeting_link"
    relation: Mapped[str]
    meeting: Mapped[str]


class PreviousDate(_OfMeeting, Dated, Base):
    """What was expected before."""

    __tablename__ = "previous_date"
    status: Mapped[str | None]
    reason: Mapped[str | None]


class MeetingSource(_OfMeeting, Base):
    """A citation."""

    __tablename__ = "meeting_source"
    source: Mapped[str] = mapped_column(ForeignKey("source.id"), index=True)


class Meeting(Dated, Versioned, Base):
    """A meeting, visit, call or conference."""

    __tablename__ = "meeting"
    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str]
    process: Mapped[str | None] = mapped_column(ForeignKey("process.id"), index=True)
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(index=True)
    start: Mapped[str | None]
    end: Mapped[str | None]
    timezone: Mapped[str | None]
    place_name: Mapped[str | None]
    country: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    summary: Mapped[str | None] = mapped_column(Text)
    hedge: Mapped[str | None]
    note: Mapped[str | None] = mapped_column(Text)
    format: Mapped[str | None]
    __table_args__ = (Index("ix_meeting_order", sql("earliest DESC"), sql("id DESC")),)

    participants: Mapped[list[Participant]] = relationship(order_by=Participant.ordinal)
    issue_rows: Mapped[list[MeetingIssue]] = relationship(order_by=MeetingIssue.ordinal)
    readouts: Mapped[list[Readout]] = relationship(order_by=Readout.ordinal)
    outcomes: Mapped[list[Outcome]] = relationship(order_by=Outcome.ordinal)
    links: Mapped[list[Link]] = relationship(order_by=Link.ordinal)
    previous_dates: Mapped[list[PreviousDate]] = relationship(order_by=PreviousDate.ordinal)
    source_rows: Mapped[list[MeetingSource]] = relationship(order_by=MeetingSource.ordinal)

    @property
    def place(self) -> PlaceOf | None:
        """Where."""
        if self.place_name is None:
            return None
        return PlaceOf(self.place_name, self.country, self.latitude, self.longitude)

    @property
    def issues(self) -> list[str]:
        """What was talked about."""
        return [row.issue for row in self.issue_rows]

    @property
    def sources(self) -> list[str]:
        """What reports it."""
        return [row.source for row in self.source_rows]

    @property
    def parties(self) -> list[str]:
        """Who took part."""
        return sorted({seat.party for seat in self.participants})

    @property
    def levels(self) -> list[str]:
        """At what levels."""
        return sorted({seat.level for seat in self.participants if seat.level})
