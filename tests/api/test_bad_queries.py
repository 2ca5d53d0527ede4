"""Queries of lists that are refused, and in which words."""

from __future__ import annotations

from itertools import product

import pytest
from starlette.testclient import TestClient

from app.nouns.registry import NOUNS
from tests.api.problems import LISTS, LONG, problem
from tests.cases import check_every_case

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
def test_a_bad_query_is_refused_and_the_field_named(api_on_sqlite: TestClient, path: str) -> None:
    def refused(query: str, field: str) -> None:
        found = problem(api_on_sqlite, f"{path}?{query}")
        assert found["errors"][0]["field"] == field
        assert found["type"] == "/docs#problem-bad-query"

    check_every_case(QUERIES, refused)


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


def test_an_unknown_parameter_is_refused_with_the_nearest_name(api_on_sqlite: TestClient) -> None:
    def refused(path: str, name: str, near: str) -> None:
        fault = problem(api_on_sqlite, f"{path}?{name}=1")["errors"][0]
        assert fault["field"] == name
        assert f"did you mean `{near}`?" in fault["message"]
        assert near in fault["accepted"]

    check_every_case(NEAREST, refused)


# Where, what it is called elsewhere, and how the message ends.
PAGING = " Each response has the next page in `next`."
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
    ("/v1/people", "date", "unknown parameter"),
    ("/v1/meetings/x", "page", "unknown parameter"),
]


def test_what_other_interfaces_have_is_told_by_its_name_here(api_on_sqlite: TestClient) -> None:
    def refused(path: str, name: str, ending: str) -> None:
        [fault] = problem(api_on_sqlite, f"{path}?{name}=1")["errors"]
        assert fault["message"].endswith(ending)

    check_every_case(ELSEWHERE, refused)


COUNTRIES = [
    *product(("Russia", "RU", "rus", "!RU", "!Russia", "TUR,Rusia"), ["`RUS` (Russia)"]),
    ("Türkiye", "`TUR` (Türkiye)"),
    ('"Korea, North"', "`PRK` (North Korea)"),
]


def test_a_country_is_asked_for_by_a_code_that_there_is(api_on_sqlite: TestClient) -> None:
    def refused(path: str, value: str, meant: str) -> None:
        [fault] = problem(api_on_sqlite, f"{path}?country={value}")["errors"]
        assert fault["field"] == "country"
        assert fault["message"].endswith(f"is not a valid country code; did you mean {meant}?")
        assert fault["accepted"] == "an ISO 3166-1 alpha-3 code such as RUS"

    check_every_case(((path, *case) for path, case in product(LISTS, COUNTRIES)), refused)
    [fault] = problem(api_on_sqlite, f"/v1/meetings?country={LONG}")["errors"]
    assert fault["message"].endswith("is not a valid country code")


def test_what_has_no_date_takes_no_range(api_on_sqlite: TestClient) -> None:
    def refused(plural: str, name: str) -> None:
        value = "date" if name == "sort" else "2023"
        assert problem(api_on_sqlite, f"/v1/{plural}?{name}={value}")["errors"][0]["field"] == name

    undated = [noun.plural for noun in NOUNS if noun.date_field is None]
    check_every_case(product(undated, ("from", "to", "match", "sort")), refused)


def test_every_fault_is_told_at_once(api_on_sqlite: TestClient) -> None:
    found = problem(api_on_sqlite, "/v1/meetings?from=x&to=y&status=z&nothing=1&limit=-1")
    fields = [fault["field"] for fault in found["errors"]]
    assert fields == ["from", "to", "status", "nothing", "limit"]


def test_a_query_of_many_faults_is_answered_briefly(api_on_sqlite: TestClient) -> None:
    query = "&".join(f"a{n:03}" for n in range(1_500))
    assert len(api_on_sqlite.get(f"/v1/meetings?{query}").content) < 100_000
