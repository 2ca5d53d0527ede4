"""Shortcuts: reads that go by their path say what they would have said if they were routed."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from app.kit.http.error_middleware import flatten_routes
from app.kit.http.fast_routes import FastRoute, FastRouteMiddleware
from app.main import create_app
from app.settings import Settings
from tests.client import Client

TAKEN = [
    "/v1/meetings",
    "/v1/meetings?status=held&limit=1",
    "/v1/meetings?no=such",
    "/v1/timeline?format=ics",
    "/v1/people/nobody",
    "/v1/meetings/%20",
    "/v1/parties/TUR?fields=name",
    "/v1/parties/TUR?revision=0",
    "/v1/parties/%54UR",
]
ROUTED = [
    "/v1/meetings/",
    "/v1/meetings.csv",
    "/v1/timeline.ics",
    "/v1/timeline/TUR",
    "/v1/parties/TUR/history",
    "/v1/parties/a%2Fb",
    "/v1/parties%2FTUR%2Fhistory",
    "/v1//parties",
    "/V1/parties",
]


@pytest.fixture(scope="module")
def uncached(sample_url: str) -> Iterator[TestClient]:
    """Makes every answer anew."""
    with Client(create_app(Settings(database_url=sample_url, response_cache_bytes=0))) as found:
        yield found


@pytest.mark.parametrize("path", [*TAKEN, *ROUTED])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_the_way_makes_no_difference(uncached: TestClient, method: str, path: str) -> None:
    by_path = uncached.request(method, path)
    with mock.patch.object(FastRouteMiddleware, "_endpoint", return_value=None):
        routed = uncached.request(method, path)
    assert by_path.status_code == routed.status_code
    assert by_path.content == routed.content
    assert list(by_path.headers.items()) == list(routed.headers.items())


@pytest.mark.parametrize("path", TAKEN)
def test_such_reads_are_not_routed(uncached: TestClient, path: str) -> None:
    with mock.patch.object(APIRoute, "matches", side_effect=AssertionError("was routed")):
        assert uncached.get(path).status_code < 500


def test_only_paths_that_can_be_told_so_are_taken(uncached: TestClient) -> None:
    found = [r for r in flatten_routes(uncached.app.routes) if isinstance(r, FastRoute)]  # type: ignore[attr-defined]  # a client is typed for any ASGI application
    assert len(found) == 17  # eight lists, eight records, the timeline
    for route in found:
        assert route.methods == {"GET"}
        assert set(route.param_convertors) <= {"id"}
        assert not route.dependant.dependencies
