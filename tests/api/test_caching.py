"""Tags move when an answer does, and no answer outlives what it tells."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.ledger.write.revisions import RecordChange
from tests.builders import (
    RecordWriter,
    deletion,
    issue,
    meeting,
    milestone,
    participant,
    party,
    person,
    source,
)

READS = [
    "/v1",
    "/v1/meetings",
    "/v1/timeline?from=2023",
    "/v1/people?q=akar",
    "/v1/meetings?limit=0&facets=party",
    "/v1/meetings/2023-04-25-moscow",
    "/v1/meetings/2023-04-25-moscow?include=positions",
    "/v1/meetings/2023-04-25-moscow/history",
    "/v1/changes",
    "/v1/meetings?as_of=2023-04-26",
    "/v1/meetings?revision=44",
    "/v1/meetings/2023-04-25-moscow?revision=50",
    "/v1/changes?revision=44",
]


@pytest.mark.parametrize("path", READS)
def test_a_known_tag_is_answered_without_a_body(sample: TestClient, path: str) -> None:
    first = sample.get(path)
    etag = first.headers["etag"]
    assert etag.startswith('"')
    for known in (etag, f"W/{etag}", f'"other", {etag}', f'"a",{etag} , "b"', "*"):
        again = sample.get(path, headers={"if-none-match": known})
        assert again.status_code == 304, known
        assert again.content == b""
        for name in ("etag", "cache-control"):
            assert again.headers[name] == first.headers[name]
        assert again.headers.get("link") == first.headers.get("link")
    for other in ('"other"', etag.strip('"'), f'"{etag.strip(chr(34))}x"', ""):
        assert sample.get(path, headers={"if-none-match": other}).status_code == 200, other


@pytest.mark.parametrize("path", READS)
def test_what_is_pinned_is_immutable_and_all_else_is_looked_at_again(
    sample: TestClient, path: str
) -> None:
    stored = sample.get(path).headers["cache-control"]
    pinned = "revision=" in path
    assert stored == ("public, max-age=31536000, immutable" if pinned else "no-cache")


def test_a_page_behind_a_cursor_is_immutable(sample: TestClient) -> None:
    following = sample.get("/v1/meetings?limit=2").json()["next"]
    assert "immutable" in sample.get(following).headers["cache-control"]


@pytest.mark.parametrize("path", ["/v1/meetings/none", "/v1/meetings?x=1", "/v1/none"])
def test_an_error_is_not_stored(sample: TestClient, path: str) -> None:
    answer = sample.get(path)
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


def test_a_documents_tag_is_its_own_latest_revision(
    writer: RecordWriter, client: TestClient
) -> None:
    writer.write(issue("a"), issue("b"))
    assert client.get("/v1/issues/a").headers["etag"] == '"1"'
    writer.write(issue("b", note="New"))
    assert client.get("/v1/issues/a").headers["etag"] == '"1"'
    assert client.get("/v1/issues/b").headers["etag"] == '"3"'
    assert client.get("/v1/issues/b?revision=1").headers["etag"] == '"2"'


def test_tags_differ_by_representation(sample: TestClient) -> None:
    path = "/v1/meetings/2023-04-25-moscow"
    for base in (path, "/v1/meetings"):
        variants = ["", "?fields=id", "?fields=id,title", "?include=people", "?include=parties"]
        tags = [sample.get(base + v).headers["etag"] for v in variants]
        assert len(set(tags)) == len(tags)


# A write, and for each list whether its tag moves.
LISTS = {
    "meetings": "/v1/meetings",
    "people": "/v1/people",
    "timeline": "/v1/timeline",
    "searched": "/v1/meetings?q=moscow",
    "including": "/v1/meetings?include=people",
    "meetings as of": "/v1/meetings?as_of=2023-04-26",
}
MOVES: list[tuple[str, RecordChange, set[str]]] = [
    ("a person", person("p", name="New"), {"people", "searched", "including"}),
    ("a meeting", meeting("m", "2024"), set(LISTS) - {"people"}),
    ("a milestone", milestone("x", "2024"), {"timeline", "searched", "including"}),
    ("an issue", issue("i", name="New"), {"searched", "including"}),
    ("a deletion", deletion("meeting", "m"), set(LISTS) - {"people"}),
    ("a source that is cited", source("s", "2024-01-01"), set(LISTS) - {"people"}),
    ("nothing", issue("i"), set()),
]


@pytest.mark.parametrize(("name", "change", "moved"), MOVES, ids=[m[0] for m in MOVES])
def test_a_lists_tag_moves_when_what_could_touch_it_was_written(
    writer: RecordWriter, client: TestClient, name: str, change: RecordChange, moved: set[str]
) -> None:
    writer.write(source("s", "2023-01-01"), party("TUR"), issue("i"), person("p"))
    writer.write(
        milestone("x", "2023"), meeting("m", sources=["s"], participants=[participant("TUR")])
    )
    before = {key: client.get(path).headers["etag"] for key, path in LISTS.items()}
    writer.write(change)
    after = {key: client.get(path).headers["etag"] for key, path in LISTS.items()}
    assert {key for key in LISTS if before[key] != after[key]} == moved
    newest = writer.newest()
    assert all(int(tag.strip('"').partition(".")[0]) <= newest for tag in after.values())


def test_an_answer_with_a_moved_tag_is_a_moved_answer(
    writer: RecordWriter, client: TestClient
) -> None:
    """The other way about is what caches live by: same tag, same bytes."""
    paths = [
        *LISTS.values(),
        "/v1/meetings?limit=0&facets=issue",
        "/v1/meetings/m?include=people,positions",
        "/v1/meetings/m?as_of=2023-04-26",
        "/v1/meetings/m/history",
        "/v1/changes?limit=2",
        "/v1",
    ]
    seen: dict[tuple[str, str], bytes] = {}
    writer.write(source("s", "2023-01-01"), party("TUR"), issue("i"), person("p", name="Moscow"))
    writer.write(meeting("m", sources=["s"], participants=[participant("TUR", person="p")]))
    for change in (
        person("p", name="Another"),
        meeting(
            "m", "2023", sources=["s"], participants=[participant("TUR", person="p")], issues=["i"]
        ),
        source("s", "2023-06-01"),
        issue("i", name="Moscow"),
        meeting("n", "2023", title="Moscow"),
        deletion("meeting", "n"),
        party("TUR", names=["Moscow"]),
    ):
        writer.write(change)
        for path in paths:
            answer = client.get(path)
            known = seen.setdefault((path, answer.headers.get("etag", "")), answer.content)
            assert known == answer.content, (path, change.id)


@pytest.mark.parametrize(
    "path", ["/v1/meetings", "/v1/timeline", "/v1/meetings/m", "/v1/issues", "/v1/changes", "/v1"]
)
def test_a_pinned_answer_keeps_its_tag_and_its_bytes(
    writer: RecordWriter, client: TestClient, path: str
) -> None:
    writer.write(meeting("m"))
    writer.write(issue("i"))
    first = client.get(f"{path}?revision=2")
    writer.write(issue("j"))
    writer.write(meeting("m", title="Changed"), meeting("n"))
    again = client.get(f"{path}?revision=2", headers={"x-other": "1"})
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"]
    fresh = client.get(f"{path}?revision=2&format=json") if path in ONE_FORMAT else again
    assert fresh.headers["etag"] == first.headers["etag"]


# Where the same can be asked for in another way, so that no ready answer can help.
ONE_FORMAT = {"/v1/meetings", "/v1/timeline", "/v1/meetings/m", "/v1/issues"}


def test_a_read_sees_every_acknowledged_write(writer: RecordWriter, client: TestClient) -> None:
    for number in range(1, 6):
        writer.write(issue("a", note=str(number)))
        assert client.get("/v1/issues/a").json()["note"] == str(number)
        assert client.get("/v1/issues").json()["items"][0]["note"] == str(number)
        assert client.get("/v1").json()["revision"] == number


def test_a_ready_answer_is_that_of_its_own_request(sample: TestClient) -> None:
    """Whatever was asked in between: `Accept`, `Accept-Encoding` and the query tell them apart."""
    asked: list[tuple[str, dict[str, str]]] = [
        ("/v1/timeline?limit=3", {}),
        ("/v1/timeline?limit=2", {}),
        ("/v1/timeline?limit=3", {"accept": "text/csv"}),
        ("/v1/timeline?limit=3", {"accept-encoding": "gzip"}),
        ("/v1/timeline?limit=3", {"accept-encoding": "identity"}),
        ("/v1/timeline.csv?limit=3", {}),
        ("/v1/meetings", {}),
    ]
    first = [sample.get(path, headers=headers) for path, headers in asked]
    for _ in range(2):
        for (path, headers), before in reversed(list(zip(asked, first, strict=True))):
            again = sample.get(path, headers=headers)
            assert again.status_code == 200
            assert again.content == before.content
            assert dict(again.headers) == dict(before.headers)
    assert len({answer.headers["content-type"] for answer in first}) == 2
    assert len({answer.headers["etag"] for answer in first}) >= 4


def test_a_ready_answer_is_not_given_after_a_write(
    client: TestClient, writer: RecordWriter
) -> None:
    writer.write(issue("one"))
    for number in range(2, 5):
        listed = client.get("/v1/issues?limit=100").json()
        again = client.get("/v1/issues?limit=100").json()
        assert listed == again
        assert listed["total"] == number - 1
        writer.write(issue(f"more-{number}"))
