"""Pages: a walk neither skips nor repeats, whatever is written meanwhile."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.testclient import TestClient

from tests.builders import RecordWriter, deletion, issue, meeting, participant, position, source

LISTS = [
    "/v1/meetings?",
    "/v1/meetings?sort=date",
    "/v1/meetings?sort=recorded",
    "/v1/meetings?sort=-id&status=held,planned",
    "/v1/timeline?",
    "/v1/timeline?sort=-date",
    "/v1/timeline?from=2023&match=possible",
    "/v1/timeline?to=2023-05&match=certain&sort=-date",
    "/v1/timeline?q=moscow,troops",
    "/v1/timeline?as_of=2023-04-26",
    "/v1/timeline?revision=44",
    "/v1/timeline?revision=44&as_of=2023-04-25&sort=-date",
    "/v1/timeline?sort=-recorded",
    "/v1/people?",
    "/v1/people?sort=-id",
    "/v1/sources?sort=recorded",
    "/v1/changes?",
    "/v1/changes?revision=44&as_of=2023-04-25",
    "/v1/meetings/2023-04-25-moscow/history?",
]


def walk(client: TestClient, path: str) -> list[dict[str, Any]]:
    """Every item from a page on."""
    found: list[dict[str, Any]] = []
    following: str | None = path
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        following = page["next"]
        link = f'<{following}>; rel="next"' if following else None
        assert answer.headers.get("link") == link
        assert len(found) < 500
    return found


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_the_pages_together_are_the_whole_list(sample: TestClient, path: str, limit: int) -> None:
    whole = sample.get(f"{path}&limit=200").json()
    assert whole["next"] is None
    assert walk(sample, f"{path}&limit={limit}") == whole["items"]
    assert len(whole["items"]) == whole["total"] > 0


def test_next_is_a_path_that_carries_every_parameter(sample: TestClient) -> None:
    given: list[Any] = [
        ("party", "!QAT"),
        ("party", "TUR"),
        ("q", 'İstanbul,"a, b",moscow'),
        ("limit", "1"),
    ]
    page = sample.get("/v1/meetings", params=given).json()
    assert page["total"] > 1
    assert page["next"].startswith("/v1/meetings?")
    carried = parse_qsl(urlsplit(page["next"]).query)
    assert [pair for pair in carried if pair[0] != "cursor"] == given


def test_every_page_tells_the_same_total(sample: TestClient) -> None:
    following, totals = "/v1/timeline?limit=4", set()
    while following:
        page = sample.get(following).json()
        totals.add(page["total"])
        following = page["next"]
    assert len(totals) == 1


def test_a_walk_does_not_see_what_is_written_meanwhile(
    writer: RecordWriter, client: TestClient
) -> None:
    writer.basis()
    writer.write(source("s", "2023-04-26"))
    writer.write(*(meeting(f"m{n}", f"2023-04-{n:02}", sources=["s"]) for n in range(10, 20)))
    for path in ("/v1/meetings?limit=2", "/v1/meetings?limit=2&as_of=2023-05-01"):
        whole = client.get(path.replace("limit=2", "limit=200")).json()
        found: list[dict[str, Any]] = []
        following, step = path, 0
        while following:
            page = client.get(following).json()
            assert page["total"] == whole["total"]
            found += page["items"]
            following = page["next"]
            first, last = found[0]["id"], whole["items"][-1]["id"]
            for change in (
                meeting(f"new{writer.newest()}", "2023-04-14", sources=["s"]),
                meeting(first, "2023-04-11", sources=["s"]),
                meeting(last, "2023-04-29", title=str(step), sources=["s"]),
                deletion("meeting", whole["items"][4]["id"])
                if step
                else issue(f"i{writer.newest()}"),
            ):
                writer.write(change)
            step += 1
        assert found == whole["items"]


def test_a_walk_through_the_changes_goes_on_to_what_is_new(
    writer: RecordWriter, client: TestClient
) -> None:
    writer.write(*(issue(f"i{n}") for n in range(5)))
    page = client.get("/v1/changes?limit=3").json()
    writer.write(issue("new"))
    rest = client.get(page["next"]).json()
    assert [item["id"] for item in page["items"] + rest["items"]] == [
        *(f"i{n}" for n in range(5)),
        "new",
    ]
    assert client.get("/v1/changes?after=6").json() == {"items": [], "next": None, "total": 0}


def test_the_next_page_stays_the_same_for_ever(writer: RecordWriter, client: TestClient) -> None:
    writer.write(*(issue(f"i{n}") for n in range(5)))
    following = client.get("/v1/issues?limit=2").json()["next"]
    before = client.get(following)
    writer.write(issue("i2a"), deletion("issue", "i3"))
    assert client.get(following).content == before.content


# ---- cursors that were not given for the query


def cursor_of(client: TestClient, path: str) -> str:
    following: str = client.get(path).json()["next"]
    return dict(parse_qsl(urlsplit(following).query))["cursor"]


def refused(client: TestClient, path: str, cursor: str) -> None:
    answer = client.get(path, params={**dict(parse_qsl(urlsplit(path).query)), "cursor": cursor})
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["field"] == "cursor"


FOREIGN = [
    ("/v1/meetings?limit=1", "/v1/people?limit=1"),
    ("/v1/meetings?limit=1", "/v1/timeline?limit=1"),
    ("/v1/meetings?limit=1", "/v1/meetings?limit=1&party=TUR"),
    ("/v1/meetings?limit=1&party=TUR", "/v1/meetings?limit=1"),
    ("/v1/meetings?limit=1&party=TUR", "/v1/meetings?limit=1&party=SYR"),
    ("/v1/meetings?limit=1", "/v1/meetings?limit=1&sort=date"),
    ("/v1/meetings?limit=1", "/v1/meetings?limit=1&as_of=2023-04-26"),
    ("/v1/meetings?limit=1", "/v1/meetings?limit=1&revision=44"),
    ("/v1/meetings?limit=1&format=bilateral", "/v1/meetings?limit=1"),
    ("/v1/meetings?limit=1&format=bilateral", "/v1/meetings?limit=1&format=multilateral"),
    ("/v1/issues/m4/history?limit=1", "/v1/meetings/2023-04-25-moscow/history?limit=1"),
    ("/v1/issues/m4/history?limit=1", "/v1/issues?limit=1"),
]


@pytest.mark.parametrize(("of", "other"), FOREIGN)
def test_a_cursor_serves_only_the_query_it_was_given_for(
    sample: TestClient, of: str, other: str
) -> None:
    refused(sample, other, cursor_of(sample, of))


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_what_does_not_choose_or_order_may_change_on_the_way(
    sample: TestClient, limit: int
) -> None:
    cursor = cursor_of(sample, "/v1/meetings?limit=1&party=TUR")
    path = f"/v1/meetings?party=TUR&limit={limit}&fields=id&include=parties&cursor={cursor}"
    page = sample.get(path).json()
    assert len(page["items"]) == min(limit, page["total"] - 1)


def test_a_forged_or_truncated_cursor_is_refused(sample: TestClient) -> None:
    path = "/v1/meetings?limit=1"
    cursor = cursor_of(sample, path)
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    for index in range(len(raw)):
        changed = raw.copy()
        changed[index] ^= 1
        refused(sample, path, base64.urlsafe_b64encode(bytes(changed)).rstrip(b"=").decode())
    for index in range(1, len(cursor), 5):
        refused(sample, path, cursor[:index])
    for text in ("x", "=", "é", " ", "null", cursor + "A", cursor[::-1], "A" * 2000, "%00"):
        refused(sample, path, text)


def test_another_databases_cursor_is_refused(
    sample: TestClient, writer: RecordWriter, client: TestClient
) -> None:
    writer.write(meeting("a"), meeting("b"))
    refused(client, "/v1/meetings?limit=1", cursor_of(sample, "/v1/meetings?limit=1"))


def test_limits(sample: TestClient) -> None:
    for path, most in (("/v1/meetings", 200), ("/v1/timeline", 1000), ("/v1/changes", 200)):
        assert sample.get(f"{path}?limit={most}").status_code == 200
        for limit in (most + 1, -1, "1.0", "ten", "", 10**30, "٣"):
            answer = sample.get(path, params={"limit": str(limit)})
            assert answer.status_code == 400, limit
            assert answer.json()["errors"][0]["field"] == "limit"


def test_a_page_has_fifty_items_unless_told_otherwise(
    writer: RecordWriter, client: TestClient
) -> None:
    writer.basis()
    writer.write(*(position(f"p{n:03}", "2023", party="TUR") for n in range(53)))
    writer.write(meeting("m", participants=[participant("TUR")]))
    page = client.get("/v1/positions").json()
    assert (len(page["items"]), page["total"]) == (50, 53)
    assert len(client.get(page["next"]).json()["items"]) == 3
