"""The pages as HTTP: policies, validators, errors. No browser is needed."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors "
)
HTML = "text/html; charset=utf-8"


@pytest.mark.parametrize(("path", "framed"), [("/", "'none'"), ("/embed", "*")])
def test_each_page_says_what_it_may_do(seeded: TestClient, path: str, framed: str) -> None:
    for query in ("", "?view=met", "?from=soon"):
        answer = seeded.get(path + query)
        assert answer.headers["content-type"] == HTML
        assert answer.headers["content-security-policy"] == POLICY + framed
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_page_is_revalidated(seeded: TestClient) -> None:
    first = seeded.get("/?party=TUR")
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-cache"
    again = seeded.get("/?party=TUR", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert "content-security-policy" in again.headers


def test_lanes_and_views_have_tags_of_their_own(seeded: TestClient) -> None:
    paths = ["/", "/?lanes=issue", "/?view=met", "/?view=positions", "/embed"]
    assert len({seeded.get(path).headers["etag"] for path in paths}) == len(paths)


def test_what_a_page_loads_is_named_by_its_content(seeded: TestClient) -> None:
    page = seeded.get("/").text
    files = set(re.findall(r'"(/assets/[^"]+)"', page))
    assert {file.rsplit(".")[-1] for file in files} == {"css", "js", "svg"}
    for file in files:
        answer = seeded.get(file)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        tag = answer.headers["etag"]
        assert seeded.get(file, headers={"if-none-match": tag}).status_code == 304
    module = next(file for file in files if file.endswith("/page.js"))
    for name in re.findall(r'from "\./([^"]+)"', seeded.get(module).text):
        assert seeded.get(module.replace("page.js", name)).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/assets/page-000000000000/page.js", "/assets/../pages.py", "/assets/page/..%2Fpages.py"],
)
def test_nothing_else_is_served(seeded: TestClient, path: str) -> None:
    assert seeded.get(path).status_code == 404


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("from=soon", 400, "a month (2023-04)"),
        ("status=hled", 400, "did you mean held?"),
        ("party=TUR&as_of=2023-13-01", 400, "as_of"),
        ("revision=999999", 404, "does not exist yet"),
        ("cursor=abc", 400, "is not valid for this query"),
        ("view=globe", 400, "timeline, positions, met"),
        ("q=%ff", 400, "is not valid UTF-8"),
        ("q=" + "x" * 9_000, 414, "is longer than 8000 bytes"),
    ],
)
def test_what_is_wrong_is_said_in_a_page(
    seeded: TestClient, query: str, status: int, told: str
) -> None:
    answer = seeded.get(f"/?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == HTML
    assert answer.headers["cache-control"] == "no-store"
    assert told in answer.text
    assert 'id="filters"' in answer.text


def test_what_was_right_stays_in_the_form(seeded: TestClient) -> None:
    page = seeded.get("/?party=TUR&from=soon").text
    assert '<option value="TUR" selected>' in page
    assert '<a href="/?party=TUR">Show it without this parameter</a>' in page


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("pary=TUR", "“pary” is not a filter here and was ignored. Did you mean “party”?"),
        ("search=Moscow", "“search” is not a filter here and was ignored. Did you mean “q”?"),
        ("date=2023", "Did you mean “from” and “to”?"),
        ("utm_source=letter", "“utm_source” is not a filter here and was ignored."),
        ("fields=id", "has no effect here"),
        ("format=ics", "has no effect here"),
    ],
)
def test_what_does_not_exist_is_set_aside(seeded: TestClient, query: str, told: str) -> None:
    answer = seeded.get(f"/?{query}")
    assert answer.status_code == 200
    assert told in answer.text
    assert "14 entries" in answer.text


def test_an_empty_field_of_the_form_is_no_filter(seeded: TestClient) -> None:
    answer = seeded.get("/?q=&party=&party=&issue=&from=&to=&match=certain&as_of=")
    assert answer.status_code == 200
    assert "14 entries" in answer.text


def test_every_filter_of_the_timeline_works_here(sample: TestClient) -> None:
    queries = [
        "party=TUR&party=SYR&party=!IRN",
        "format=quadrilateral",
        "level=foreign_minister",
        "named=false",
        "q=moscow,tehran",
        "status=planned,proposed",
        "as_of=2023-04-24",
        "revision=20",
        "from=2023&match=certain",
        "type=!position&sort=-date",
    ]
    for query in queries:
        total = sample.get(f"/v1/timeline?{query}").json()["total"]
        told = "1 entry" if total == 1 else f"{total} entries"
        assert f">{told}</h2>" in sample.get(f"/?{query}").text, query


def test_a_walk_through_the_pages_shows_each_entry_once(sample: TestClient) -> None:
    shown, path = list[str](), "/?limit=4&lanes=issue"
    while path:
        page = sample.get(path).text
        shown += re.findall(r'<article id="([^"]+)"', page)
        found = re.search(r'<a rel="next" href="([^"]+)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    total = sample.get("/v1/timeline").json()["total"]
    assert len(shown) == len(set(shown)) == total


@pytest.mark.parametrize("view", ["timeline", "positions", "positions&issue=withdrawal", "met"])
def test_every_view_knows_both_clocks(sample: TestClient, view: str) -> None:
    for clock in ("as_of=2023-04-24", "revision=5", "as_of=2023-04-26&revision=30"):
        assert sample.get(f"/?view={view}&{clock}").status_code == 200


def test_the_permanent_link_is_permanent(seeded: TestClient) -> None:
    page = seeded.get("/?party=TUR").text
    found = re.search(r'href="([^"]+)">Permanent link', page)
    assert found
    assert found[1] == "/?party=TUR&amp;revision=34"
