"""What a format leaves out it names, and what it names it leaves out: field by field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from app.formats import OUTPUT_FORMATS
from app.formats.csv import csv_columns
from app.nouns.registry import NOUNS
from tests.builders import (
    RecordWriter,
    issue,
    meeting,
    milestone,
    party,
    person,
    process,
    record,
    source,
)

# The others hold the native documents, which test_tables and test_placement see to.
WORDED = [format_.name for format_ in OUTPUT_FORMATS.all if format_.cited_nouns]
DATE = {"edtf": "1987-03-17~/1987-05-29?", "before": "later", "after": "sooner"}
WHEN = {
    "edtf": "17 March 1987",
    "earliest": "17 March 1987",
    "latest": "29 May 1987",
    "precision": "17 March 1987 – 29 May 1987",
    "approximate": "about 17 March 1987",
    "uncertain": "(uncertain)",
    "display": "17 March 1987",
    "before": "before ThingLater",
    "after": "after ThingSooner",
}
EVERY: dict[str, str | tuple[str, ...]] = {
    **{f"date.{name}": text for name, text in WHEN.items()},
    "process": "NameOfProcess",
    "sources": "TitleOfSource",
    "version": "SEQUENCE:1",
    "revision": "no format says it in a form to look for",
    "recorded_at": ("2031-07-19", "20310719"),
    "reported_on": "3 February 2029",
}
TOLD: dict[str, dict[str, str | tuple[str, ...]]] = {
    "milestone": EVERY | {"id": "this-milestone", "title": "TitleOfAll", "note": "NoteOnIt"},
    "position": EVERY
    | {
        "id": "this-position",
        "party": "NameOfParty",
        "person": "NameOfPerson",
        "office": "OfficeThen",
        "issue": "NameOfIssue",
        "stance": "opposes",
        "text": "WhatItSays",
        "quote": "OwnWords",
        "language": "tlh",
        "meeting": ("TitleOfMeeting", "/v1/meetings/linked"),
        "channel": "press statement",
    },
    "meeting": EVERY
    | {
        "id": "this-meeting",
        "title": "TitleOfAll",
        "kind": "conference",
        "status": "postponed",
        "start": "10:17",
        "end": "12:43",
        "timezone": "Asia/Tbilisi",
        "place.name": "NameOfPlace",
        "place.country": "New Zealand",
        "place.latitude": "12.3456",
        "place.longitude": "65.4321",
        "summary": "WhatItWasAbout",
        "hedge": "AsTheySay",
        "participants.party": "NameOfParty",
        "participants.person": "NameOfPerson",
        "participants.name": "AsTheSourceHasIt",
        "participants.office": "OfficeThen",
        "participants.level": "special envoy",
        "participants.role": "mediator",
        "issues": "NameOfIssue",
        "readouts.party": "NameOfTeller",
        "readouts.issuer": "WhoIssuedIt",
        "readouts.text": "WhatTheySay",
        "readouts.quote": "OwnWords",
        "readouts.issues": "NameOfTheirIssue",
        "readouts.source": "TitleOfTheirSource",
        "outcomes.assessment": "setback",
        "outcomes.text": "WhatCameOfIt",
        "outcomes.by": "WhoAssesses",
        "outcomes.source": "TitleOfJudgement",
        "links.relation": "prepares",
        "links.meeting": "TitleOfMeeting",
        **{f"previous_dates.date.{name}": "24 December 1950" for name in WHEN},
        "previous_dates.status": "confirmed",
        "previous_dates.reason": "WhyItMoved",
        "note": "NoteOnIt",
        "parties": "NameOfParty",
        "levels": "special envoy",
        "format": "unilateral",
    },
}


BODIES: dict[str, dict[str, Any]] = {
    "milestone": {"note": "NoteOnIt"},
    "position": {
        "party": "acting",
        "person": "somebody",
        "office": "OfficeThen",
        "issue": "topic",
        "stance": "opposes",
        "text": "first",
        "quote": "OwnWords",
        "language": "tlh",
        "meeting": "linked",
        "channel": "press_statement",
    },
    "meeting": {
        "kind": "conference",
        "status": "postponed",
        "start": "10:17",
        "end": "12:43",
        "timezone": "Asia/Tbilisi",
        "place": {
            "name": "NameOfPlace",
            "country": "NZL",
            "latitude": 12.3456,
            "longitude": 65.4321,
        },
        "summary": "WhatItWasAbout",
        "hedge": "AsTheySay",
        "participants": [
            {
                "party": "acting",
                "person": "somebody",
                "name": "AsTheSourceHasIt",
                "office": "OfficeThen",
                "level": "special_envoy",
                "role": "mediator",
            }
        ],
        "issues": ["topic"],
        "readouts": [
            {
                "party": "telling",
                "issuer": "WhoIssuedIt",
                "text": "WhatTheySay",
                "quote": "OwnWords",
                "issues": ["theirs"],
                "source": "organ",
            }
        ],
        "outcomes": [
            {
                "assessment": "setback",
                "text": "WhatCameOfIt",
                "by": "WhoAssesses",
                "source": "comment",
            }
        ],
        "links": [{"relation": "prepares", "meeting": "linked"}],
        "previous_dates": [
            {"date": "1950-12-24", "status": "confirmed", "reason": "WhyItMoved"},
        ],
        "note": "NoteOnIt",
    },
}


@pytest.fixture
def full(client: TestClient, writer: RecordWriter) -> TestClient:
    """Reads one record of each kind, every field of them filled, each with words of its own."""
    writer.write(
        party("acting", name="NameOfParty"),
        party("telling", name="NameOfTeller"),
        person("somebody", name="NameOfPerson"),
        issue("topic", name="NameOfIssue"),
        issue("theirs", name="NameOfTheirIssue"),
        process("track", name="NameOfProcess"),
        source("paper", "2029-02-03", title="TitleOfSource"),
        source("organ", title="TitleOfTheirSource"),
        source("comment", title="TitleOfJudgement"),
        milestone("sooner", "1970", title="ThingSooner"),
        milestone("later", "1999", title="ThingLater"),
        meeting("linked", "1960", title="TitleOfMeeting"),
        at="2031-07-19T11:13",
    )
    bodies = {noun: body | {"date": DATE, "process": "track"} for noun, body in BODIES.items()}
    for title in ("first", "TitleOfAll"):  # version 2
        for noun, body in bodies.items():
            own = {} if noun == "position" else {"title": title}
            writer.write(record(noun, f"this-{noun}", **body, **own, sources=["paper"]))
        bodies["position"]["text"] = "WhatItSays"
    return client


def _texts(content: bytes) -> Iterator[str]:
    """Every value that an answer holds, as its consumer reads it."""
    if content.startswith(b"{"):
        yield from _values(json.loads(content))
    elif content.startswith(b"<"):
        for element in ET.fromstring(content).iter():
            yield from (element.text or "", *element.attrib.values())
    else:
        yield re.sub(r"\\([,;])", r"\1", content.decode().replace("\r\n ", ""))


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _values(inner)
    elif value is not None:
        yield unescape(str(value))


@pytest.mark.parametrize("noun", TOLD)
def test_every_field_is_looked_for(noun: str) -> None:
    found = {".".join(path) for path in csv_columns((NOUNS[noun],))}
    assert set(TOLD[noun]) == found


@pytest.mark.parametrize("format_", WORDED)
def test_a_field_is_told_or_said_to_be_left_out(full: TestClient, format_: str) -> None:
    left_out = set[str]()
    said = full.get(f"/v1/timeline.{format_}").headers["parley-not-expressed"].split(", ")
    for noun, fields in TOLD.items():
        answer = full.get(f"/v1/timeline.{format_}?id=this-{noun}")
        text = "\n".join(_texts(answer.content)).casefold()
        for field, words in fields.items():
            spellings = (words,) if isinstance(words, str) else words
            told = any(spelling.casefold() in text for spelling in spellings)
            name = next((n for n in said if field == n or field.startswith(f"{n}.")), None)
            assert told == (name is None), (noun, field, name)
            left_out |= {name} if name else set()
    assert left_out == set(said)


def test_the_seed_loses_neither_speaker_nor_source(seeded: TestClient) -> None:
    for format_ in WORDED:
        answer = seeded.get(f"/v1/timeline.{format_}?id=2023-03-syr-withdrawal")
        text = "\n".join(_texts(answer.content))
        assert "Bashar al-Assad" in text, format_
        assert "SOUTH FRONT" in text, format_


@pytest.mark.parametrize(
    ("seat", "line"),
    [
        ({"office": "Minister of Defence", "level": "defence_minister"}, "Minister of Defence"),
        ({"office": "President", "level": "head_of_state"}, "President (head of state)"),
        ({"level": "special_envoy"}, "special envoy"),
        ({"name": "Sergei Shoigu", "person": "shoigu"}, "Sergei Shoigu (Sergey Shoigu)"),
        ({"name": "SERGEY SHOIGU", "person": "shoigu"}, "SERGEY SHOIGU"),
        ({"person": "shoigu", "office": "Minister"}, "Sergey Shoigu, Minister"),
    ],
)
def test_who_sat_there_is_told_once(
    client: TestClient, writer: RecordWriter, seat: dict[str, str], line: str
) -> None:
    writer.write(party("RUS"), person("shoigu", name="Sergey Shoigu"))
    writer.write(meeting("talks", "2023-04-25", participants=[{"party": "RUS", **seat}]))
    told = client.get("/v1/timeline.jsonfeed?id=talks").json()["items"][0]["content_text"]
    assert f"Russia: {line}" in told.splitlines()
