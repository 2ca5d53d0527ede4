"""Which format a request gets: a suffix over `format=` over `Accept`."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.formats import OUTPUT_FORMATS
from app.kit.http.negotiation import choose_coding, choose_media_type
from app.nouns.registry import NOUNS

TYPES = [
    ("application/json", "json"),
    ("*/*", "json"),
    ("", "json"),
    ("text/html", "json"),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "json"),
    ("text/calendar", "ics"),
    ("text/csv", "csv"),
    ("text/csv; charset=utf-8", "csv"),
    ("TEXT/CSV", "csv"),
    ("application/x-ndjson", "ndjson"),
    ("application/ndjson", "ndjson"),
    ("application/feed+json", "jsonfeed"),
    ("application/atom+xml", "atom"),
    ("application/geo+json", "geojson"),
    ("application/ld+json", "jsonld"),
    ('application/json;profile="vis"', "vis"),
    ("application/json; profile=timelinejs", "timelinejs"),
    ("application/json;q=0.2, text/csv;q=0.9", "csv"),
    ("text/csv;q=0.2, application/json;q=0.9", "json"),
    ("text/csv, application/json;q=0.999", "csv"),
    ("application/json;q=0, */*", "timelinejs"),
    ("text/*;q=0.3, application/*;q=0.2", "ics"),
    ("text/csv, */*", "csv"),
    ("image/png, */*;q=0.1", "json"),
    ("nonsense", None),
    ("image/png", None),
    ("application/json;q=0", None),
    ("application/xml", None),
    (";;;,,,", "json"),
    ("text/csv;q=2", "json"),
]


@pytest.mark.parametrize(("accept", "name"), TYPES)
def test_accept_chooses(seeded: TestClient, accept: str, name: str | None) -> None:
    answer = seeded.get("/v1/timeline", headers={"accept": accept})
    if name is None:
        assert answer.status_code == 406
        return
    assert answer.status_code == 200
    assert answer.headers["content-type"] == OUTPUT_FORMATS[name].media_type
    assert "Accept" in answer.headers["vary"].split(", ")


def test_without_accept_the_native_form_is_given(seeded: TestClient) -> None:
    request = seeded.build_request("GET", "/v1/timeline")
    del request.headers["accept"]
    assert seeded.send(request).headers["content-type"] == "application/json"


def test_what_is_not_to_be_had_is_answered_with_what_is(seeded: TestClient) -> None:
    answer = seeded.get("/v1/timeline", headers={"accept": "image/png"})
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    body = answer.json()
    assert body["type"] == "/docs#problem-not-acceptable"
    assert body["formats"] == {f.name: f.media_type for f in OUTPUT_FORMATS.all}
    assert len(body["errors"][0]["accepted"]) == len(OUTPUT_FORMATS.all)
    for media_type in body["formats"].values():
        asked = seeded.get("/v1/timeline", headers={"accept": media_type})
        assert asked.headers["content-type"] == media_type


@pytest.mark.parametrize("name", OUTPUT_FORMATS.names)
def test_a_suffix_beats_format_beats_accept(seeded: TestClient, name: str) -> None:
    media_type = OUTPUT_FORMATS[name].media_type
    for path in (f"/v1/timeline.{name}", f"/v1/timeline?format={name}"):
        answer = seeded.get(path, headers={"accept": "image/png"})
        assert answer.headers["content-type"] == media_type
        assert answer.headers["vary"] == "Accept-Encoding"
    other = "csv" if name != "csv" else "json"
    both = seeded.get(f"/v1/timeline.{name}?format={other}")
    assert both.headers["content-type"] == media_type


@pytest.mark.parametrize("plural", [noun.plural for noun in NOUNS])
@pytest.mark.parametrize("name", ["json", "csv", "ndjson"])
def test_every_list_has_these(seeded: TestClient, plural: str, name: str) -> None:
    media_type = OUTPUT_FORMATS[name].media_type
    for path in (f"/v1/{plural}.{name}", f"/v1/{plural}?format={name}"):
        assert seeded.get(path).headers["content-type"] == media_type
    asked = seeded.get(f"/v1/{plural}", headers={"accept": media_type})
    assert asked.headers["content-type"] == media_type


@pytest.mark.parametrize("path", ["/v1/meetings.ics", "/v1/timeline.xml", "/v1/timeline.JSON"])
def test_another_suffix_is_not_found_and_told_which_there_are(
    seeded: TestClient, path: str
) -> None:
    answer = seeded.get(path)
    assert answer.status_code == 404
    assert ".csv" in answer.json()["errors"][0]["accepted"]


def test_format_is_both_filter_and_representation(seeded: TestClient) -> None:
    four = seeded.get("/v1/meetings.csv?format=quadrilateral")
    assert four.headers["content-type"].startswith("text/csv")
    wanted = seeded.get("/v1/meetings?format=quadrilateral").json()["total"]
    assert len(four.text.splitlines()) - 1 == wanted < seeded.get("/v1/meetings").json()["total"]
    assert seeded.get("/v1/timeline?format=!quadrilateral").json()["total"] > 0
    wrong = seeded.get("/v1/meetings?format=quadrilaterl").json()["errors"][0]
    assert {"quadrilateral", "csv", "json"} <= set(wrong["accepted"])
    assert seeded.get("/v1/meetings?format=csv&format=json").status_code == 400
    assert seeded.get("/v1/meetings?format=csv,json").status_code == 400
    assert seeded.get("/v1/people?format=ics").status_code == 400


def test_a_cursor_belongs_to_its_filter_and_its_order(sample: TestClient) -> None:
    first = sample.get("/v1/meetings?format=bilateral&limit=1").json()["next"]
    assert sample.get(first).status_code == 200
    assert sample.get(first.replace("bilateral", "multilateral")).status_code == 400
    feed = sample.get("/v1/timeline?format=jsonfeed&limit=2").links["next"]["url"]
    assert sample.get(feed).status_code == 200
    assert sample.get(feed.replace("jsonfeed", "json")).status_code == 400


def test_next_keeps_the_suffix(sample: TestClient) -> None:
    for suffix in ("json", "csv", "atom"):
        link = sample.get(f"/v1/timeline.{suffix}?limit=2").links["next"]["url"]
        assert link.startswith(f"/v1/timeline.{suffix}?limit=2&cursor=")


def test_what_a_format_cannot_say_is_said_in_a_header(seeded: TestClient) -> None:
    assert "Parley-Not-Expressed" not in seeded.get("/v1/timeline.ndjson").headers
    said = seeded.get("/v1/timeline.ics").headers["Parley-Not-Expressed"]
    assert "outcomes" in said.split(", ")
    more = seeded.get("/v1/timeline.ics?facets=party&include=people&fields=id")
    told = more.headers["Parley-Not-Expressed"]
    assert told == f"{said}, parameter-fields, parameter-facets, parameter-include"


CODINGS = [
    (None, None),
    ("gzip", "gzip"),
    ("br", "br"),
    ("gzip, deflate, br, zstd", "br"),
    ("gzip;q=1, br;q=0.5", "gzip"),
    ("*", "br"),
    ("identity", None),
    ("deflate", None),
    ("gzip;q=0", None),
    ("br;q=0, *;q=0.5", "gzip"),
    ("identity;q=1, gzip;q=0.5", None),
    ("identity;q=0.5, gzip;q=0.5", "gzip"),
]


@pytest.mark.parametrize(("header", "name"), CODINGS)
def test_accept_encoding_chooses(header: str | None, name: str | None) -> None:
    assert choose_coding(header, ("br", "gzip")) == name


def test_the_more_specific_range_decides() -> None:
    offers = [["text/plain"], ["text/html"], ["image/png"]]
    assert choose_media_type("text/*;q=0.3, text/html;q=0.7, */*;q=0.5", offers) == 1
    assert choose_media_type("text/html;q=0, text/*;q=0.1", offers) == 0
    assert choose_media_type("text/html;q=0, */*;q=0.1, image/png;q=0.0", offers) == 0
