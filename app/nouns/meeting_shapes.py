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
    PatternHint("time of day", "a local time such as 10:00; the day belongs in `date`"),
]


class PlaceShape(Shape):
    """Where the meeting took place."""

    name: Name = Field(description="The name of the place.", examples=["Moscow"])
    country: str | None = Field(
        default=None, description="The country, as an ISO 3166-1 alpha-3 code.", examples=["RUS"]
    )
    latitude: Latitude | None = Field(
        default=None, description="The latitude, in degrees north.", examples=[55.7558]
    )
    longitude: Longitude | None = Field(
        default=None, description="The longitude, in degrees east.", examples=[37.6173]
    )

    @model_validator(mode="after")
    def check_country(self) -> PlaceShape:
        """Only codes that exist."""
        if self.country is not None and country_by_code(self.country) is None:
            raise PydanticCustomError(
                "country",
                "is not a valid country code",
                {"field": "country", "accepted": "an ISO 3166-1 alpha-3 code such as RUS"},
            )
        return self


class ParticipantShape(Shape):
    """Someone who took part, or an office that was represented."""

    party: PartyId = Field(description="The party they represented.", examples=["RUS"])
    person: PersonId | None = Field(
        default=None, description="The person, if known.", examples=["sergey-shoigu"]
    )
    name: Name | None = Field(
        default=None,
        description="The name as given by the source; null if only the office is given.",
        examples=["Sergey Shoigu"],
    )
    office: Name | None = Field(
        default=None, description="The office held at the time.", examples=["Minister of Defence"]
    )
    level: Level | None = Field(
        default=None, description="The level of the office.", examples=["defence_minister"]
    )
    role: Role = Field(
        default="participant", description="The role in the meeting.", examples=["participant"]
    )


class ReadoutShape(Shape):
    """One side's account of the meeting."""

    party: PartyId = Field(description="The party whose account it is.", examples=["RUS"])
    issuer: Name | None = Field(
        default=None, description="Who issued it.", examples=["Russian Ministry of Defence"]
    )
    text: Text | None = Field(default=None, description="What the readout says, paraphrased.")
    quote: Text | None = Field(default=None, description="A short verbatim quote.")
    issues: list[IssueId] = Field(
        default_factory=list,
        max_length=100,
        description="The issues it mentions.",
        examples=[["counter-terrorism"]],
    )
    source: SourceId | None = Field(
        default=None,
        description="The source that reports it.",
        examples=["2023-04-26-moscow-talks"],
    )


class OutcomeShape(Shape):
    """An assessment of the outcome."""

    assessment: Assessment = Field(description="The assessment.", examples=["no_clear_progress"])
    text: Text | None = Field(default=None, description="The assessment in words.")
    by: Name | None = Field(
        default=None, description="Who made the assessment; null if it was the source itself."
    )
    source: SourceId | None = Field(
        default=None,
        description="The source that reports it.",
        examples=["2023-04-26-moscow-talks"],
    )


class LinkShape(Shape):
    """A relation to another meeting."""

    relation: Relation = Field(description="The relation.", examples=["conditional_on"])
    meeting: MeetingId = Field(description="The other meeting.", examples=["2023-04-25-moscow"])


class PreviousDateShape(Shape):
    """An earlier expectation."""

    date: Date | None = Field(default=None, description="The date expected at the time.")
    status: MeetingStatus | None = Field(
        default=None, description="The status at the time.", examples=["planned"]
    )
    reason: Text | None = Field(default=None, description="Why the expectation changed.")


class MeetingShape(RecordShape):
    """A meeting, visit, call or conference."""

    title: Name = Field(
        description="The title of the meeting.",
        examples=["Quadrilateral defence ministers' meeting"],
    )
    process: ProcessId | None = Field(
        default=None,
        description="The process it belongs to.",
        examples=["syria-turkiye-normalisation"],
    )
    kind: MeetingKind = Field(
        default="meeting", description="The kind of meeting.", examples=["meeting"]
    )
    status: MeetingStatus = Field(description="The status of the meeting.", examples=["held"])
    date: Date | None = Field(default=None, description="The date of the meeting.")
    start: LocalTime | None = Field(
        default=None, description="The local time at which it starts.", examples=["10:00"]
    )
    end: LocalTime | None = Field(
        default=None, description="The local time at which it ends.", examples=["12:30"]
    )
    timezone: Name | None = Field(
        default=None,
        description="The IANA time zone of `start` and `end`.",
        examples=["Europe/Moscow"],
    )
    place: PlaceShape | None = Field(default=None, description="Where the meeting takes place.")
    summary: Text | None = Field(default=None, description="A summary of the meeting.")
    hedge: Name | None = Field(
        default=None, description="How the source qualifies its report.", examples=["reportedly"]
    )
    participants: list[ParticipantShape] = Field(
        default_factory=list, max_length=500, description="Who takes part."
    )
    issues: list[IssueId] = Field(
        default_factory=list,
        max_length=100,
        description="The issues discussed.",
        examples=[["withdrawal-of-troops"]],
    )
    readouts: list[ReadoutShape] = Field(
        default_factory=list, max_length=100, description="Each side's account of the meeting."
    )
    outcomes: list[OutcomeShape] = Field(
        default_factory=list,
        max_length=100,
        description="Assessments of the outcome, which may disagree.",
    )
    links: list[LinkShape] = Field(
        default_factory=list, max_length=100, description="Relations to other meetings."
    )
    previous_dates: Annotated[list[PreviousDateShape], Frozen()] = Field(
        default_factory=list, description="Earlier dates and statuses, oldest first."
    )
    note: Text | None = note_field()
    sources: Sources = sources_field()

    derived: ClassVar[dict[str, Any]] = with_version_fields(
        parties=(
            list[str],
            Field(
                description="All parties that take part, in any role, sorted.", examples=[["RUS"]]
            ),
        ),
        levels=(
            list[Level],
            Field(
                description="The levels of the participants, highest first.",
                examples=[["head_of_state"]],
            ),
        ),
        format=(
            Annotated[MeetingFormat | None, HasColumn()],
            Field(
                description="The format, by the number of parties other than observers; null "
                "without any.",
                examples=["quadrilateral"],
            ),
        ),
    )
