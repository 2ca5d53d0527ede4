"""When and where, as closely as the source tells and no closer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.seed.claims import APRIL, DECEMBER, DEPUTIES, MINISTERS, SUMMIT, VISIT, Records

# The first and the last possible day, and how finely the date is given.
DATES = [
    ("milestone", "syrian-war-outbreak", "2011-01-01", "2011-12-31", "year"),
    ("milestone", "iran-joins-normalisation", "2023-01-01", "2023-04-25", "set"),
    ("milestone", "tr-general-election-2023", "2023-05-01", "2023-05-31", "month"),
    ("meeting", DECEMBER, "2022-12-28", "2022-12-28", "day"),
    ("meeting", VISIT, "2023-03-01", "2023-03-31", "month"),
    ("meeting", DEPUTIES, "2023-04-04", "2023-04-04", "day"),
    ("meeting", APRIL, "2023-04-25", "2023-04-25", "day"),
    ("meeting", MINISTERS, "2023-04-26", "2023-05-30", "interval"),
    ("meeting", SUMMIT, "2023-04-27", None, "interval"),
    ("position", "2023-03-syr-withdrawal", "2023-03-01", "2023-03-31", "month"),
    ("position", "2023-04-04-syr-withdrawal", "2023-04-04", "2023-04-04", "day"),
    ("position", "2023-04-25-syr-withdrawal", "2023-04-25", "2023-04-25", "day"),
    ("position", "tur-kurdish-forces", None, "2023-04-26", "interval"),
    ("position", "tur-refugees", None, "2023-04-26", "interval"),
]


@pytest.mark.parametrize(("noun", "name", "earliest", "latest", "precision"), DATES)
def test_an_event_has_the_day_that_is_told_and_no_finer(
    records: Records,
    noun: str,
    name: str,
    earliest: str | None,
    latest: str | None,
    precision: str,
) -> None:
    date = records[noun, name]["date"]
    assert (date["earliest"], date["latest"], date["precision"]) == (earliest, latest, precision)


def test_every_dated_record_is_in_that_table(records: Records) -> None:
    dated = {key for key, record in records.items() if "date" in record}
    assert dated == {(noun, name) for noun, name, *_ in DATES}


MOSCOW = {"name": "Moscow", "country": "RUS", "latitude": 55.7558, "longitude": 37.6173}
RUSSIA = {"name": "Russia", "country": "RUS", "latitude": None, "longitude": None}
PLACES = [
    (DECEMBER, MOSCOW),
    (VISIT, RUSSIA),
    (DEPUTIES, MOSCOW),
    (APRIL, MOSCOW),
    (MINISTERS, None),
    (SUMMIT, None),
]


@pytest.mark.parametrize(("meeting", "place"), PLACES)
def test_a_meeting_has_the_place_that_is_told(
    records: Records, meeting: str, place: dict[str, Any] | None
) -> None:
    assert records["meeting", meeting]["place"] == place
