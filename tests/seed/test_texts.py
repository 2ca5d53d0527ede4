"""What the records of the seed say in words."""

from __future__ import annotations

from typing import Any

import pytest

from app.kit.words import split_words
from tests.seed.claims import (
    APRIL,
    DECEMBER,
    DEPUTIES,
    MINISTERS,
    PROCESS,
    SOURCE,
    SUMMIT,
    VISIT,
    Records,
    at,
)

CLAIMS = [
    ("source", SOURCE, "published.edtf", "2023-04-26"),
    ("source", SOURCE, "language", "en"),
    ("source", SOURCE, "mirrored_by", "SOUTH FRONT"),
    ("source", SOURCE, "publisher", None),
    ("source", SOURCE, "title", None),
    ("source", SOURCE, "url", None),
    ("party", "TUR", "name", "Türkiye"),
    ("party", "TUR", "names.0.name", "Turkey"),
    ("party", "SYR", "names.0.name", "Syrian Arab Republic"),
    ("party", "RUS", "names.0.name", "Russian Federation"),
    ("party", "IRN", "names.0.name", "Islamic Republic of Iran"),
    ("person", "recep-tayyip-erdogan", "names.0.name", "Recep Tayyip Erdoğan"),
    ("process", PROCESS, "parties", ["SYR", "TUR", "RUS", "IRN"]),
    ("meeting", MINISTERS, "date.before", "tr-general-election-2023"),
    ("meeting", SUMMIT, "date.after", MINISTERS),
    ("meeting", DECEMBER, "issues", []),
    ("meeting", VISIT, "issues", ["withdrawal-of-troops"]),
    ("meeting", DEPUTIES, "issues", ["withdrawal-of-troops"]),
    ("issue", "kurdish-forces", "broader", "situation-in-northern-syria"),
    ("issue", "counter-terrorism", "broader", "security-in-syria"),
]


@pytest.mark.parametrize(("noun", "name", "path", "value"), CLAIMS)
def test_a_record_says(records: Records, noun: str, name: str, path: str, value: Any) -> None:
    assert at(records[noun, name], path) == value


# What has no field of its own, and where the source is vague: a note says it.
NOTES = [
    ("source", SOURCE, "neither the original publisher nor a title"),
    ("source", SOURCE, "inferred"),
    ("party", "SYR", "once an ally of Türkiye"),
    ("party", "TUR", "once an ally of Syria"),
    ("party", "TUR", "back the rebels"),
    ("party", "TUR", "large parts of northern Syria"),
    ("party", "RUS", "bring Ankara and Damascus back together"),
    ("party", "IRN", "iran-joins-normalisation"),
    ("issue", "withdrawal-of-troops", "its president spoke of an occupation"),
    ("issue", "security-in-syria", "practical steps to strengthen it"),
    ("issue", "counter-terrorism", "does not say which groups are meant"),
    ("issue", "situation-in-northern-syria", "without further detail"),
    ("issue", "kurdish-forces", "they are an issue here and not a party"),
    ("issue", "m4-highway", "special agreement about movement"),
    ("issue", "refugees", "Ankara's own refugee crisis"),
    ("person", "recep-tayyip-erdogan", "indirectly"),
    ("process", PROCESS, "bear on it directly"),
    ("milestone", "syrian-war-outbreak", "only the year is given"),
    ("milestone", "iran-joins-normalisation", "earlier in that year"),
    ("milestone", "tr-general-election-2023", "results will bear directly on the process"),
    ("milestone", "tr-general-election-2023", "year is inferred"),
    ("meeting", DECEMBER, "year is inferred"),
    ("meeting", DECEMBER, "both are recorded"),
    ("meeting", VISIT, "year is inferred"),
    ("meeting", VISIT, "no city is named"),
    ("meeting", DEPUTIES, "year is inferred"),
    ("meeting", DEPUTIES, "level is not given"),
    ("meeting", APRIL, "year is inferred"),
    ("meeting", APRIL, "quoted without their speaker"),
    ("meeting", APRIL, "inferred from the context"),
    ("meeting", MINISTERS, "year is inferred"),
    ("meeting", MINISTERS, "neither day nor place is given"),
    ("meeting", SUMMIT, "success of the ministers' meeting"),
]


@pytest.mark.parametrize(("noun", "name", "said"), NOTES)
def test_a_note_says(records: Records, noun: str, name: str, said: str) -> None:
    assert " ".join(split_words(said)) in " ".join(split_words(records[noun, name]["note"]))


UNTOLD = [
    ("2023-03-syr-withdrawal", "in what form is not stated"),
    ("2023-03-syr-withdrawal", "year is inferred"),
    ("2023-04-04-syr-withdrawal", "speaker is not named"),
    ("2023-04-04-syr-withdrawal", "year is inferred"),
    ("2023-04-25-syr-withdrawal", "year is inferred"),
    ("tur-kurdish-forces", "calls_for is the closest stance"),
    ("tur-refugees", "calls_for is the closest stance"),
]


@pytest.mark.parametrize(("position", "said"), UNTOLD)
def test_a_position_says_in_its_text_what_is_not_told(
    records: Records, position: str, said: str
) -> None:
    assert said in records["position", position]["text"].lower().replace("\n", " ")
