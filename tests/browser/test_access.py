"""What axe-core, a checker of accessibility, has to say."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, WIDE, Open, installed

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
VIEWS = {
    "timeline": "/",
    "lanes by issue": "/?lanes=issue",
    "filtered": "/?party=TUR&from=2023-04&pary=x",
    "nothing": "/?as_of=2023-01-01",
    "wrong": "/?from=soon",
    "positions": "/?view=positions",
    "one issue": "/?view=positions&issue=withdrawal-of-troops",
    "who met whom": "/?view=met",
    "dialog": "/#meeting/2023-04-25-moscow",
    "embedded": "/embed?party=TUR",
}
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": WIDE},
    "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True},
}


@cache
def axe() -> str:
    return installed(HERE, "axe-core/axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, *rules: str) -> list[str]:
    """What breaks a rule: one of these, or any."""
    page.evaluate(axe())
    asked: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        asked["runOnly"] = list(rules)
    found = page.evaluate("asked => axe.run(document, asked)", asked)
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


CASES = [
    (view, look)
    for view in VIEWS
    for look in LOOKS
    if look == "wide" or view in ("timeline", "dialog", "one issue", "who met whom")
]


@pytest.mark.parametrize(("view", "look"), CASES)
def test_axe_finds_no_violation(
    visit: Open, console: Any, moscow: str, view: str, look: str
) -> None:
    axe()
    console.expected.append("Failed to load resource: the server responded with a status of 400")
    page = visit(moscow + VIEWS[view], **LOOKS[look])
    page.wait_for_load_state("load")
    if view == "dialog":
        page.wait_for_selector("dialog[open]")
    elif page.locator("#picture:visible").count():
        if look == "phone":
            page.get_by_role("button", name="Show the lanes").tap()
        page.wait_for_selector("#picture[data-drawn]")
    assert violations(page) == []
    # Other colours are all that the dark changes.
    page.emulate_media(color_scheme="dark")
    assert violations(page, "color-contrast") == []
