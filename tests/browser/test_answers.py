"""The pages as HTTP: policies, validators, errors. No browser is needed."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from tests.builders import Pen, issue, meeting, person, position, process, seat, source

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
        ("from=soon", 400, "a month 2023-04"),
        ("status=hled", 400, "did you mean held?"),
        ("party=TUR&as_of=2023-13-01", 400, "as_of"),
        ("revision=999999", 404, "is above the newest"),
        ("cursor=abc", 400, "was not given for this query"),
        ("view=globe", 400, "timeline, positions, met"),
        ("q=%ff", 400, "is not UTF-8"),
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
    assert '<a href="/?party=TUR">Show it without this</a>' in page


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("pary=TUR", "“pary” is no filter here and was set aside. Did you mean “party”?"),
        ("search=Moscow", "“search” is no filter here and was set aside. Did you mean “q”?"),
        ("date=2023", "Did you mean “from” and “to”?"),
        ("utm_source=letter", "“utm_source” is no filter here and was set aside."),
        ("fields=id", "does nothing here"),
        ("format=ics", "does nothing here"),
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


def test_every_filter_of_the_timeline_works_here(world: TestClient) -> None:
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
        total = world.get(f"/v1/timeline?{query}").json()["total"]
        told = "1 entry" if total == 1 else f"{total} entries"
        assert f">{told}</h2>" in world.get(f"/?{query}").text, query


def test_a_walk_through_the_pages_shows_each_entry_once(world: TestClient) -> None:
    shown, path = list[str](), "/?limit=4&lanes=issue"
    while path:
        page = world.get(path).text
        shown += re.findall(r'<article id="([^"]+)"', page)
        found = re.search(r'<a rel="next" href="([^"]+)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    total = world.get("/v1/timeline").json()["total"]
    assert len(shown) == len(set(shown)) == total


@pytest.mark.parametrize("view", ["timeline", "positions", "positions&issue=withdrawal", "met"])
def test_every_view_knows_both_clocks(world: TestClient, view: str) -> None:
    for clock in ("as_of=2023-04-24", "revision=5", "as_of=2023-04-26&revision=30"):
        assert world.get(f"/?view={view}&{clock}").status_code == 200


def test_the_permanent_link_is_permanent(seeded: TestClient) -> None:
    page = seeded.get("/?party=TUR").text
    found = re.search(r'href="([^"]+)">Permanent link', page)
    assert found
    assert found[1] == "/?party=TUR&amp;revision=34"


def _article(page: str, identifier: str) -> str:
    """What one entry says, without its tags."""
    found = re.search(f'<article id="{identifier}".*?</article>', page, re.DOTALL)
    assert found, identifier
    return _text(found[0])


def _text(markup: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", markup).replace("&nbsp;", " ").split())


def test_a_newcomer_is_told_what_the_talks_are(seeded: TestClient) -> None:
    told = _text(seeded.get("/").text)
    for words in (
        "Syria–Türkiye normalisation Talks to mend the relations of Syria and Türkiye",
        "Parties Syria , Türkiye , Russia , Iran",
        "Meetings 4 held · 1 planned · 1 proposed Known to 26 April 2023",
    ):
        assert words in told
    assert "Meetings 1 planned" in _text(seeded.get("/?status=planned").text)


def test_several_processes_are_a_list_to_choose_from(client: TestClient, pen: Pen) -> None:
    pen.basis()
    pen.write(process("oslo", name="Oslo channel"), process("geneva", name="Geneva talks"))
    pen.write(*(meeting(f"o{n}", "2023-04-25", process="oslo") for n in range(2)))
    pen.write(meeting("g", "2023-04-26", process="geneva"))
    page = client.get("/").text
    assert '<a href="/?process=oslo"><bdi>Oslo channel</bdi></a>&nbsp;<span class="count">2' in page
    assert '<option value="geneva">Geneva talks</option>' in page
    chosen = _text(client.get("/?process=geneva").text)
    assert "Process Geneva talks" in chosen
    assert "1 entry" in chosen


def test_the_whole_of_a_record_is_shown(client: TestClient, pen: Pen) -> None:
    pen.basis()
    pen.write(
        process("track", name="The track"),
        person("recep", name="Recep Tayyip Erdogan"),
        source("copy", "2023-04-27", title="A dispatch", publisher="Agency", mirrored_by="Mirror"),
        source("orphan", "2023-04-28", mirrored_by="Mirror"),
    )
    body = {
        "process": "track",
        "start": "10:00",
        "end": "12:30",
        "timezone": "Europe/Istanbul",
        "participants": [
            seat("TUR", person="recep", name="R. T. Erdogan", level="head_of_state"),
            seat("SYR", person="recep", name="Recep Tayyip Erdogan", office="President"),
        ],
        "sources": ["copy", "orphan"],
    }
    pen.write(*(meeting(s, "2023-04-25", status=s, **body) for s in ("held", "cancelled")))
    pen.write(meeting("planned", "2033-04-25", status="planned", **body))
    page = client.get("/").text
    told = _article(page, "meeting/held")
    for words in (
        "25 April 2023 10:00–12:30 Europe/Istanbul time",
        "level: head of state",
        "At the table Party Level Office then held Person",
        "Türkiye Head of state not told R. T. Erdogan that is, Recep Tayyip Erdogan",
        "Syria not told President Recep Tayyip Erdogan",
        "Part of The track",
        "A dispatch , Agency , carried by Mirror , 27 April 2023",
        "first publisher not told , carried by Mirror , 28 April 2023",
    ):
        assert words in told
    assert "Expected at the table Party Level Office Person" in _article(page, "meeting/planned")
    assert "Were to be at the table Party Level Office Person" in _article(
        page, "meeting/cancelled"
    )
    assert 'href="/#meeting/held">Link to this entry</a>' in page


def test_a_former_date_of_what_was_held_was_wrong_and_not_expected(
    client: TestClient, pen: Pen
) -> None:
    pen.basis()
    dates = [
        {"date": {"edtf": "2023-04-20"}, "status": "planned", "reason": "Put off"},
        {"date": {"edtf": "2023-04-21"}},
        {"date": {"edtf": "2023-04-24"}, "status": "held", "reason": "A slip"},
    ]
    pen.write(
        meeting("both", "2023-04-25", previous_dates=dates),
        meeting("moved", "2023-04-25", previous_dates=dates[:1]),
        meeting("misdated", "2023-04-25", previous_dates=dates[2:]),
    )
    page = client.get("/").text
    expected = "Expected before 20 April 2023 (planned): Put off"
    misdated = "Dated before 24 April 2023 : A slip"
    assert f"{expected} 21 April 2023 {misdated}" in _article(page, "meeting/both")
    assert expected in _article(page, "meeting/moved")
    assert "Dated before" not in _article(page, "meeting/moved")
    assert misdated in _article(page, "meeting/misdated")
    assert "Expected before" not in _article(page, "meeting/misdated")


def test_a_position_inside_its_meeting_says_whose_voice_it_was(
    client: TestClient, pen: Pen
) -> None:
    pen.basis()
    pen.write(person("recep", name="Recep Tayyip Erdogan"))
    pen.write(
        meeting("talks", "2023-04-25", participants=[seat("SYR")]),
        position("a", "2023-04-25", meeting="talks", person="recep", office="President"),
        position("b", "2023-04-25", meeting="talks", office="Foreign Ministry", quote="Now."),
        position("c", "2023-04-25", meeting="talks", quote="Later."),
    )
    told = _article(client.get("/").text, "meeting/talks")
    assert "Voiced by Recep Tayyip Erdogan , President ." in told
    assert "“Now.” Voiced by Foreign Ministry ." in told
    assert told.count("Voiced by") == 2


def test_a_link_to_an_entry_keeps_the_clocks(seeded: TestClient) -> None:
    page = seeded.get("/embed?revision=34&party=TUR").text
    link = 'href="/?revision=34#meeting/2023-04-25-moscow" target="_blank"'
    assert link in page


def test_what_has_no_beginning_is_said_to_stand_last(client: TestClient, pen: Pen) -> None:
    pen.basis()
    dates = ("2023-05", "../2023-04-26", "../2023-04-27", None)
    pen.write(*(meeting(f"m{n}", date) for n, date in enumerate(dates)))
    listed = re.findall(r'class="group">([^<]+)|<article id="meeting/(m\d)', client.get("/").text)
    assert ["".join(one) for one in listed] == [
        "m0",
        "Without a known beginning",
        "m1",
        "m2",
        "Without a date",
        "m3",
    ]


def test_parties_under_other_filters_are_not_called_silent(client: TestClient, pen: Pen) -> None:
    pen.basis()
    pen.write(issue("m4"))
    seats = [seat("SYR"), seat("TUR")]
    pen.write(
        meeting("talks", "2023-04-25", issues=["withdrawal"], participants=seats),
        position("first", "2023-04-25"),
        position("same", "2023-04-26", stance="reports"),
        position("last", "2023-04-27", stance="demands"),
    )
    page = client.get("/?view=positions&issue=withdrawal").text
    assert "without a position on record: Türkiye ." in _text(page)
    assert "changed from" not in page
    assert "on record" not in client.get("/?view=positions&issue=withdrawal&party=SYR").text
    assert "on record" not in client.get("/?view=positions&issue=m4").text
