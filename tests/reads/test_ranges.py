"""Dates: `from`, `to` and `match`, against every kind of date; orders and where nulls stand."""

from __future__ import annotations

from itertools import product

import pytest
from starlette.testclient import TestClient

from app.kit import edtf
from tests.builders import RecordWriter, meeting, milestone, position
from tests.reference_model import DATED, Entry, Model, certain, in_order, possible

RANGES: list[tuple[str | None, str | None]] = [
    *product(
        [None, "0001", "2022-12-28", "2023", "2023-04-25", "2023-05-27", "2024-12-08"],
        [None, "2023-03-31", "2023-04-25", "2023-05", "2024", "9999-12-31"],
    )
]


def asked(first: str | None, last: str | None, match: str | None = None) -> str:
    given = {"from": first, "to": last, "match": match}
    return "&".join(f"{name}={value}" for name, value in given.items() if value)


def days(first: str | None, last: str | None) -> tuple[str | None, str | None]:
    """The first and last day of a range whose ends may be months or years."""
    begin = edtf.parse(first).earliest if first else None
    end = edtf.parse(last).latest if last else None
    return (
        None if begin is None else edtf.iso_date(begin),
        None if end is None else edtf.iso_date(end),
    )


def dated(model: Model) -> list[Entry]:
    return [entry for entry in model.visible() if entry.noun in DATED]


@pytest.mark.parametrize(("first", "last"), [r for r in RANGES if r != (None, None)])
def test_possible_overlaps_certain_lies_within(
    sample: TestClient, model: Model, first: str | None, last: str | None
) -> None:
    begin, end = days(first, last)
    if begin and end and begin > end:
        answer = sample.get(f"/v1/timeline?{asked(first, last)}")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "to"
        return
    sure = {(e.noun, e.id) for e in dated(model) if certain(e, begin, end)}
    maybe = {(e.noun, e.id) for e in dated(model) if possible(e, begin, end)}
    assert sure <= maybe
    for match, wanted in ((None, maybe), ("possible", maybe), ("certain", sure)):
        page = sample.get(f"/v1/timeline?limit=1000&{asked(first, last, match)}").json()
        found = {(item["type"], item["id"]): item["match"] for item in page["items"]}
        assert set(found) == wanted
        assert len(page["items"]) == page["total"] == len(wanted)
        assert {key for key, how in found.items() if how == "certain"} == sure


# Dates that lie on the edges of 2023-04: the date, is it possible, is it certain.
EDGES: list[tuple[str | None, bool, bool]] = [
    ("2023-04-01", True, True),
    ("2023-04-30", True, True),
    ("2023-03-31", False, False),
    ("2023-05-01", False, False),
    ("2023-04", True, True),
    ("2023-03/2023-04", True, False),
    ("2023-03-31/2023-04-01", True, False),
    ("2023-04-30/2023-05-01", True, False),
    ("2023", True, False),
    ("2023~", True, False),
    ("2023-04?", True, True),
    ("2022/2024", True, False),
    ("2019/2029", True, False),
    ("../2023-04-15", True, False),
    ("../2023-03-31", False, False),
    ("2023-04-15/..", True, False),
    ("2023-05-01/..", False, False),
    ("2023-21", True, False),
    ("2023-XX", True, False),
    ("20XX", True, False),
    ("-0100", False, False),
    (None, False, False),
]


@pytest.mark.parametrize(("date", "maybe", "sure"), EDGES)
def test_the_edges_of_a_month(
    writer: RecordWriter, client: TestClient, date: str | None, *, maybe: bool, sure: bool
) -> None:
    writer.write(meeting("m", date))
    month = "/v1/meetings?from=2023-04&to=2023-04"
    assert client.get(month).json()["total"] == int(maybe)
    assert client.get(f"{month}&match=certain").json()["total"] == int(sure)
    if maybe:
        row = client.get(f"{month}&fields=id").json()["items"][0]
        assert row == {"id": "m", "match": "certain" if sure else "possible"}


def test_rows_carry_match_only_where_a_range_is_asked_for(sample: TestClient) -> None:
    for path in ("/v1/meetings", "/v1/timeline", "/v1/positions"):
        assert all("match" not in row for row in sample.get(path).json()["items"])
        assert all("match" in row for row in sample.get(f"{path}?to=9999").json()["items"])


# ---- order


SORTS = ["date", "-date", "id", "-id", "recorded", "-recorded"]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("noun", [*DATED, "timeline"])
def test_every_order(sample: TestClient, model: Model, sort: str, noun: str) -> None:
    chosen = DATED if noun == "timeline" else (noun,)
    wanted = in_order([e for e in model.visible() if e.noun in chosen], sort)
    path = "/v1/timeline" if noun == "timeline" else f"/v1/{noun}s"
    page = sample.get(f"{path}?limit=200&sort={sort}").json()
    assert [item["id"] for item in page["items"]] == [e.id for e in wanted]


@pytest.mark.parametrize(
    ("path", "sort"),
    [
        ("/v1/meetings", "-date"),
        ("/v1/positions", "-date"),
        ("/v1/milestones", "date"),
        ("/v1/timeline", "date"),
        ("/v1/people", "id"),
        ("/v1/sources", "id"),
        ("/v1/issues", "id"),
    ],
)
def test_what_order_a_list_has_of_itself(sample: TestClient, path: str, sort: str) -> None:
    assert sample.get(path).json()["items"] == sample.get(f"{path}?sort={sort}").json()["items"]


TIED = [
    ("b", "2023-04-01/2023-04-30"), ("a", "2023-04"), ("c", "2023-04-01"), ("d", "2023-04/.."),
    ("e", "2023-03-31"), ("f", "../2023-04-01"), ("g", "../2023-01-01"), ("h", None),
    ("i", "-0200"), ("j", "-0300"), ("k", "0000"),
]  # fmt: skip
UP = ["j", "i", "k", "e", "c", "a", "b", "d", "g", "f", "h"]
DOWN = ["b", "a", "c", "d", "e", "k", "i", "j", "f", "g", "h"]


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_ties_are_broken_by_the_latest_day_then_the_identifier_and_nulls_come_last(
    writer: RecordWriter, client: TestClient, limit: int
) -> None:
    writer.write(*(meeting(identifier, date) for identifier, date in TIED))
    for sort, wanted in (("date", UP), ("-date", DOWN)):
        found, following = [], f"/v1/meetings?limit={limit}&sort={sort}"
        while following:
            page = client.get(following).json()
            found += [item["id"] for item in page["items"]]
            following = page["next"]
        assert found == wanted, sort


def test_a_second_key_orders_what_the_first_leaves_equal(
    writer: RecordWriter, client: TestClient
) -> None:
    writer.write(meeting("a", "2023-04"), meeting("b", "2023-04"), meeting("c", "2023-04"))
    for sort, wanted in (
        ("date,-id", "cba"),
        ("-date,id", "abc"),
        ("date,-recorded", "cba"),
        ("-date,recorded", "abc"),
    ):
        page = client.get(f"/v1/meetings?sort={sort}").json()
        assert "".join(item["id"] for item in page["items"]) == wanted, sort


def test_the_timeline_breaks_ties_between_kinds_the_same_way_each_time(
    writer: RecordWriter, client: TestClient
) -> None:
    writer.basis()
    writer.write(meeting("x", "2023"), position("x", "2023"), milestone("w", "2023"))
    up = [(i["id"], i["type"]) for i in client.get("/v1/timeline").json()["items"]]
    down = [(i["id"], i["type"]) for i in client.get("/v1/timeline?sort=-date").json()["items"]]
    assert up == [("w", "milestone"), ("x", "meeting"), ("x", "position")]
    assert down == up[::-1]
