"""The shapes of a meeting: who took part, each side's account, and what came of it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from app.kit.countries import country_by_code
from app.kit.schema.shapes import Date, Frozen, HasColumn, Name, PatternHint, Shape, Text
from app.nouns.fields import (
    IssueId,
    Level,
    MeetingId,
    PartyId,
    PersonId,
    ProcessId,
    RecordShape,
    SourceId,
    Sources,
    note_field,
    sources_field,
    with_version_fields,
)

MeetingKind = TypeAliasType("MeetingKind", Literal["meeting", "visit", "call", "conference"])
MeetingStatus = TypeAliasType(
    "MeetingStatus",
    Literal["proposed", "planned", "confirmed", "held", "postponed", "cancelled"],
)
Role = TypeAliasType("Role", Literal["participant", "host", "mediator", "observer"])
Assessment = TypeAliasType(
    "Assessment",
    Literal["breakthrough", "progress", "no_clear_progress", "setback", "agreement"],
)
Relation = TypeAliasType("Relation", Literal["follows", "prepares", "conditional_on"])
MEETING_KINDS: tuple[str, ...] = get_args(MeetingKind.__value__)
MEETING_STATUSES: tuple[str, ...] = get_args(MeetingStatus.__value__)
ROLES: tuple[str, ...] = get_args(Role.__value__)
ASSESSMENTS: tuple[str, ...] = get_args(Assessment.__value__)
# By how many parties met: one, two, three, four, more.
MeetingFormat = TypeAliasType(
    "MeetingFormat",
    Literal["unilateral", "bilateral", "trilateral", "quadrilateral", "multilateral"],
)
MEETING_FORMATS: tuple[str, ...] = get_args(MeetingFormat.__value__)

# Minus zero is the same place, but no text of it is the same. The bounds stand with the type: on a
# field they would not reach OpenAPI through the validator.
_PLAIN_ZERO = AfterValidator(lambda value: value + 0.0)
Latitude = Annotated[float, Field(ge=-90, le=90), _PLAIN_ZERO]
Longitude = Annotated[float, Field(ge=-180, le=180), _PLAIN_ZERO]
LocalTime = Annotated[
    str,
    StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"),
    PatternHint("time of day", "a local time such as 10:00; the day stands in `date`"),
]


class PlaceShape(Shape):
    """Where it took place."""

    name: Name = Field(description="The place.", examples=["Moscow"])
    country: str | None = Field(
        default=None, description="ISO 3166-1 alpha-3 code.", examples=["RUS"]
    )
    latitude: Latitude | None = Field(
        default=None, description="Degrees north.", examples=[55.7558]
    )
    longitude: Longitude | None = Field(
        default=None, description="Degrees east.", examples=[37.6173]
    )

    @model_validator(mode="after")
    def check_country(self) -> PlaceShape:
        """Only codes that exist."""
        if self.country is not None and country_by_code(self.country) is None:
            raise PydanticCustomError(
                "country",
                "no country has this code",
                {"field": "country", "accepted": "an ISO 3166-1 alpha-3 code such as RUS"},
            )
        return self


class ParticipantShape(Shape):
    """Someone who took part, or an office that was represented."""

    party: PartyId = Field(description="The party they acted for.", examples=["RUS"])
    person: PersonId | None = Field(
        default=None, description="Who it was, if it is known.", examples=["sergey-shoigu"]
    )
    name: Name | None = Field(
        default=None,
        description="The name as the source gives it; null where only the office is told.",
        examples=["Sergey Shoigu"],
    )
    office: Name | None = Field(
        default=None, description="The office as held then.", examples=["Minister of Defence"]
    )
    level: Level | None = Field(
        default=None, description="Its level.", examples=["defence_minister"]
    )
    role: Role = Field(
        default="participant", description="In which role.", examples=["participant"]
    )


class ReadoutShape(Shape):
    """One side's account of the meeting."""

    party: PartyId = Field(description="Whose account it is.", examples=["RUS"])
    issuer: Name | None = Field(
        default=None, description="Who issued it.", examples=["Russian Ministry of Defence"]
    )
    text: Text | None = Field(default=None, description="What it says, in words of the record.")
    quote: Text | None = Field(default=None, description="Its own words, kept short.")
    issues: list[IssueId] = Field(
        default_factory=list,
        max_length=100,
        description="The issues it speaks of.",
        examples=[["counter-terrorism"]],
    )
    source: SourceId | None = Field(
        default=None,
        description="The source that carries it.",
        examples=["2023-04-26-moscow-talks"],
    )


class OutcomeShape(Shape):
    """One assessment of what came of it."""

    assessment: Assessment = Field(description="The assessment.", examples=["no_clear_progress"])
    text: Text | None = Field(default=None, description="In words of the record.")
    by: Name | None = Field(
        default=None, description="Who assesses; null where it is the source itself."
    )
    source: SourceId | None = Field(
        default=None,
        description="The source that carries it.",
        examples=["2023-04-26-moscow-talks"],
    )


class LinkShape(Shape):
    """How this meeting stands to another."""

    relation: Relation = Field(description="The relation.", examples=["conditional_on"])
    meeting: MeetingId = Field(description="The other meeting.", examples=["2023-04-25-moscow"])


class PreviousDateShape(Shape):
    """What was expected before."""

    date: Date | None = Field(default=None, description="The date expected then.")
    status: MeetingStatus | None = Field(
        default=None, description="The status it had then.", examples=["planned"]
    )
    reason: Text | None = Field(default=None, description="Why it changed.")


class MeetingShape(RecordShape):
    """A meeting, visit, call or conference."""

    title: Name = Field(
        description="What it was.", examples=["Quadrilateral defence ministers' meeting"]
    )
    process: ProcessId | None = Field(
        default=None,
        description="The track it belongs to.",
        examples=["syria-turkiye-normalisation"],
    )
    kind: MeetingKind = Field(
        default="meeting", description="What kind it is.", examples=["meeting"]
    )
    status: MeetingStatus = Field(description="How far it has come.", examples=["held"])
    date: Date | None = Field(default=None, description="When.")
    start: LocalTime | None = Field(
        default=None, description="Local time of its beginning.", examples=["10:00"]
    )
    end: LocalTime | None = Field(
        default=None, description="Local time of its end.", examples=["12:30"]
    )
    timezone: Name | None = Field(
        default=None, description="IANA time zone of these times.", examples=["Europe/Moscow"]
    )
    place: PlaceShape | None = Field(default=None, description="Where.")
    summary: Text | None = Field(default=None, description="What it was about.")
    hedge: Name | None = Field(
        default=None, description="The source's own reserve.", examples=["reportedly"]
    )
    participants: list[ParticipantShape] = Field(
        default_factory=list, max_length=500, description="Who took part."
    )
    issues: list[IssueId] = Field(
        default_factory=list,
        max_length=100,
        description="What was talked about.",
        examples=[["withdrawal-of-troops"]],
    )
    readouts: list[ReadoutShape] = Field(
        default_factory=list, max_length=100, description="Each side's account."
    )
    outcomes: list[OutcomeShape] = Field(
        default_factory=list, max_length=100, description="Assessments, which may disagree."
    )
    links: list[LinkShape] = Field(
        default_factory=list, max_length=100, description="How it stands to other meetings."
    )
    previous_dates: Annotated[list[PreviousDateShape], Frozen()] = Field(
        default_factory=list, description="What was expected before, oldest first."
    )
    note: Text | None = note_field()
    sources: Sources = sources_field()

    derived: ClassVar[dict[str, Any]] = with_version_fields(
        parties=(
            list[str],
            Field(description="Everyone who took part, sorted, in all roles.", examples=[["RUS"]]),
        ),
        levels=(
            list[Level],
            Field(
                description="The levels at the table, highest first.", examples=[["head_of_state"]]
            ),
        ),
        format=(
            Annotated[MeetingFormat | None, HasColumn()],
            Field(
                description="By the number of parties other than observers; null without any.",
                examples=["quadrilateral"],
            ),
        ),
    )
