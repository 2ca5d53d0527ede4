"""Titles and quotes that try to be more than text stay text."""

from __future__ import annotations

import httpx2
import pytest
from playwright.sync_api import expect

from app.kit.plain_text import strip_controls
from tests.browser import hostile_records
from tests.browser.conftest import Console, Open

pytestmark = pytest.mark.browser

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
PATHS = ["/", "/?lanes=issue", "/?view=positions&issue=withdrawal", "/?view=met", "/embed"]


@pytest.mark.parametrize("path", PATHS)
def test_nothing_runs_and_no_mark_turns_text(visit: Open, hostile: str, path: str) -> None:
    page = visit(hostile + path)
    page.wait_for_load_state("load")
    if page.locator("#picture").count():
        page.wait_for_selector("#picture[data-drawn]")
    assert "taken" not in page.title()
    assert page.locator("img").count() == 0
    assert page.locator("script:not([src])").count() == 0
    assert page.locator("[onerror], [onmouseover], [style*='url']").count() == 0
    assert "49" not in page.locator("main").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
    whole = page.content()
    assert [mark for mark in TURNING if mark in whole] == []


def test_titles_are_shown_as_they_are_without_what_turns_them(visit: Open, hostile: str) -> None:
    page = visit(hostile, drawn=True)
    titles = {strip_controls(title) for title in hostile_records.TITLES}
    shown = page.locator(".entries .meeting h3").all_text_contents()
    assert sorted(shown) == sorted(titles)
    labels = set(page.locator("#lanes .label").all_text_contents())
    assert titles <= labels


def test_a_record_of_theirs_opens_harmlessly(visit: Open, hostile: str) -> None:
    page = visit(f"{hostile}/#meeting/meeting-0")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=2)).to_have_text(hostile_records.SCRIPT)
    expect(dialog.locator("blockquote").first).to_contain_text(hostile_records.SCRIPT)
    assert "taken" not in page.title()


def test_direction_marks_change_no_other_text(visit: Open, hostile: str) -> None:
    page = visit(hostile)
    heading = page.locator(".meeting h3 bdi", has_text="gnihton")
    expect(heading).to_have_css("unicode-bidi", "isolate")


@pytest.mark.parametrize(
    "query",
    [
        "q=<script>document.title='taken'</script>",
        'party="><img src=x onerror=alert(1)>',
        '"><script>=1',
        "lanes=<script>",
        "from=javascript:alert(1)",
        "q=%0d%0aset-cookie:x",
    ],
)
def test_what_is_asked_is_inert_as_well(
    visit: Open, console: Console, hostile: str, query: str
) -> None:
    console.expected.append("Failed to load resource")
    page = visit(f"{hostile}/?{query}")
    assert "taken" not in page.title()
    assert page.locator("img, script:not([src])").count() == 0
    assert "set-cookie" not in httpx2.get(f"{hostile}/?{query}").headers
