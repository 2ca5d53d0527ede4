"""Methods: HEAD and OPTIONS everywhere, and a 405 that names everything that is allowed."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.problems import PROBLEM

PATHS = [
    "/v1",
    "/v1/meetings",
    "/v1/timeline?from=2023",
    "/v1/changes",
    "/v1/meetings/2023-04-25-moscow",
    "/v1/meetings/2023-04-25-moscow/history",
    "/healthz",
    "/readyz",
    "/docs",
    "/docs/start.js",
    "/docs/swagger-ui.css",
    "/openapi.json",
]
NOWHERE = ["/nowhere", "/v1/", "/v1/nowhere", "/v2", "/v1/meetings/a/b", "/v1/meetings/"]


@pytest.mark.parametrize("path", PATHS)
def test_head_tells_what_get_would(sample: TestClient, path: str) -> None:
    got, head = sample.get(path), sample.head(path)
    assert head.status_code == got.status_code == 200
    assert head.content == b""
    assert dict(head.headers) == dict(got.headers)


@pytest.mark.parametrize("path", [*NOWHERE, "/v1/meetings/none", "/v1/meetings?x=1"])
def test_head_tells_an_error_too(sample: TestClient, path: str) -> None:
    got, head = sample.get(path), sample.head(path)
    assert head.status_code == got.status_code >= 400
    assert head.content == b""
    assert head.headers["content-type"] == PROBLEM


@pytest.mark.parametrize("path", PATHS)
def test_options_tells_what_is_allowed(sample: TestClient, path: str) -> None:
    answer = sample.options(path)
    assert answer.status_code in (200, 204)
    assert {"GET", "HEAD", "OPTIONS"} <= set(answer.headers["allow"].split(", "))


@pytest.mark.parametrize("path", NOWHERE)
def test_what_is_nowhere_is_a_problem(sample: TestClient, path: str) -> None:
    for method in ("GET", "OPTIONS", "POST", "DELETE"):
        answer = sample.request(method, f"http://testserver{path}")
        assert answer.status_code == 404, method
        assert answer.headers["content-type"] == PROBLEM
        assert answer.json()["status"] == 404


# A path, and how the 404 ends.
SIGNPOSTS = [
    ("/v1/", "remove the trailing slash: /v1."),
    ("/v1/meetings/", "remove the trailing slash: /v1/meetings."),
    ("/v1/meetings/a/", "remove the trailing slash: /v1/meetings/a."),
    ("/v1/meetings/a/history//", "remove the trailing slash: /v1/meetings/a/history."),
    ("/v1/meeting/a", "did you mean /v1/meetings/a?"),
    ("/v1/meeting/a/", "did you mean /v1/meetings/a?"),
    ("/v1/meeting", "did you mean /v1/meetings?"),
    ("/v1/person/a/history", "did you mean /v1/people/a/history?"),
    ("/v1/persons", "did you mean /v1/people?"),
    ("/v1/persons/a", "did you mean /v1/people/a?"),
    ("/v1/Meetings", "did you mean /v1/meetings?"),
    ("/v1/time-line", "did you mean /v1/timeline?"),
    ("/v1/meetings/a/histroy", "did you mean /v1/meetings/a/history?"),
    ("/v1/meetings/a/participants", "a record's history is at /v1/meetings/a/history."),
    ("/v1/meetings/a/history/3", "a record's history is at /v1/meetings/a/history."),
    ("/meetings", "did you mean /v1/meetings?"),
    ("/party/TUR", "did you mean /v1/parties/TUR?"),
    ("/health", "did you mean /healthz?"),
    ("/v1/meeting/%3Cb%3E", "did you mean /v1/meetings/{id}?"),
    ("/v1/nowhere", "see /v1 for the available resources and /docs for the documentation."),
    ("/nowhere", "see /v1 for the available resources and /docs for the documentation."),
    ("/" + "x/" * 1000, "see /v1 for the available resources and /docs for the documentation."),
]


@pytest.mark.parametrize(("path", "ending"), SIGNPOSTS, ids=lambda text: text[:40])
def test_what_is_nowhere_is_told_what_there_is(sample: TestClient, path: str, ending: str) -> None:
    answer = sample.get(path)
    assert answer.status_code == 404
    assert answer.json()["detail"] == f"This path does not exist; {ending}"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["TRACE", "BREW", "PROPFIND"])
def test_another_method_is_answered_with_the_whole_allow(
    sample: TestClient, path: str, method: str
) -> None:
    answer = sample.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["content-type"] == PROBLEM
    assert answer.headers["allow"] == sample.options(path).headers["allow"]
    assert answer.json()["status"] == 405


@pytest.mark.parametrize("path", ["/healthz", "/v1/changes", "/v1", "/openapi.json"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_is_only_read_takes_no_writes(sample: TestClient, path: str, method: str) -> None:
    answer = sample.request(method, path)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) >= {"GET", "HEAD", "OPTIONS"}
    assert method not in answer.headers["allow"].split(", ")


def test_the_documentation_needs_no_internet(sample: TestClient) -> None:
    for path in ("/docs", "/docs/start.js"):
        assert "//" not in sample.get(path).text.replace('"/openapi.json"', "")
    policy = sample.get("/docs").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert sample.get("/docs/nothing.js").status_code == 404
    assert sample.get("/docs/..%2f..%2fdocumentation.py").status_code == 404
