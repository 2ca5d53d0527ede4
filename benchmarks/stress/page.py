"""`python -m benchmarks.stress.page`: the page at `/` in Chromium, over many meetings.

It is opened, moved, widened, filtered, and an entry is opened, as a reader would. For each step:
the seconds until it shows, the requests and bytes that it took, how many entries are in the page,
and the longest stretch for which the page answered to nothing.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, Response, expect, sync_playwright

from benchmarks.client import HOST
from benchmarks.loading import loaded, url
from benchmarks.servers import parley
from benchmarks.stress.environment import exit_on_signal

_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]
_LONGEST = 3.0  # seconds for which a page may stand still before a reader gives it up
_QUIET = 1.5  # seconds without a request: the page moves, waits, asks, and may ask once more
_STUCK = """() => {
  globalThis.stuck = 0;
  new PerformanceObserver((found) => {
    for (const one of found.getEntries()) stuck = Math.max(stuck, one.duration);
  }).observe({ type: "longtask", buffered: true });
}"""


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one thing that a reader does."""

    name: str
    seconds: float
    requests: int
    bytes: int
    drawn: int
    stuck: float  # seconds of the longest task


class Visit:
    """A page, and what it loads."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.responses: list[Response] = []
        self.steps: list[Step] = []
        self.heard = 0.0
        page.on("response", self._record_response)
        page.add_init_script(f"({_STUCK})()")

    def _record_response(self, response: Response) -> None:
        self.responses.append(response)
        self.heard = time.perf_counter()

    def step(self, name: str, does: Callable[[], object], shows: Callable[[], object]) -> None:
        """Do something, and wait until it shows and nothing more is loaded."""
        self.responses.clear()
        if self.page.url != "about:blank":
            self.page.evaluate("stuck = 0")
        begun = time.perf_counter()
        does()
        shows()
        shown = time.perf_counter()
        while time.perf_counter() - max(self.heard, shown) < _QUIET:
            self.page.wait_for_timeout(100)
        seconds = max(self.heard, shown) - begun
        size = sum(max(one.request.sizes()["responseBodySize"], 0) for one in self.responses)
        drawn = int(self.page.locator("#lanes .vis-foreground a").count())
        stuck = float(self.page.evaluate("stuck")) / 1000
        self.steps.append(Step(name, seconds, len(self.responses), size, drawn, stuck))


def visited(page: Page, address: str) -> list[Step]:
    """What a reader does."""
    visit, entries = Visit(page), page.locator(".entries article")

    def reloaded(name: str, times: int = 1) -> None:
        def press() -> None:
            with page.expect_response(lambda r: "/v1/timeline?" in r.url and "from=" in r.url):
                for _ in range(times):
                    page.get_by_role("button", name=name).click()

        visit.step(f"“{name}”, {times} ×" if times > 1 else f"“{name}”", press, lambda: None)

    visit.step(
        "the first entry", lambda: page.goto(address, wait_until="commit"), entries.first.wait_for
    )
    visit.step("the lanes", lambda: None, lambda: page.wait_for_selector("#picture[data-drawn]"))
    reloaded("Earlier")
    reloaded("Zoom out", 4)
    reloaded("All")
    more = page.get_by_role("link", name="More entries")
    visit.step("the next entries", more.click, lambda: expect(entries).to_have_count(100))
    title, shown = entries.first.locator("h3"), page.locator("#record-title")
    name = title.inner_text()
    visit.step("one entry", title.locator("a").click, lambda: expect(shown).to_have_text(name))
    page.keyboard.press("Escape")
    heading = page.locator("#listing-title")
    before = heading.inner_text()

    def filtered() -> None:
        expect(heading).not_to_have_text(before)
        page.wait_for_selector("#picture[data-drawn]")

    party = page.locator("select[name=party]").first
    visit.step("a party", lambda: party.select_option(index=3), filtered)
    words, nothing = page.get_by_label("Search"), page.get_by_text("No entries match these filters")
    words.fill("nowhere to be found")
    visit.step("a word that is not there", lambda: words.press("Enter"), nothing.wait_for)
    return visit.steps


def table(steps: Sequence[Step]) -> str:
    """The figures as the page in docs/ shows them."""
    lines = [
        "| Until there is | Seconds | Requests | kB | Links drawn | Longest task, s |",
        "| --- | --: | --: | --: | --: | --: |",
    ]
    lines += [
        f"| {s.name} | {s.seconds:.2f} | {s.requests} | {s.bytes / 1000:.0f} | {s.drawn} "
        f"| {s.stuck:.2f} |"
        for s in steps
    ]
    return "\n".join(lines)


def main(given: Sequence[str] | None = None) -> int:
    """Visit the page; 0 if it never stood still for long."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stress.page", description=__doc__)
    add = parser.add_argument
    add("--meetings", type=int, default=50_000)
    add("--folder", type=Path, default=Path("data/bench"), help="of databases [data/bench]")
    add("--seed", type=int, default=1)
    asked = parser.parse_args(given)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("Chromium is not installed: see .ci/install-browser")
    exit_on_signal()
    database, _ = loaded(asked.folder, seed=asked.seed, meetings=asked.meetings)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        with (
            parley(url(database), None, log, response_cache=True) as server,
            sync_playwright() as driver,
        ):
            browser = driver.chromium.launch(executable_path=chromium, args=_FLAGS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(60_000)
            steps = visited(page, f"http://{HOST}:{server.port}/")
            browser.close()
    print(table(steps))
    return 0 if all(step.stuck < _LONGEST for step in steps) else 1


if __name__ == "__main__":
    raise SystemExit(main())
