"""The lanes with dates of every kind: each is drawn as what it is, and its words can be read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.browser.conftest import PHONE, WIDE, Open
from tests.browser.servers import served
from tests.builders import RecordWriter, meeting, milestone, participant
from tests.databases import SqliteDatabases

pytestmark = pytest.mark.browser

#: A date, and the classes that say how it is drawn.
DRAWN = {
    "2024-05-14": "point",
    "2024-05-15/2024-05-17": "known",
    "2024-05-18?": "stretch soft-start soft-end",
    "2024-05": "stretch soft-start soft-end",
    "2024-05-20/..": "stretch soft-start open-end",
    "../2024-05-25": "stretch open-start soft-end",
    "2024-05-01?/2024-05-17": "stretch soft-start soft-end",
    "-0043-03-15": "point",
    "9999-12-31": "point",
    "2024-05-02/Y17000": "stretch soft-start open-end",
}
BEYOND = ("Y17000", "Y170000002", "Y-17000")
STATUSES = ("held", "proposed", "planned", "confirmed", "postponed", "cancelled")


def _fill(ledger: Ledger) -> None:
    writer = RecordWriter(ledger)
    writer.basis()
    writer.write(
        milestone("election", "2024-05-28"),
        *(meeting(f"d{n}", d, participants=[participant("TUR")]) for n, d in enumerate(DRAWN)),
        *(meeting(f"far-{n}", d, participants=[participant("IRN")]) for n, d in enumerate(BEYOND)),
        *(
            meeting(f"is-{s}", "2024-05-12", status=s, participants=[participant("SYR")])
            for s in STATUSES
        ),
        meeting(
            "hanging",
            {"edtf": "2024-04-26/..", "before": "election"},
            participants=[participant("RUS")],
        ),
        meeting("undated", None, participants=[participant("RUS")]),
    )


@pytest.fixture(scope="module")
def odd(sqlite_databases: SqliteDatabases) -> Iterator[str]:
    url = sqlite_databases.filled("odd dates", lambda d: _fill(Ledger(d, NOUNS)))
    with served(url) as address:
        yield address


def _classes(page: Page, identifier: str) -> set[str]:
    link = page.locator(f"#lanes a[href='#meeting/{identifier}']")
    return set(link.evaluate("one => [...one.closest('.vis-item').classList]"))


def test_each_date_is_drawn_as_what_it_is(visit: Open, odd: str) -> None:
    page = visit(odd, drawn=True)
    expect(page.locator("#lanes-note")).to_have_text(
        "One entry is earlier. Choose “All” to see it. One entry is later. Choose “All” to see it."
        " 3 entries are too distant in time to draw; see the list."
        " One entry has no date; see the list."
    )
    expect(page.locator("#lanes a[href='#meeting/d0']")).to_be_visible()
    page.get_by_role("button", name="All").click()
    expect(page.locator("#lanes a[href='#meeting/d7']")).to_be_visible()
    for number, (date, classes) in enumerate(DRAWN.items()):
        assert set(classes.split()) <= _classes(page, f"d{number}"), date
    assert {"soft-start", "before", "hangs"} <= _classes(page, "hanging")
    assert page.locator("#lanes a[href^='#meeting/far']").count() == 0


def test_only_what_was_cancelled_is_struck_through(visit: Open, odd: str) -> None:
    page = visit(odd, drawn=True)
    for status in STATUSES:
        struck = "line-through" if status == "cancelled" else "none"
        for place in (
            f"#lanes a[href='#meeting/is-{status}'] .label",
            f"[id='meeting/is-{status}'] h3",
        ):
            shown = page.locator(place)
            line = shown.evaluate("one => getComputedStyle(one).textDecorationLine")
            assert line == struck, (status, place)


# Words that run out of the picture, are cut off, or lie on other words or on a mark.
UNREADABLE = """() => {
  const host = document.querySelector("#lanes .vis-panel.vis-center").getBoundingClientRect();
  const found = [], boxes = [];
  for (const item of document.querySelectorAll("#lanes .vis-item")) {
    const words = item.querySelector(".vis-item-content"), label = item.querySelector(".label");
    const box = words.getBoundingClientRect();
    const named = label.textContent;
    if (box.right > host.right + 1 || box.left < host.left - 1) found.push(`runs out: ${named}`);
    if (label.scrollHeight > label.clientHeight + 2) found.push(`cut off: ${named}`);
    for (const [other, its] of boxes) {
      const aside = box.right <= its.left || its.right <= box.left;
      const apart = aside || box.bottom <= its.top + 1 || its.bottom <= box.top + 1;
      if (!apart) found.push(`${named} on ${other}`);
    }
    boxes.push([named, box]);
    const bar = item.getBoundingClientRect();
    const beside = box.left >= bar.right || box.right <= bar.left;
    const side = item.dataset.words;
    if (!beside && side !== "inside" && side !== "below") found.push(`struck: ${named}`);
  }
  return found;
}"""


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/", WIDE),
        ("/", {"width": 1024, "height": 800}),
        ("/?lanes=issue", PHONE),
        ("/", PHONE),
        ("/embed", {"width": 800, "height": 640}),
    ],
)
def test_all_words_in_the_lanes_can_be_read(
    visit: Open, moscow: str, path: str, size: dict[str, int]
) -> None:
    page = visit(moscow + path, viewport=size)
    if size == PHONE:
        page.get_by_role("button", name="Show the lanes").click()
    page.wait_for_selector("#picture[data-drawn]")
    assert page.locator("#lanes .label").count() > 10
    assert page.evaluate(UNREADABLE) == []
    page.get_by_role("button", name="All").click()
    expect(page.get_by_role("link", name="Outbreak of the war").first).to_be_visible()
    page.wait_for_timeout(200)
    assert page.evaluate(UNREADABLE) == []
