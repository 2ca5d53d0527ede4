"""The page in a frame of another site."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, quote

import pytest
from playwright.sync_api import expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.browser.conftest import Console, Open
from tests.browser.servers import running

pytestmark = pytest.mark.browser

# The other site has no icon, which a browser asks for by itself.
NO_ICON = "Failed to load resource: the server responded with a status of 404"


async def _frame(request: Request) -> HTMLResponse:
    snippet = parse_qs(request.url.query)["snippet"][0]
    return HTMLResponse(f"<!doctype html><title>Elsewhere</title>{snippet}")


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Another site, which shows whatever snippet it is given."""
    with running(Starlette(routes=[Route("/", _frame)])) as address:
        yield address.replace("127.0.0.1", "localhost")


def test_the_snippet_works_on_another_site(
    visit: Open, console: Console, moscow: str, elsewhere: str
) -> None:
    console.expected.append(NO_ICON)
    page = visit(f"{moscow}/?party=IRN&status=held")
    page.get_by_text("Embed this view").click()
    snippet = page.get_by_label("Copy this HTML into your page:").input_value()
    source = re.search(r'src="([^"]*)"', snippet)
    assert source
    assert html.unescape(source[1]) == f"{moscow}/embed?party=IRN&status=held"
    other = visit(f"{elsewhere}/?snippet={quote(snippet, safe='')}")
    frame = other.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="2 entries")).to_be_visible()
    expect(frame.locator(".vis-timeline")).to_be_visible()
    frame.get_by_role("link", name=re.compile("^Talks of the Syrian")).last.click()
    expect(frame.get_by_role("dialog")).to_be_visible()


def test_the_page_itself_cannot_be_framed(
    visit: Open, console: Console, moscow: str, elsewhere: str
) -> None:
    console.expected += ["Framing", "Refused to frame", NO_ICON]
    page = visit("about:blank")
    snippet = f'<iframe src="{moscow}/"></iframe>'
    page.goto(f"{elsewhere}/?snippet={quote(snippet, safe='')}")
    page.wait_for_load_state("networkidle")
    assert page.frame_locator("iframe").locator("h1", has_text="Parley").count() == 0
