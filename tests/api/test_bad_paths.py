"""Paths and queries of single records that are refused, and what is heavy but allowed."""

from __future__ import annotations

from itertools import product

import pytest
from starlette.testclient import TestClient

from tests.api.problems import LISTS, PROBLEM, problem
from tests.cases import check_every_case

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


def test_reads_of_one_record_and_of_the_ledger_refuse_as_well(api_on_sqlite: TestClient) -> None:
    def refused(path: str, field: str) -> None:
        assert problem(api_on_sqlite, path)["errors"][0]["field"] == field

    check_every_case(SINGLES, refused)


def test_a_revision_above_the_newest_is_not_there_however_long_its_number(
    api_on_sqlite: TestClient,
) -> None:
    for digits in (6, 17, 18, 19, 30, 400):
        for path in ("meetings", "meetings/x", "meetings/x/history", "timeline", "changes"):
            found = problem(api_on_sqlite, f"/v1/{path}?revision={'9' * digits}", 404)
            assert (found["type"], found["errors"][0]["field"]) == (
                "/docs#problem-no-such-revision",
                "revision",
            )


IDENTIFIERS = [
    "none", "9" * 30, "x" * 3_000, "%00", "a%00b", "%ff", "%ED%A0%80", "a%2Fb",
    "'", "%22", "%25", "-1", "null", "é", "%F0%9F%92%A9", "a'; DROP TABLE meeting; --", "*", "~",
]  # fmt: skip


@pytest.mark.parametrize("suffix", ["", "/history", "?revision=1", "?as_of=2023-01-01"])
def test_a_strange_identifier_is_not_found(sample: TestClient, suffix: str) -> None:
    def refused(identifier: str) -> None:
        answer = sample.get(f"/v1/meetings/{identifier}{suffix}")
        assert answer.status_code in (400, 404), answer.text[:200]
        assert answer.headers["content-type"] == PROBLEM
        assert "x" * 101 not in answer.text

    check_every_case(((identifier,) for identifier in IDENTIFIERS), refused)


def test_a_query_that_is_too_long_is_refused(api_on_sqlite: TestClient) -> None:
    def refused(path: str, size: int) -> None:
        found = problem(api_on_sqlite, f"{path}?q={'a' * (size - 2)}", 414)
        assert found["errors"][0]["field"] == "query"

    check_every_case(
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
def test_what_the_grammar_allows_is_answered(sample: TestClient, path: str, number: int) -> None:
    for clock in ("", "&as_of=2023-04-26"):
        answer = sample.get(f"{path}?{HEAVY[number]}{clock}")
        assert answer.status_code == 200, answer.text[:300]
