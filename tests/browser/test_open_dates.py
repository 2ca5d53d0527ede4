"""Hundreds of dates without an end may lie in every later window, and must not hide what does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.browser.conftest import Open
from tests.browser.servers import served
from tests.builders import RecordWriter, meeting
from tests.databases import SqliteDatabases

pytestmark = pytest.mark.browser

OPEN = 300  # more than the lanes load at once


def _fill(ledger: Ledger) -> None:
    writer = RecordWriter(ledger)
    writer.basis()
    writer.write(*(meeting(f"open-{n}", "2001-03-01/..", title=f"Open {n}") for n in range(OPEN)))
    writer.write(*(meeting(f"y{n}", f"{2000 + n}-06-15", title=f"In year {n}") for n in range(24)))


@pytest.fixture(scope="module")
def open_dates(sqlite_databases: SqliteDatabases) -> Iterator[str]:
    url = sqlite_databases.filled("open dates", lambda d: _fill(Ledger(d, NOUNS)))
    with served(url) as address:
        yield address


def test_what_lies_in_the_window_is_drawn_before_what_may(visit: Open, open_dates: str) -> None:
    page = visit(open_dates, drawn=True)
    with page.expect_response(lambda r: "/v1/timeline?" in r.url and "from=" in r.url):
        page.evaluate("document.querySelector('#lanes').scrollIntoView()")
        for _ in range(8):
            page.get_by_role("button", name="Zoom out").click()
    expect(page.locator("#lanes a[href='#meeting/y22']").first).to_be_attached()
    expect(page.locator("#lanes a[href='#meeting/y3']").first).to_be_attached()
    note = page.locator("#lanes-note")
    expect(note).to_contain_text(f"{OPEN} more may fall within this period; their dates")
