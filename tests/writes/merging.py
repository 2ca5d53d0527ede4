"""What the tests of merging share: records that cite a twin, and what is left when it is turned."""

from __future__ import annotations

import copy
from typing import Any

from tests.writes.api import Api
from tests.writes.base_records import a_meeting, a_position

_PASSING = ("version", "revision", "recorded_at")


def said(document: dict[str, Any]) -> dict[str, Any]:
    """What a document says, whenever it was recorded."""
    return {k: v for k, v in document.items() if k not in (*_PASSING, "included", "warnings")}


def cited(api: Api) -> None:
    """A meeting and others that cite one twin of each noun wherever they can."""
    for path, body in {
        "people/a-twin": {"name": "Adam Twin"},
        "parties/a-twin": {"name": "Twin Front", "kind": "non_state"},
        "issues/a-twin": {"name": "Twin issue"},
        "sources/a-twin": {"title": "Twin article", "published": "2024-01-01"},
        "processes/a-twin": {"name": "Twin track"},
        "milestones/x-twin": {"title": "Twin event", "date": "2023-02-06"},
        "meetings/m-twin": a_meeting(title="Twin meeting", date="2023-02-07"),
    }.items():
        api.put(path, body).ok(201)
    seats = [{"party": "TUR"}, {"party": "a-twin", "person": "a-twin"}]
    api.put(
        "meetings/citing",
        a_meeting(
            date={"edtf": None, "after": "x-twin"},
            process="a-twin",
            participants=seats,
            issues=["withdrawal", "a-twin", "fishing"],
            readouts=[{"party": "a-twin", "issues": ["a-twin"], "source": "a-twin"}],
            outcomes=[{"assessment": "setback", "source": "a-twin"}],
            links=[{"relation": "follows", "meeting": "m-twin"}],
            previous_dates=[{"date": {"edtf": None, "before": "m-twin"}}],
            sources=["s1", "a-twin", "s3x"],
        ),
    ).ok(201)
    api.put(
        "positions/citing",
        a_position(party="a-twin", person="a-twin", issue="a-twin", process="a-twin",
                   meeting="m-twin", sources=["a-twin"]),
    ).ok(201)  # fmt: skip
    tenure = {"office": "Chair", "party": "a-twin"}
    api.put("people/citing", {"name": "C", "party": "a-twin", "tenures": [tenure]}).ok(201)
    api.put("issues/citing", {"name": "C", "broader": "a-twin"}).ok(201)
    api.put("processes/citing", {"name": "C", "parties": ["TUR", "a-twin"]}).ok(201)
    api.put("milestones/x-citing", {"title": "C", "process": "a-twin"}).ok(201)


CITING = {
    noun: f"{noun}/citing" for noun in ("meetings", "positions", "people", "issues", "processes")
} | {"milestones": "milestones/x-citing"}
INTO = {
    "people": ("a-twin", "max-muster"),
    "parties": ("a-twin", "arab-league"),
    "issues": ("a-twin", "fishing"),
    "sources": ("a-twin", "s3x"),
    "processes": ("a-twin", "geneva"),
    "milestones": ("x-twin", "earthquake"),
    "meetings": ("m-twin", "doha-call"),
}


_NAMED = {
    "people": ("person",),
    "parties": ("party", "parties"),
    "issues": ("issue", "issues", "broader"),
    "sources": ("source", "sources"),
    "processes": ("process",),
    "milestones": ("before", "after"),
    "meetings": ("meeting", "before", "after"),
}


def turned(value: Any, plural: str, old: str, new: str, name: str = "") -> Any:
    """The same, with one identifier in place of another wherever a field names such a record."""
    if isinstance(value, dict):
        return {k: turned(v, plural, old, new, k) for k, v in value.items()}
    if isinstance(value, list):
        found = [turned(v, plural, old, new, name) for v in value]
        strings = [v for v in found if isinstance(v, str)]
        if name == "parties" and plural == "parties" and "TUR" in strings:
            strings.sort()
        return list(dict.fromkeys(strings)) if strings else found
    return new if name in _NAMED[plural] and value == old else value


def without_dates(document: dict[str, Any]) -> dict[str, Any]:
    """Bounds, and the day of the report, move with what a date hangs on."""
    kept = copy.deepcopy(document)
    kept.pop("reported_on")
    for date in [kept.get("date"), *(p["date"] for p in kept.get("previous_dates", []))]:
        for name in ("earliest", "latest", "display", "precision"):
            if date is not None:
                date.pop(name, None)
    return kept
