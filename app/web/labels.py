"""Labels for codes and filters, and other texts of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.analysis.network import EXPECTED_STATUSES
from app.kit import edtf
from app.nouns.fields import LEVELS
from app.nouns.registry import NOUNS

LABELS = {
    "defence_minister": "defence minister",
    "calls_for": "calls for",
    "conditions": "sets conditions",
    "no_clear_progress": "no clear progress",
    "conditional_on": "depends on",
    "non_state": "non-state actor",
    "reported": "as reported",
    "press_statement": "press statement",
}
STATUS_LABELS = {
    "held": "Held",
    "planned": "Planned",
    "proposed": "Proposed",
    "confirmed": "Confirmed",
    "postponed": "Postponed",
    "cancelled": "Cancelled",
}
FILTER_LABELS = {
    "party": "Party",
    "issue": "Issue",
    "level": "Level",
    "person": "Person",
    "process": "Process",
    "status": "Status",
    "type": "Type",
    "from": "From",
    "to": "To",
    "match": "Match",
    "q": "Search",
    "as_of": "As known on",
    "revision": "Revision",
    "updated_since": "Updated since",
    "id": "Record",
}
STATUS_OPTIONS = (
    ("held", "held"),
    ("proposed,planned,confirmed", "expected: proposed, planned or confirmed"),
    ("proposed", "proposed"),
    ("planned", "planned"),
    ("confirmed", "confirmed"),
    ("postponed", "postponed"),
    ("cancelled", "cancelled"),
)
PLURALS = {noun.name: noun.plural for noun in NOUNS if noun.date_field is not None}
TYPE_OPTIONS = (
    *PLURALS.items(),
    (",".join(NOUNS.events), " and ".join(PLURALS[noun] for noun in NOUNS.events)),
)
LEVEL_OPTIONS = tuple((level, level.replace("_", " ")) for level in LEVELS)


def participants_heading(status: str) -> str:
    """The heading of the participants, in the tense of the meeting's status."""
    if status == "held":
        return "Participants"
    return "Expected participants" if status in EXPECTED_STATUSES else "Planned participants"


def former_dates(
    previous_dates: Sequence[Mapping[str, Any]],
) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Former dates under their headings; that of a held meeting was an error, not a plan."""
    planned = [date for date in previous_dates if date["status"] != "held"]
    mistaken = [date for date in previous_dates if date["status"] == "held"]
    groups = [("Previously expected", planned), ("Previously dated", mistaken)]
    return [(heading, dates) for heading, dates in groups if dates]


def source_parts(source: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The title, publisher and mirror of a source, each as a pair of phrase and name."""
    parts = [("", source["title"]), ("", source["publisher"])]
    if source["mirrored_by"]:
        if not source["publisher"]:
            parts.append(("original publisher not given", ""))
        parts.append(("republished by", source["mirrored_by"]))
    return [part for part in parts if any(part)] or [("", source["id"])]


def label(code: str | None) -> str:
    """A code in words; empty if missing."""
    if not code:
        return ""
    return LABELS.get(code, code.replace("_", " "))


def filter_label(name: str, value: str, names: Mapping[str, str]) -> str:
    """The value of a filter in words; `names` are those of records by identifier."""
    is_negated = value.startswith("!")
    parts = [names.get(part, label(part)) for part in value.lstrip("!").split(",")]
    if name in ("as_of", "from", "to"):
        parts = [date_in_words(value)]
    return ("not " if is_negated else "") + " or ".join(parts)


def date_in_words(iso: str) -> str:
    """A day, month or year in words; any other text unchanged."""
    try:
        return edtf.parse(iso).display
    except edtf.EdtfError:
        return iso


def date_without_anchors(date: Mapping[str, Any]) -> str:
    """A date in words without its anchors, which the page writes as links."""
    text = str(date["display"])
    for name in ("after", "before"):
        if date[name]:
            text = text.removesuffix(f"{name} {date[name]}").removesuffix(", ")
    return text


def undated_heading(date: Mapping[str, Any] | None) -> str:
    """The heading of entries that come last in any order; empty if the date has a beginning."""
    if date is None or not (date["earliest"] or date["latest"]):
        return "No date"
    return "" if date["earliest"] else "No known start date"


def is_one_day(date: Mapping[str, Any] | None) -> bool:
    """Whether a date is certainly one day."""
    if date is None or date["approximate"] or date["uncertain"]:
        return False
    return date["earliest"] is not None and date["earliest"] == date["latest"]


def recorded_day(timestamp: str) -> str:
    """The day of an ISO 8601 timestamp, in words."""
    return date_in_words(timestamp[:10])
