"""Bad input: a 4xx problem that names the field, never a 5xx, never the input given back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.conftest import client_of
from tests.databases import SqliteDatabases
from tests.tables import every
from tests.world import build

LONG = "x" * 300
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def door(sqlite_databases: SqliteDatabases) -> Iterator[TestClient]:
    """Reads the world on one engine: for what is refused before any engine is asked."""
    url = sqlite_databases.filled("world", lambda database: build(Ledger(database, NOUNS)))
    yield from client_of(url)
    sqlite_databases.give_back(url)


def problem(client: TestClient, path: str, status: int = 400) -> dict[str, Any]:
    """The problem that a path is answered with, as every problem must be."""
    answer = client.get(path)
    assert answer.status_code == status, (answer.status_code, answer.text[:300])
    assert answer.headers["content-type"] == PROBLEM
    assert answer.headers["x-content-type-options"] == "nosniff"
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    assert re.fullmatch(r"/docs#problem-[a-z-]+", found["type"])
    assert found["title"]
    assert found["detail"]
    for fault in found.get("errors", []):
        assert set(fault) == {"field", "message", "accepted"}
        assert fault["field"]
        assert fault["message"]
    assert LONG[:100] not in answer.text
    assert "Traceback" not in answer.text
    return found


LISTS = ["/v1/meetings", "/v1/timeline"]
# The query, and the field that the first fault must name.
QUERIES: list[tuple[str, str]] = [
    # dates that are none
    ("from=2023-02-29", "from"),
    ("from=2023-13", "from"),
    ("from=2023-04-31", "from"),
    ("from=2023-00", "from"),
    ("from=23", "from"),
    ("from=", "from"),
    ("from=0", "from"),
    ("from=yesterday", "from"),
    ("from=2023-04-25T00:00:00Z", "from"),
    ("from=2023~", "from"),
    ("from=202X", "from"),
    ("from=2023/2024", "from"),
    ("from=0000", "from"),
    ("from=-0044", "from"),
    ("from=10000", "from"),
    ("from= 2023", "from"),
    ("from=٢٠٢٣", "from"),
    ("to=2023-4-1", "to"),
    ("to=9999999999", "to"),
    ("from=2024&to=2023", "to"),
    ("from=2023&from=2024", "from"),
    ("as_of=2023-04", "as_of"),
    ("as_of=2023-02-30", "as_of"),
    ("as_of=", "as_of"),
    ("as_of=now", "as_of"),
    ("as_of=2023-04-26&as_of=2023-04-26", "as_of"),
    ("updated_since=2023-02-29", "updated_since"),
    ("updated_since=x", "updated_since"),
    ("updated_since=0001-01-01T00:00:00%2B23:00", "updated_since"),
    ("updated_since=2023-01-01T25:00:00Z", "updated_since"),
    # numbers that are none
    ("revision=0", "revision"),
    ("revision=-1", "revision"),
    ("revision=1.5", "revision"),
    ("revision=1e3", "revision"),
    ("revision=0x1", "revision"),
    ("revision=", "revision"),
    ("revision=%2B1", "revision"),
    ("revision=²", "revision"),
    ("revision=" + "0" * 30 + "1", "revision"),
    ("limit=0", "limit"),
    ("limit=1001", "limit"),
    ("limit=" + "1" * 30, "limit"),
    # closed lists
    ("match=certain", "match"),
    ("from=2023&match=sure", "match"),
    ("sort=title", "sort"),
    ("sort=date,,id", "sort"),
    ("sort=--date", "sort"),
    ("sort=date&sort=-date", "sort"),
    ("sort=", "sort"),
    ("fields=nothing", "fields"),
    ("fields=id&fields=title", "fields"),
    ("fields=", "fields"),
    ("fields=id,", "fields"),
    ("facets=title", "facets"),
    ("facets=id", "facets"),
    ("facets=party&facets=status", "facets"),
    ("include=people&include=parties", "include"),
    ("include=everything", "include"),
    ("format=pdf", "format"),
    ("format=json&format=json", "format"),
    ("status=over", "status"),
    ("status=held,over", "status"),
    ("status=!over", "status"),
    ("level=king", "level"),
    ("named=maybe", "named"),
    ("named=!true", "named"),
    ("named=true,false", "named"),
    ("named=true&named=true", "named"),
    ("quoted=1", "quoted"),
    # the grammar
    ("party=", "party"),
    ("party=!", "party"),
    ("party=TUR,", "party"),
    ("party=,TUR", "party"),
    ("party= ", "party"),
    ("party=%22TUR", "party"),
    ("party=%22TUR%22x", "party"),
    ("party=!!TUR", "party"),
    ("party=a b", "party"),
    ("party=../etc", "party"),
    ("party=TUR%0A", "party"),
    ("party=" + LONG, "party"),
    ("place=" + LONG * 2, "place"),
    ("q=", "q"),
    ("q=%E2%80%A6", "q"),
    ("q=a,%21", "q"),
    ("q=" + "+".join(f"w{n}" for n in range(33)), "q"),
    ("&".join(f"party=P{n}" for n in range(201)), "party"),
    ("party=" + ",".join(f"P{n}" for n in range(201)), "party"),
    ("cursor=", "cursor"),
    ("cursor=x", "cursor"),
    # bytes
    ("party=%00", "party"),
    ("q=a%00b", "q"),
    ("%00=a", "query"),
    ("party=%ff", "party"),
    ("q=%ED%A0%80", "q"),
    ("q=%C0%AF", "q"),
    ("q=%F5%80%80%80", "q"),
    ("%ff=a", "query"),
    # names that are none
    ("a[b]=c", "“a[b]”"),
    ("party[]=TUR", "“party[]”"),
    ("from.x=1", "“from.x”"),
    ("$where=1", "“$where”"),
    ("Party=TUR", "Party"),
    (f"{LONG}=1", f"“{LONG[:40]}…”"),
    ("=x", "“”"),
]


@pytest.mark.parametrize("path", LISTS)
def test_a_bad_query_is_refused_and_the_field_named(door: TestClient, path: str) -> None:
    def refused(query: str, field: str) -> None:
        found = problem(door, f"{path}?{query}")
        assert found["errors"][0]["field"] == field
        assert found["type"] == "/docs#problem-bad-query"

    every(QUERIES, refused)


NEAREST = [
    ("/v1/meetings", "statis", "status"),
    ("/v1/meetings", "partys", "party"),
    ("/v1/meetings", "asof", "as_of"),
    ("/v1/timeline", "types", "type"),
    ("/v1/people", "levels", "level"),
    ("/v1/meetings/x", "field", "fields"),
    ("/v1/changes", "afer", "after"),
    ("/v1", "revison", "revision"),
    ("/v1/meetings/x/history", "limits", "limit"),
]


def test_an_unknown_parameter_is_refused_with_the_nearest_name(door: TestClient) -> None:
    def refused(path: str, name: str, near: str) -> None:
        fault = problem(door, f"{path}?{name}=1")["errors"][0]
        assert fault["field"] == name
        assert f"did you mean `{near}`?" in fault["message"]
        assert near in fault["accepted"]

    every(NEAREST, refused)


# Where, what it is called elsewhere, and how the message ends.
PAGING = " The next page is at `next`, in each answer."
ELSEWHERE = [
    *(
        ("/v1/meetings", name, f"did you mean `cursor`?{PAGING}")
        for name in ("page", "offset", "skip")
    ),
    ("/v1/changes", "page", f"did you mean `after`?{PAGING}"),
    *(("/v1/meetings", name, "did you mean `limit`?") for name in ("per_page", "page_size")),
    ("/v1/timeline", "perPage", "did you mean `limit`?"),
    *(("/v1/people", name, "did you mean `q`?") for name in ("search", "query", "text")),
    ("/v1/meetings", "date", "did you mean `from` and `to`?"),
    ("/v1/meetings", "start", "did you mean `from`?"),
    ("/v1/meetings", "end", "did you mean `to`?"),
    ("/v1/people", "since", "did you mean `updated_since`?"),
    ("/v1/changes", "since", "did you mean `after`?"),
    *(("/v1/meetings", name, "did you mean `sort`?") for name in ("order", "order_by")),
    # No guess where there is nothing of the kind.
    ("/v1/people", "date", "is no parameter here"),
    ("/v1/meetings/x", "page", "is no parameter here"),
]


def test_what_other_interfaces_have_is_told_by_its_name_here(door: TestClient) -> None:
    def refused(path: str, name: str, ending: str) -> None:
        [fault] = problem(door, f"{path}?{name}=1")["errors"]
        assert fault["message"].endswith(ending)

    every(ELSEWHERE, refused)


COUNTRIES = [
    *product(("Russia", "RU", "rus", "!RU", "!Russia", "TUR,Rusia"), ["`RUS` (Russia)"]),
    ("Türkiye", "`TUR` (Türkiye)"),
    ('"Korea, North"', "`PRK` (North Korea)"),
]


def test_a_country_is_asked_for_by_a_code_that_there_is(door: TestClient) -> None:
    def refused(path: str, value: str, meant: str) -> None:
        [fault] = problem(door, f"{path}?country={value}")["errors"]
        assert fault["field"] == "country"
        assert fault["message"].endswith(f"is no country's code; did you mean {meant}?")
        assert fault["accepted"] == "an ISO 3166-1 alpha-3 code such as RUS"

    every(((path, *case) for path, case in product(LISTS, COUNTRIES)), refused)
    [fault] = problem(door, f"/v1/meetings?country={LONG}")["errors"]
    assert fault["message"].endswith("is no country's code")


def test_what_has_no_date_takes_no_range(door: TestClient) -> None:
    def refused(plural: str, name: str) -> None:
        value = "date" if name == "sort" else "2023"
        assert problem(door, f"/v1/{plural}?{name}={value}")["errors"][0]["field"] == name

    undated = [noun.plural for noun in NOUNS if noun.date is None]
    every(product(undated, ("from", "to", "match", "sort")), refused)


def test_every_fault_is_told_at_once(door: TestClient) -> None:
    found = problem(door, "/v1/meetings?from=x&to=y&status=z&nothing=1&limit=-1")
    fields = [fault["field"] for fault in found["errors"]]
    assert fields == ["from", "to", "status", "nothing", "limit"]


def test_a_query_of_many_faults_is_answered_briefly(door: TestClient) -> None:
    query = "&".join(f"a{n:03}" for n in range(1_500))
    assert len(door.get(f"/v1/meetings?{query}").content) < 100_000


SINGLES = [
    ("/v1/meetings/x?fields=nothing", "fields"),
    ("/v1/meetings/x?include=meeting", "include"),
    ("/v1/meetings/x?fields=id&fields=title", "fields"),
    ("/v1/meetings/x?include=people&include=people", "include"),
    ("/v1/meetings/x?as_of=2023", "as_of"),
    ("/v1/meetings/x?revision=1&revision=1", "revision"),
    ("/v1/meetings/x?limit=1", "limit"),
    ("/v1/meetings/x?format=pdf", "format"),
    ("/v1/meetings/x/history?limit=0", "limit"),
    ("/v1/meetings/x/history?limit=1&limit=1", "limit"),
    ("/v1/meetings/x/history?cursor=x", "cursor"),
    ("/v1/changes?after=-1", "after"),
    ("/v1/changes?after=" + "9" * 30, "after"),
    ("/v1/changes?after=%ff", "after"),
    ("/v1/changes?cursor=x", "cursor"),
    ("/v1?as_of=x", "as_of"),
    ("/v1?limit=1", "limit"),
    ("/healthz?x=1", "x"),
    ("/readyz?x=1", "x"),
    ("/metrics?x=1", "x"),
]


def test_reads_of_one_record_and_of_the_ledger_refuse_as_well(door: TestClient) -> None:
    def refused(path: str, field: str) -> None:
        assert problem(door, path)["errors"][0]["field"] == field

    every(SINGLES, refused)


def test_a_revision_above_the_newest_is_not_there_however_long_its_number(door: TestClient) -> None:
    for digits in (6, 17, 18, 19, 30, 400):
        for path in ("meetings", "meetings/x", "meetings/x/history", "timeline", "changes"):
            found = problem(door, f"/v1/{path}?revision={'9' * digits}", 404)
            assert (found["type"], found["errors"][0]["field"]) == (
                "/docs#problem-no-such-revision",
                "revision",
            )


IDENTIFIERS = [
    "none", "9" * 30, "x" * 3_000, "%00", "a%00b", "%ff", "%ED%A0%80", "a%2Fb",
    "'", "%22", "%25", "-1", "null", "é", "%F0%9F%92%A9", "a'; DROP TABLE meeting; --", "*", "~",
]  # fmt: skip


@pytest.mark.parametrize("suffix", ["", "/history", "?revision=1", "?as_of=2023-01-01"])
def test_a_strange_identifier_is_not_found(world: TestClient, suffix: str) -> None:
    def refused(identifier: str) -> None:
        answer = world.get(f"/v1/meetings/{identifier}{suffix}")
        assert answer.status_code in (400, 404), answer.text[:200]
        assert answer.headers["content-type"] == PROBLEM
        assert "x" * 101 not in answer.text

    every(((identifier,) for identifier in IDENTIFIERS), refused)


def test_a_query_that_is_too_long_is_refused(door: TestClient) -> None:
    def refused(path: str, size: int) -> None:
        found = problem(door, f"{path}?q={'a' * (size - 2)}", 414)
        assert found["errors"][0]["field"] == "query"

    every(
        product(("/v1/meetings", "/v1/meetings/x", "/v1/changes", "/v1"), (8_001, 20_000)), refused
    )


HEAVY = [
    "&".join(f"party=!P{n}" for n in range(200)),
    "&".join(f"party=P{n}" for n in range(200)),
    "party=" + ",".join(f"P{n}" for n in range(200)),
    "party=!" + ",".join(f"P{n}" for n in range(200)),
    "&".join(f"q=!w{n}" for n in range(200)),
    "&".join(f"q=w{n}" for n in range(200)),
    "q=" + ",".join(f"w{n}" for n in range(32)),
    "q=" + "+".join(f"w{n}" for n in range(32)),
    "&".join(f"q={'+'.join(f'w{n}x{m}' for m in range(9))}" for n in range(100)),
    "&".join(f"party=!P{n}&status=held&q=!w{n}" for n in range(66)),
]


@pytest.mark.parametrize("number", range(len(HEAVY)))
@pytest.mark.parametrize("path", LISTS)
def test_what_the_grammar_allows_is_answered(world: TestClient, path: str, number: int) -> None:
    for clock in ("", "&as_of=2023-04-26"):
        answer = world.get(f"{path}?{HEAVY[number]}{clock}")
        assert answer.status_code == 200, answer.text[:300]
