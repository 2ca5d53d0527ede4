"""The page without a script, and on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser


def test_everything_can_be_read_without_a_script(visit: Open, moscow: str) -> None:
    page = visit(moscow, java_script_enabled=False)
    expect(page.locator(".entries article")).to_have_count(14)
    meeting = page.locator("[id='meeting/2023-04-25-moscow']")
    for told in (
        "25 April 2023",
        "Held",
        "Sergey Shoigu",
        "Intelligence chief",
        "not named",
        "counter terrorist threats and combat extremist groups in Syria",
        "movements along the M4 international highway",
        "discussed the issue of withdrawing Turkish troops",
        "SOUTH FRONT",
        "neither is named",
    ):
        expect(meeting.get_by_text(told).first).to_be_visible()
    planned = page.locator("[id='meeting/2023-foreign-ministers']")
    expect(planned.locator(".when")).to_contain_text("before Turkish general elections (May 2023)")
    expect(planned.get_by_text("“reportedly”")).to_be_visible()
    expect(page.locator("#picture")).to_be_hidden()


def test_the_form_works_without_a_script(visit: Open, moscow: str) -> None:
    page = visit(moscow, java_script_enabled=False)
    page.get_by_label("Party").first.select_option("SYR")
    page.get_by_label("together with").select_option("IRN")
    page.get_by_label("from").fill("2023-04-20")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="2 entries")).to_be_visible()
    expect(page.get_by_label("together with")).to_have_value("IRN")


@pytest.mark.parametrize("view", ["positions&issue=withdrawal-of-troops", "met"])
def test_the_other_views_need_no_script(visit: Open, moscow: str, view: str) -> None:
    page = visit(f"{moscow}/?view={view}", java_script_enabled=False)
    expect(page.get_by_role("table")).to_be_visible()


def test_paper_holds_the_whole_record(visit: Open, moscow: str) -> None:
    page = visit(moscow, drawn=True)
    page.emulate_media(media="print")
    expect(page.locator("#results").get_by_text("Sergey Shoigu").first).to_be_visible()
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#picture")).to_be_hidden()
    assert page.pdf().startswith(b"%PDF")
