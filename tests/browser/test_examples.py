"""The examples of docs/examples, run with the widgets that npm has installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.staticfiles import StaticFiles

from app.kit.sql.database import Database
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.browser.conftest import Console, Open, installed
from tests.browser.servers import running, served
from tests.builders import RecordWriter, meeting
from tests.databases import SqliteDatabases

pytestmark = pytest.mark.browser

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NEEDS = {
    "plain": [],
    "vis-timeline": ["vis-timeline"],
    "timelinejs": ["@knight-lab/timelinejs"],
    "fullcalendar": ["fullcalendar", "@fullcalendar/icalendar", "ical.js"],
}


@pytest.fixture(scope="module")
def examples() -> Iterator[str]:
    """The folder as somebody's own web server shows it."""
    app = Starlette()
    app.mount("/", StaticFiles(directory=EXAMPLES))
    with running(app) as address:
        yield address.replace("127.0.0.1", "localhost")


@pytest.fixture
def show(visit: Open, console: Console, examples: str, moscow: str) -> Iterator[Open]:
    """Opens an example on the seed; nothing may be asked of anyone else."""
    asked: list[str] = []

    def opened(name: str, query: str = "", api: str = moscow) -> Page:
        for package in NEEDS[name]:
            installed(EXAMPLES, package)
        console.expected.append(
            "Failed to load resource: the server responded with a status of 404"
        )
        page = visit("about:blank")
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{examples}/{name}.html?api={api}{query}")
        page.wait_for_selector("html[data-ready=true]", timeout=20_000)
        return page

    yield opened
    hosts = {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts <= {"localhost", "127.0.0.1"}


# Dates at the ends of what is drawn, and the year in which the widgets must have them.
FAR = {
    "-0043-03-15": -44,
    "0050-02-03": 50,
    "2023-04-25": 2023,
    "9999-12-31": 9999,
    "Y-20000": -20001,
    "Y20000": 20000,
}


@pytest.fixture(scope="module")
def ages(sqlite_databases: SqliteDatabases) -> Iterator[str]:
    """A server with meetings of all ages."""

    def fill(database: Database) -> None:
        held = [meeting(f"m{n}", date) for n, date in enumerate(FAR)]
        RecordWriter(Ledger(database, NOUNS)).write(*held)

    with served(sqlite_databases.filled("ages", fill)) as address:
        yield address


def test_widgets_draw_every_age_where_it_is(show: Open, ages: str) -> None:
    page = show("timelinejs", api=ages)
    years = page.evaluate(
        "timeline.config.events.map(e => [e.unique_id, e.start_date.data.date_obj.getFullYear()])"
    )
    assert dict(years) == {f"meeting-m{n}": year for n, year in enumerate(FAR.values())}
    ticks = page.locator(".tl-timeaxis-tick-text").all_text_contents()
    assert ticks
    assert not [tick for tick in ticks if "NaN" in tick]
    page = show("vis-timeline", api=ages)
    starts = page.evaluate(
        "Object.values(timeline.itemSet.items).map(i => [i.id, i.data.start.getFullYear()])"
    )
    # JavaScript has a year 0, as EDTF has.
    assert dict(starts) == {
        f"meeting-m{n}": year + (year < 0) for n, year in enumerate(FAR.values())
    }
    assert page.locator(".vis-item").count() >= 1


def expected(moscow: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = httpx2.get(f"{moscow}/v1/timeline").json()["items"]
    return found


def test_every_example_is_tested() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.html")} == NEEDS.keys()


def test_plain_fetch_lists_every_entry(show: Open, moscow: str) -> None:
    page = show("plain", "&limit=5")
    lines = page.locator("li").all_inner_texts()
    assert len(lines) == len(expected(moscow))
    assert any("Quadrilateral meeting of foreign ministers · planned" in line for line in lines)


def test_vis_timeline_draws_every_entry(show: Open, moscow: str) -> None:
    page = show("vis-timeline")
    page.wait_for_function(
        "count => document.querySelectorAll('.vis-box, .vis-point, .vis-range').length === count",
        arg=len(expected(moscow)),
    )
    assert page.locator(".vis-item.status-planned").count() >= 1


def test_timelinejs_draws_every_entry(show: Open, moscow: str) -> None:
    page = show("timelinejs")
    entries = expected(moscow)
    assert page.locator(".tl-timemarker").count() == len(entries)
    headlines = page.locator(".tl-timemarker .tl-headline").all_text_contents()
    assert any("Quadrilateral meeting of foreign ministers" in one for one in headlines)


def test_fullcalendar_draws_every_entry(show: Open, moscow: str) -> None:
    page = show("fullcalendar")
    page.evaluate("calendar.changeView('multiMonthYear')")
    drawn: dict[int, set[str]] = {}
    for year in (2011, 2022, 2023):
        page.evaluate(f"calendar.gotoDate('{year}-06-01')")
        page.wait_for_selector("html[data-ready=true]")
        drawn[year] = set(page.locator(".fc-event-title").all_text_contents())
    told = set[str]().union(*drawn.values())
    entries = expected(moscow)
    for entry in entries:
        if "title" in entry:
            assert any(str(entry["title"]) in one for one in told), entry["id"]
    # Two positions on two issues, and three on one: of those each has another stance.
    assert len(told) == len(entries)
    assert any("Quadrilateral meeting of foreign ministers" in one for one in drawn[2023])
