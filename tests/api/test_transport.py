"""How answers travel: conditions, compression, other origins, caches, and streams."""

from __future__ import annotations

import gzip
from itertools import product
from typing import Any, cast

import brotli
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.api import responses
from app.formats import OUTPUT_FORMATS
from app.kit.http.cache import cache_control_header
from app.ledger.read import lookups
from app.main import create_app
from app.nouns.registry import NOUNS
from app.reads import rendering
from app.settings import Settings
from tests.builders import RecordWriter, meeting
from tests.cases import check_every_case
from tests.client import Client
from tests.conftest import database_url
from tests.formats.consumers import WHOLE, key, lines, native

PLAIN = {"accept-encoding": "identity"}
CODINGS = ("identity", "gzip", "br")
PATHS = [f"/v1/timeline.{name}" for name in OUTPUT_FORMATS.names] + [
    "/v1/meetings.csv",
    "/v1/meetings",
]


def test_no_news_is_304(client: TestClient, writer: RecordWriter) -> None:
    writer.write(meeting("talks", "2023-04-25", summary="word " * 300))
    tags: dict[tuple[str, str], str] = {}

    def not_modified(path: str, coding: str) -> None:
        headers = {"accept-encoding": coding}
        first = client.get(path, headers=headers)
        etag = tags[path, coding] = first.headers["etag"]
        assert first.headers.get("content-encoding", "identity") == coding
        again = client.get(path, headers={**headers, "if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
        assert again.headers["vary"] == first.headers["vary"]

    check_every_case(product(PATHS, CODINGS), not_modified)
    writer.write(meeting("more", "2023-04-26"))

    def news(path: str, coding: str) -> None:
        etag = tags[path, coding]
        changed = client.get(path, headers={"accept-encoding": coding, "if-none-match": etag})
        assert changed.status_code == 200
        assert changed.headers["etag"] != etag

    check_every_case(tags, news)


def test_another_version_of_parley_is_news(seeded: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def tags(status: str) -> list[str]:  # another request each time: none is answered from memory
        paths = [path for path in PATHS if path != "/v1/timeline.json" and "." in path]
        return [seeded.get(f"{path}?status={status}").headers["etag"] for path in paths]

    before = tags("held")
    assert tags("held,planned") == before
    monkeypatch.setattr(rendering, "__version__", "9.9.9")
    assert not set(tags("held,proposed")) & set(before)


@pytest.mark.parametrize("path", PATHS)
def test_each_coding_has_a_tag_of_its_own_and_the_same_content(
    sample: TestClient, path: str
) -> None:
    tags, bodies = set(), set()
    for coding in ("identity", "gzip", "br"):
        answer = sample.get(path, headers={"accept-encoding": coding})
        assert not answer.headers["etag"].startswith("W/")
        tags.add(answer.headers["etag"])
        bodies.add(answer.content)  # the client has unpacked it
    assert len(tags) == 3
    assert len(bodies) == 1


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_what_is_sent_is_really_compressed(sample: TestClient, coding: str) -> None:
    plain = sample.get("/v1/timeline.vis", headers=PLAIN).content
    with sample.stream("GET", "/v1/timeline.vis", headers={"accept-encoding": coding}) as answer:
        raw = b"".join(answer.iter_raw())
        assert int(answer.headers["content-length"]) == len(raw)
    assert len(raw) * 2 < len(plain)
    assert (gzip.decompress if coding == "gzip" else brotli.decompress)(raw) == plain


def test_what_is_small_is_left_as_it_is(seeded: TestClient) -> None:
    small = seeded.get(
        "/v1/meetings/2023-04-25-moscow?fields=id", headers={"accept-encoding": "br"}
    )
    assert "content-encoding" not in small.headers
    assert small.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/openapi.json", "/docs/swagger-ui.css"])
def test_what_is_no_list_is_compressed_too(seeded: TestClient, path: str) -> None:
    plain = seeded.get(path, headers=PLAIN)
    assert "content-encoding" not in plain.headers
    assert "accept-encoding" in plain.headers["vary"].lower()
    for coding in ("gzip", "br"):
        packed = seeded.get(path, headers={"accept-encoding": coding})
        assert packed.headers["content-encoding"] == coding
        assert int(packed.headers["content-length"]) * 3 < len(plain.content)
        assert packed.content == plain.content


def test_any_representations_tag_satisfies_if_match(seeded: TestClient) -> None:
    plain = seeded.get("/v1/meetings/2023-04-25-moscow", headers=PLAIN).headers["etag"]
    packed = seeded.get("/v1/meetings/2023-04-25-moscow", headers={"accept-encoding": "br"})
    assert packed.headers["etag"] == f'{plain[:-1]}.br"'
    assert packed.headers["etag"].strip('"').partition(".")[0] == plain.strip('"')


@pytest.mark.parametrize("path", PATHS)
def test_head_says_the_same_without_a_body(sample: TestClient, path: str) -> None:
    got, head = sample.get(path), sample.head(path)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("etag", "vary", "content-type", "cache-control", "content-encoding"):
        assert head.headers.get(name) == got.headers.get(name), name


# ---- other origins


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/timeline", 200),
        ("/v1/timeline.ics", 200),
        ("/v1/nothing", 404),
        ("/v1/people?x=1", 400),
    ],
)
def test_pages_of_every_origin_may_read(seeded: TestClient, path: str, status: int) -> None:
    for method in ("GET", "HEAD"):
        answer = seeded.request(method, path, headers={"origin": "https://page.example"})
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert {"ETag", "Link", "Location", "Retry-After", "Parley-Not-Expressed"} <= set(exposed)
        assert "access-control-allow-credentials" not in answer.headers
        assert "Origin" not in answer.headers.get("vary", "")


def test_a_browser_may_ask_first_to_read_but_not_to_write(seeded: TestClient) -> None:
    asking = {"origin": "https://page.example", "access-control-request-headers": "if-none-match"}
    reading = seeded.options(
        "/v1/timeline", headers={**asking, "access-control-request-method": "GET"}
    )
    assert reading.status_code == 204
    assert reading.headers["access-control-allow-origin"] == "*"
    assert reading.headers["access-control-allow-methods"] == "GET, HEAD"
    allowed = reading.headers["access-control-allow-headers"].lower().split(", ")
    assert "if-none-match" in allowed
    assert "authorization" not in allowed
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        writing = seeded.options(
            "/v1/meetings", headers={**asking, "access-control-request-method": method}
        )
        assert not [name for name in writing.headers if name.startswith("access-control")]
    assert "access-control-allow-origin" not in seeded.post("/v1/meetings").headers


# ---- files


def test_what_is_saved_has_a_name(seeded: TestClient) -> None:
    names = {"timelinejs": "timelinejs.json", "vis": "vis.json", "jsonfeed": "feed.json"}
    evil = "/v1/timeline?format={}&q=x%22%3B%20filename%3D..%2Fy"
    for format_ in OUTPUT_FORMATS.names:
        extension = names.get(format_, format_)
        for path in (f"/v1/timeline.{format_}?party=TUR", evil.format(format_)):
            answer = seeded.get(path)
            assert answer.status_code == 200, path
            said = answer.headers.get("content-disposition")
            wanted = f'inline; filename="parley-timeline.{extension}"'
            assert said == (None if format_ == "json" else wanted), path
    for noun in NOUNS:
        for path in (f"/v1/{noun.plural}.csv", f"/v1/{noun.plural}?format=csv"):
            found = seeded.head(path)
            wanted = f'inline; filename="parley-{noun.plural}.csv"'
            assert found.headers["content-disposition"] == wanted
            etag = {"if-none-match": found.headers["etag"]}
            assert seeded.get(path, headers=etag).status_code == 304
    assert "content-disposition" not in seeded.get("/v1/meetings").headers


# ---- caches


@pytest.mark.parametrize(
    ("seconds", "stale", "said"),
    [
        (0, 0, "no-cache"),
        (60, 0, "public, max-age=60"),
        (60, 300, "public, max-age=60, stale-while-revalidate=300, stale-if-error=300"),
        (0, 30, "public, max-age=0, stale-while-revalidate=30, stale-if-error=30"),
    ],
)
def test_a_cache_in_front_is_told_what_it_may(seconds: int, stale: int, said: str) -> None:
    assert cache_control_header(seconds, stale) == said


def test_caching_is_set_for_what_may_change_alone(writer: RecordWriter) -> None:
    writer.write(meeting("talks", "2023-04-25"))
    url = database_url(writer.ledger.database)
    with Client(create_app(Settings(database_url=url, seed=False, cache_seconds=60))) as client:
        for path in ("/v1/timeline", "/v1/timeline.ics", "/v1/meetings/talks"):
            assert client.get(path).headers["cache-control"] == "public, max-age=60"
            pinned = client.get(f"{path}?revision=1").headers["cache-control"]
            assert "immutable" in pinned
        assert client.get("/v1/nothing").headers["cache-control"] == "no-store"


def test_the_public_address_is_set_for_feeds(writer: RecordWriter) -> None:
    writer.write(meeting("talks", "2023-04-25"))
    settings = Settings(
        database_url=database_url(writer.ledger.database),
        seed=False,
        public_url="https://parley.example/",
    )
    with Client(create_app(settings)) as client:
        found = client.get("/v1/timeline.jsonfeed", headers={"host": "inside:8000"}).json()
    assert found["items"][0]["url"] == "https://parley.example/#meeting/talks"
    assert found["feed_url"] == "https://parley.example/v1/timeline.jsonfeed"


# ---- streams


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is long: streams are cut into pieces of a few entries."""
    monkeypatch.setattr(responses, "_MAX_BUFFERED_BYTES", 100)
    monkeypatch.setattr(rendering, "_ROW_BATCH_SIZE", 5)
    monkeypatch.setattr(rendering, "_BATCH_SIZE", 2)


@pytest.mark.parametrize("name", WHOLE)
def test_a_stream_holds_what_a_page_holds(
    short: None, client: TestClient, writer: RecordWriter, name: str
) -> None:
    writer.write(*(meeting(f"m{n}", f"2023-04-{n % 3 + 1:02}") for n in range(13)))
    writer.write(*(meeting(f"u{n}", None) for n in range(4)))
    ordered = sorted if name == "jsonld" else list  # a graph has no order

    def held(sort: str | None, coding: str) -> None:
        query = {"sort": sort} if sort else {}
        headers = {"accept-encoding": coding}
        answer = client.get(f"/v1/timeline.{name}", params=query, headers=headers)
        assert "content-length" not in answer.headers
        wanted = [key(item) for item in native(client, query)]
        assert ordered(WHOLE[name](answer.content)) == ordered(wanted)
        assert client.head(f"/v1/timeline.{name}", params=query, headers=headers).content == b""

    check_every_case(product((None, "-date", "id", "-recorded"), CODINGS), held)


@pytest.mark.parametrize("sort", ["date", "-recorded"])
def test_a_stream_sees_one_revision(
    short: None,
    client: TestClient,
    writer: RecordWriter,
    monkeypatch: pytest.MonkeyPatch,
    sort: str,
) -> None:
    writer.write(*(meeting(f"m{n}", f"2023-04-{n + 1:02}") for n in range(12)))
    then = native(client, {"sort": sort})
    documents, calls = lookups.find_documents, iter(range(100))

    def disturbed(*given: Any) -> Any:
        number = next(calls)
        changed = meeting(f"m{number % 12}", "2024-01-01", title=f"changed {number}")
        writer.write(changed, meeting(f"new{number}", f"2023-04-{number + 2:02}"))
        return documents(*given)

    monkeypatch.setattr(lookups, "find_documents", disturbed)
    found = lines(client.get(f"/v1/timeline.ndjson?sort={sort}").content)
    monkeypatch.undo()
    assert found == then
    assert len(native(client, {})) > len(then)


def test_a_stream_of_a_single_piece_is_kept_ready(client: TestClient, writer: RecordWriter) -> None:
    database = cast(FastAPI, client.app).state.database
    if not database.is_sqlite:
        pytest.skip("only on SQLite is there a cheap sign that nothing was written")
    writer.write(meeting("talks", "2023-04-25"))
    first = client.get("/v1/timeline.ics")
    assert "content-length" in first.headers
    calls: list[int] = []

    def count(*given: Any) -> Any:
        calls.append(1)
        raise AssertionError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "render_list", count)
        assert client.get("/v1/timeline.ics").content == first.content
    assert not calls
