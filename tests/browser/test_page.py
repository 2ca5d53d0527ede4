"""The page at `/` as a reader with a browser meets it."""

from __future__ import annotations

import re

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

MINISTERS = "2023-foreign-ministers"


def titles(page: Page) -> list[str]:
    return page.locator(".entries h3").all_inner_texts()


def test_every_entry_is_listed_and_drawn(visit: Open, moscow: str) -> None:
    entries = httpx2.get(f"{moscow}/v1/timeline").json()["items"]
    page = visit(moscow, drawn=True)
    listed = page.locator(".entries article").evaluate_all("all => all.map(one => one.id)")
    assert listed == [f"{entry['type']}/{entry['id']}" for entry in entries]
    page.get_by_role("button", name="All").click()
    page.wait_for_timeout(300)
    drawn = page.locator("#lanes .vis-foreground a").evaluate_all(
        "all => all.map(one => one.getAttribute('href'))"
    )
    assert set(drawn) == {f"#{one}" for one in listed}


def test_what_is_expected_is_drawn_apart(visit: Open, moscow: str) -> None:
    page = visit(moscow, drawn=True)
    planned = page.locator(f"#lanes a[href='#meeting/{MINISTERS}']").first
    expect(planned).to_have_accessible_name(
        "Quadrilateral meeting of foreign ministers before: Turkish general elections "
        "planned, reportedly"
    )
    item = page.locator(".vis-range.is-planned.stretch.hangs").first
    before = "getComputedStyle(one, '::before').borderTopStyle"
    assert item.evaluate(f"one => {before}") == "dashed"
    summit = page.locator(".vis-range.is-proposed.open-end").first
    mask = "getComputedStyle(one, '::before').maskImage"
    assert "linear-gradient" in summit.evaluate(f"one => {mask}")


def test_lanes_by_issue_stay_in_the_address(visit: Open, moscow: str) -> None:
    page = visit(moscow, drawn=True)
    page.get_by_role("link", name="by issue").click()
    expect(page.get_by_role("heading", name="Lanes by issue")).to_be_visible()
    assert page.url == f"{moscow}/?lanes=issue"
    expect(page.locator(".vis-label", has_text="M4 highway")).to_be_visible()


def test_filters_are_kept_in_the_address(visit: Open, moscow: str) -> None:
    page = visit(moscow, drawn=True)
    page.get_by_label("Party").first.select_option("IRN")
    expect(page).to_have_url(f"{moscow}/?party=IRN")
    page.get_by_label("Status").select_option("held")
    expect(page).to_have_url(f"{moscow}/?party=IRN&status=held")
    expect(page.get_by_role("heading", name="2 entries")).to_be_visible()
    expect(page.locator("#announce")).to_have_text("2 entries")
    shared = visit(page.url, java_script_enabled=False)
    assert titles(shared) == titles(page)
    page.get_by_role("link", name="Remove the filter Party Iran").click()
    expect(page).to_have_url(f"{moscow}/?status=held")
    page.go_back()
    expect(page.get_by_role("heading", name="2 entries")).to_be_visible()
    expect(page.get_by_label("Party").first).to_have_value("IRN")


def test_words_are_looked_for_on_enter(visit: Open, moscow: str) -> None:
    page = visit(moscow)
    page.get_by_label("Search").fill("M4")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{moscow}/?q=M4")
    expect(page.get_by_role("heading", name="1 entry")).to_be_visible()


def test_a_range_marks_what_may_lie_outside(visit: Open, moscow: str) -> None:
    page = visit(f"{moscow}/?from=2023-05-10&to=2023-05")
    planned = page.locator(f"[id='meeting/{MINISTERS}']")
    expect(planned.get_by_text("possibly in this range")).to_be_visible()
    page.get_by_label("only if certainly within this range").check()
    expect(page).to_have_url(f"{moscow}/?from=2023-05-10&to=2023-05&match=certain")
    expect(page.get_by_text("No entries match these filters.")).to_be_visible()


def test_the_slider_goes_back_to_what_was_known(visit: Open, moscow: str) -> None:
    page = visit(moscow, drawn=True)
    slider = page.get_by_role("slider", name="As known on")
    assert slider.get_attribute("aria-valuetext") == "today: everything known"
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(f"{moscow}/?as_of=2023-04-26")
    expect(page.get_by_role("heading", name="14 entries")).to_be_visible()
    slider = page.get_by_role("slider", name="As known on")
    expect(slider).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(f"{moscow}/?as_of=2023-04-25")
    expect(page.locator(".none")).to_contain_text(
        "Nothing had been published by 25 April 2023."
        " The earliest source here was published on 26 April 2023."
    )
    expect(slider).to_have_attribute("aria-valuetext", "25 April 2023")


def test_a_record_opens_from_its_own_address(visit: Open, moscow: str) -> None:
    page = visit(f"{moscow}/#meeting/2023-04-25-moscow")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_have_accessible_name(re.compile("^Quadrilateral meeting of defence"))
    readouts = dialog.locator(".readout")
    expect(readouts).to_have_count(2)
    left, right = readouts.first.bounding_box(), readouts.last.bounding_box()
    assert left
    assert right
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"] + 1
    for told in ("Sergey Shoigu", "not named", "counter terrorist threats", "Positions voiced"):
        expect(dialog.get_by_text(told).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.url == f"{moscow}/"


def test_a_record_outside_the_view_opens_too(visit: Open, moscow: str) -> None:
    page = visit(f"{moscow}/?party=TUR&status=proposed#milestone/tr-general-election-2023")
    expect(page.get_by_role("dialog")).to_have_accessible_name("Turkish general elections")
    page.goto(f"{moscow}/?status=held#meeting/never-was")
    expect(page.get_by_role("dialog")).to_contain_text("This record does not exist")


def test_a_record_leads_to_the_next(visit: Open, moscow: str) -> None:
    page = visit(f"{moscow}/#meeting/{MINISTERS}")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link", name="Turkish general elections").click()
    expect(dialog).to_have_accessible_name("Turkish general elections")
    page.go_back()
    expect(dialog).to_have_accessible_name("Quadrilateral meeting of foreign ministers")


def test_keys_alone_are_enough(visit: Open, moscow: str) -> None:
    page = visit(moscow, drawn=True)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the entries")).to_be_focused()
    first = page.locator("#lanes a[tabindex='0']")
    expect(first).to_have_count(1)
    first.focus()
    page.keyboard.press("Home")
    before = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    after = page.evaluate("document.activeElement.getAttribute('href')")
    assert after != before
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('#lanes') !== null")
    wanted = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.url == f"{moscow}/{wanted}"
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.evaluate("document.activeElement.getAttribute('href')") == wanted


def test_a_record_opened_from_the_lanes_leaves_the_reader_there(visit: Open, moscow: str) -> None:
    page = visit(moscow, drawn=True)
    dialog = page.get_by_role("dialog")
    link = page.locator(f"#lanes a[href='#meeting/{MINISTERS}']").first
    for leave in ("Escape", "Close", "back"):
        link.locator(".label").click()
        expect(dialog).to_be_visible()
        assert page.url == f"{moscow}/#meeting/{MINISTERS}"
        assert page.evaluate("scrollY") == 0
        if leave == "Escape":
            page.keyboard.press("Escape")
        elif leave == "Close":
            dialog.get_by_role("button", name="Close").click()
        else:
            page.go_back()
        expect(dialog).to_be_hidden()
        assert page.evaluate("scrollY") == 0
        expect(link).to_be_focused()


def test_a_point_in_the_lanes_opens_its_record(visit: Open, moscow: str) -> None:
    page = visit(moscow, drawn=True)
    page.locator("#lanes .point.meeting").first.click(position={"x": 2, "y": 8}, force=True)
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_phone_is_given_the_list_first(visit: Open, moscow: str) -> None:
    page = visit(moscow, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".vis-timeline").count() == 0
    page.get_by_role("button", name="Show the lanes").tap()
    expect(page.locator(".vis-timeline")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_positions_on_one_issue_stand_side_by_side(visit: Open, moscow: str) -> None:
    page = visit(f"{moscow}/?view=positions")
    page.get_by_role("link", name="Withdrawal of Turkish troops from Syria").click()
    expect(page).to_have_url(f"{moscow}/?view=positions&issue=withdrawal-of-troops")
    table = page.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["When", "Syria"])
    expect(table.locator(".stance")).to_have_text(["demands", "calls for", "reports"])
    # To report that something was discussed is no change of mind.
    expect(table.locator(".changed")).to_have_text(["changed from “demands”"])
    expect(page.locator(".silent")).to_have_text(
        "Attended meetings where this issue came up, without a position on record: "
        "Iran, Russia, Türkiye."
    )


def test_who_met_whom_is_a_picture_and_a_table(visit: Open, moscow: str) -> None:
    page = visit(f"{moscow}/?view=met")
    expect(page.get_by_role("img", name="Who met whom")).to_be_visible()
    row = page.get_by_role("row", name="Syria and Türkiye")
    expect(row.get_by_role("cell")).to_have_text(["3", "2"])
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name="5 entries")).to_be_visible()


def test_who_met_whom_fits_a_phone(visit: Open, moscow: str) -> None:
    page = visit(f"{moscow}/?view=met", viewport={"width": 390, "height": 844}, is_mobile=True)
    for name in page.locator(".network text.name").all():
        box = name.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.querySelector('.network .scroll').scrollWidth") <= 390
