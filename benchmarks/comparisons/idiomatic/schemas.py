"""The shapes of answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Out(BaseModel):
    """Read from the attributes of ORM objects."""

    model_config = ConfigDict(from_attributes=True)


class DateOut(Out):
    """When."""

    edtf: str | None
    earliest: str | None
    latest: str | None
    precision: str
    approximate: bool
    uncertain: bool
    display: str
    before: str | None
    after: str | None


class PlaceOut(Out):
    """Where."""

    name: str
    country: str | None
    latitude: float | None
    longitude: float | None


class ParticipantOut(Out):
    """Who."""

    party: str
    person: str | None
    name: str | None
    office: str | None
    level: str | None
    role: str


class ReadoutOut(Out):
    """One side's account."""

    party: str
    issuer: str | None
    text: str | None
    quote: str | None
    issues: list[str]
    source: str | None


class OutcomeOut(Out):
    """An assessment."""

    assessment: str
    text: str | None
    by: str | None
    source: str | None


class LinkOut(Out):
    """Another meeting."""

    relation: str
    meeting: str


class PreviousDateOut(Out):
    """What was expected before."""

    date: DateOut | None
    status: str | None
    reason: str | None


class VersionedOut(Out):
    """Which version it is."""

    version: int
    revision: int
    recorded_at: str
    reported_on: str | None


class MeetingOut(VersionedOut):
    """A meeting."""

    type: Literal["meeting"] = "meeting"
    id: str
    title: str
    process: str | None
    kind: str
    status: str
    date: DateOut | None
    start: str | None
    end: str | None
    timezone: str | None
    place: PlaceOut | None
    summary: str | None
    hedge: str | None
    participants: list[ParticipantOut]
    issues: list[str]
    readouts: list[ReadoutOut]
    outcomes: list[OutcomeOut]
    links: list[LinkOut]
    previous_dates: list[PreviousDateOut]
    note: str | None
    sources: list[str]
    parties: list[str]
    levels: list[str]
    format: str | None


class MilestoneOut(VersionedOut):
    """An event that is no meeting."""

    type: Literal["milestone"] = "milestone"
    id: str
    title: str
    date: DateOut | None
    process: str | None
    note: str | None
    sources: list[str]


class PositionOut(VersionedOut):
    """What a party holds."""

    type: Literal["position"] = "position"
    id: str
    party: str
    person: str | None
    office: str | None
    issue: str
    stance: str
    text: str | None
    quote: str | None
    language: str | None
    date: DateOut | None
    meeting: str | None
    process: str | None
    channel: str
    sources: list[str]


class MeetingPage(BaseModel):
    """A page of meetings."""

    items: list[MeetingOut]
    next: str | None
    total: int
    facets: dict[str, dict[str, int]] | None = None


class TimelinePage(BaseModel):
    """A page of the timeline."""

    items: list[MeetingOut | MilestoneOut | PositionOut]
    total: int
