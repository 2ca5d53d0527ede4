"""How much a reader must load, at thousands of meetings. Times are told, not judged."""

from __future__ import annotations

import gzip
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import MEETINGS, PHONE, Open

pytestmark = pytest.mark.browser

FIRST_VIEW = 100_000  # bytes, compressed, besides the vendored widget
REQUESTS = 22
MOST_DRAWN = 240


@dataclass
class Loaded:
    """What a page has asked for."""

    own: int = 0
    widget: int = 0
    paths: list[str] = field(default_factory=list)

    def take(self, response: Response) -> None:
        """Count one answer, compressed."""
        url = urlsplit(response.url)
        self.paths.append(f"{url.path}?{url.query}" if url.query else url.path)
        size = len(gzip.compress(response.body(), 6))
        if "/vis-timeline-" in url.path:
            self.widget += size
        else:
            self.own += size


def watched(visit: Open, address: str, **options: object) -> tuple[Page, Loaded, float]:
    """A page with what it loads, and the seconds to its first entry."""
    page = visit("about:blank", **options)
    loaded, responses = Loaded(), list[Response]()

    def keep(response: Response) -> None:
        responses.append(response)

    page.on("response", keep)
    begun = time.monotonic()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(".entries article")
    first = time.monotonic() - begun
    page.wait_for_load_state("networkidle")
    for response in responses:
        loaded.take(response)
    return page, loaded, first


def test_the_first_view_is_light(visit: Open, crowded: str, request: pytest.FixtureRequest) -> None:
    page, loaded, first = watched(visit, crowded)
    page.wait_for_selector("#picture[data-drawn]")
    request.node.user_properties += [
        ("bytes", loaded.own),
        ("bytes of the widget", loaded.widget),
        ("requests", len(loaded.paths)),
        ("seconds to the first entry", round(first, 2)),
    ]
    assert loaded.own < FIRST_VIEW
    assert len(loaded.paths) <= REQUESTS
    assert all(
        path.startswith(("/?", "/assets/", "/v1/timeline?")) or path == "/" for path in loaded.paths
    ), loaded.paths


def test_a_phone_loads_no_widget(visit: Open, crowded: str) -> None:
    _, loaded, _ = watched(visit, crowded, viewport=PHONE, is_mobile=True)
    assert loaded.widget == 0
    assert not any(path.startswith("/v1/") for path in loaded.paths)


def test_only_what_is_in_view_is_loaded(visit: Open, crowded: str) -> None:
    page = visit(crowded, drawn=True)
    expect(
        page.get_by_role("heading", name=f"{MEETINGS + MEETINGS // 10:,} entries")
    ).to_be_visible()
    expect(page.locator(".entries article")).to_have_count(50)
    expect(page.locator("#lanes-note")).to_contain_text("earlier ones, move back or zoom out")
    with page.expect_response(lambda r: "/v1/timeline?" in r.url and "from=" in r.url) as moved:
        page.get_by_role("button", name="Earlier").click()
    assert len(moved.value.json()["items"]) <= MOST_DRAWN
    with page.expect_response(lambda r: "/v1/timeline?" in r.url and "from=" in r.url):
        for _ in range(4):
            page.get_by_role("button", name="Zoom out").click()
    # Hundreds of entries are drawn anew, on a machine that may have more to do.
    expect(page.locator("#lanes-note")).to_contain_text("The shaded area contains", timeout=20_000)
    entries = page.locator("#lanes a").evaluate_all(
        "all => new Set(all.map(one => one.getAttribute('href'))).size"
    )
    assert 0 < entries <= MOST_DRAWN


def test_the_list_goes_on_where_it_ended(visit: Open, crowded: str) -> None:
    page = visit(f"{crowded}/?type=meeting&limit=20")
    page.get_by_role("link", name="More entries").click()
    expect(page.locator(".entries article")).to_have_count(40)
    ids = page.locator(".entries article").evaluate_all("all => all.map(one => one.id)")
    assert len(set(ids)) == 40
    expect(page.locator("#announce")).to_have_text("20 more entries loaded; 40 shown.")
