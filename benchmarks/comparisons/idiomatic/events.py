"""The other two kinds of timeline entries."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from benchmarks.comparisons.idiomatic.models import Base, Dated, Versioned


class Milestone(Dated, Versioned, Base):
    """An event that is no meeting."""

    __tablename__ = "milestone"
    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str]
    process: Mapped[str | None] = mapped_column(ForeignKey("process.id"), index=True)
    note: Mapped[str | None] = mapped_column(Text)
    source_rows: Mapped[list[MilestoneSource]] = relationship(order_by="MilestoneSource.number")

    @property
    def sources(self) -> list[str]:
        """What reports it."""
        return [row.source for row in self.source_rows]


class MilestoneSource(Base):
    """A citation."""

    __tablename__ = "milestone_source"
    number: Mapped[int] = mapped_column(primary_key=True)
    milestone_number: Mapped[int] = mapped_column(ForeignKey("milestone.number"), index=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.id"), index=True)


class Position(Dated, Versioned, Base):
    """What a party holds on an issue."""

    __tablename__ = "position"
    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(120), unique=True)
    party: Mapped[str] = mapped_column(ForeignKey("party.id"))
    person: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    office: Mapped[str | None]
    issue: Mapped[str] = mapped_column(ForeignKey("issue.id"), index=True)
    stance: Mapped[str]
    text: Mapped[str | None] = mapped_column(Text)
    quote: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None]
    meeting: Mapped[str | None] = mapped_column(String(120), index=True)
    process: Mapped[str | None] = mapped_column(ForeignKey("process.id"), index=True)
    channel: Mapped[str]
    source_rows: Mapped[list[PositionSource]] = relationship(order_by="PositionSource.number")
    __table_args__ = (
        Index("ix_position_party_order", "party", "earliest"),
        Index("ix_position_order", sql("earliest DESC"), sql("id DESC")),
    )

    @property
    def sources(self) -> list[str]:
        """What reports it."""
        return [row.source for row in self.source_rows]


class PositionSource(Base):
    """A citation."""

    __tablename__ = "position_source"
    number: Mapped[int] = mapped_column(primary_key=True)
    position_number: Mapped[int] = mapped_column(ForeignKey("position.number"), index=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.id"), index=True)
