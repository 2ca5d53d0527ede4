"""The words in which the page says what the documents say in codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.analysis.network import EXPECTED_STATUSES
from app.kit import edtf
from app.nouns.fields import LEVELS
from app.nouns.registry import NOUNS

WORDS = {
    "defence_minister": "defence minister",
    "calls_for": "calls for",
    "conditions": "sets conditions",
    "no_clear_progress": "no clear progress",
    "conditional_on": "depends on",
    "non_state": "non-state actor",
    "reported": "as reported",
    "press_statement": "press statement",
}
#: What stands for an entry's status in the list and in the picture.
STATUSES = {
    "held": "Held",
    "planned": "Planned",
    "proposed": "Proposed",
    "confirmed": "Confirmed",
    "postponed": "Postponed",
    "cancelled": "Cancelled",
}
FILTERS = {
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
    "q": "Words",
    "as_of": "As known on",
    "revision": "Revision",
    "updated_since": "Updated since",
    "id": "Record",
}
#: What the status field offers besides each status alone.
STATUS_CHOICES = (
    ("held", "held"),
    ("proposed,planned,confirmed", "expected: proposed, planned or confirmed"),
    ("proposed", "proposed"),
    ("planned", "planned"),
    ("confirmed", "confirmed"),
    ("postponed", "postponed"),
    ("cancelled", "cancelled"),
)
PLURALS = {noun.name: noun.plural for noun in NOUNS if noun.date is not None}
TYPE_CHOICES = (
    *PLURALS.items(),
    (",".join(NOUNS.events), " and ".join(PLURALS[noun] for noun in NOUNS.events)),
)
LEVEL_CHOICES = tuple((level, level.replace("_", " ")) for level in LEVELS)


def table_words(status: str) -> str:
    """The heading of those at the table, in the tense that the meeting's status asks for."""
    if status == "held":
        return "At the table"
    return "Expected at the table" if status in EXPECTED_STATUSES else "Were to be at the table"


def former(previous: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Former dates under their headings: that of a held meeting was wrong, not an expectation."""
    expected = [date for date in previous if date["status"] != "held"]
    misdated = [date for date in previous if date["status"] == "held"]
    found = [("Expected before", expected), ("Dated before", misdated)]
    return [(title, dates) for title, dates in found if dates]


def source_parts(source: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a source is called, as words of the page and a name each: title, publisher, carrier."""
    parts = [("", source["title"]), ("", source["publisher"])]
    if source["mirrored_by"]:
        if not source["publisher"]:
            parts.append(("first publisher not told", ""))
        parts.append(("carried by", source["mirrored_by"]))
    return [part for part in parts if any(part)] or [("", source["id"])]


def words(code: str | None) -> str:
    """A code in words."""
    if not code:
        return ""
    return WORDS.get(code, code.replace("_", " "))


def filter_words(name: str, value: str, named: Mapping[str, str]) -> str:
    """One filter as the page lists it."""
    negated = value.startswith("!")
    parts = [named.get(part, words(part)) for part in value.lstrip("!").split(",")]
    if name in ("as_of", "from", "to"):
        parts = [spelt(value)]
    return ("not " if negated else "") + " or ".join(parts)


def spelt(iso: str) -> str:
    """A day, month or year in words; as it is where it is none."""
    try:
        return edtf.parse(iso).display
    except edtf.EdtfError:
        return iso


def base(date: Mapping[str, Any]) -> str:
    """A date's words without those of its anchors, which the page writes as links."""
    shown = str(date["display"])
    for name in ("after", "before"):
        if date[name]:
            shown = shown.removesuffix(f"{name} {date[name]}").removesuffix(", ")
    return shown


def listed_last(date: Mapping[str, Any] | None) -> str:
    """Why an entry stands at the end of the list, whatever the order; empty where it does not."""
    if date is None or not (date["earliest"] or date["latest"]):
        return "Without a date"
    return "" if date["earliest"] else "Without a known beginning"


def is_one_day(date: Mapping[str, Any] | None) -> bool:
    """True where a date is a day and nothing is uncertain about it."""
    if date is None or date["approximate"] or date["uncertain"]:
        return False
    return date["earliest"] is not None and date["earliest"] == date["latest"]


def recorded(timestamp: str) -> str:
    """The day of a moment, in words."""
    return spelt(timestamp[:10])
