"""A browser, servers for it to visit, and pages that must leave nothing on the console."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from app.imports import seed
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.browser import hostile_records, many_meetings
from tests.browser.servers import served
from tests.databases import SqliteDatabases

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
MEETINGS = 5_000

Open = Callable[..., Page]


def missing(what: str) -> None:
    """Skip where something is not installed; fail where everything must be."""
    text = f"{what} is not installed: see .ci/install-browser"
    if os.environ.get("CI") == "true":
        pytest.fail(text)
    pytest.skip(text)


def installed(folder: Path, name: str) -> Path:
    """A file of a package that npm has installed."""
    path = folder / "node_modules" / name
    if not path.exists():
        missing(name)
    return path


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, with a profile of its own."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield found
        found.close()


class Console:
    """What pages said that nobody should have to read."""

    # The vendored widget says that a later release will have no build of its kind.
    EXCUSED = ("This build has been deprecated",)

    def __init__(self) -> None:
        self.said: list[str] = []
        self.expected: list[str] = []

    def hear(self, message: ConsoleMessage) -> None:
        """Keep what is neither excused nor expected."""
        if not message.text.startswith((*self.EXCUSED, *self.expected)):
            self.said.append(f"{message.type}: {message.text}")


@pytest.fixture
def console() -> Iterator[Console]:
    """The console of all pages of a test; it must stay silent, violated policies included."""
    found = Console()
    yield found
    assert found.said == []


@pytest.fixture
def visit(browser: Browser, console: Console) -> Iterator[Open]:
    """Opens pages, each in a context of its own."""
    contexts = []

    def opened(address: str, *, drawn: bool = False, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce"} | options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", console.hear)
        page.on("pageerror", lambda error: console.said.append(f"error: {error}"))
        page.goto(address, wait_until="domcontentloaded")
        if drawn:
            page.wait_for_selector("#picture[data-drawn]")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def moscow(sqlite_databases: SqliteDatabases) -> Iterator[str]:
    """A server with the seed, which nobody writes to."""
    url = sqlite_databases.filled("seeded", lambda d: seed.seed_database(Ledger(d, NOUNS)))
    with served(url) as address:
        yield address


@pytest.fixture(scope="package")
def hostile(sqlite_databases: SqliteDatabases) -> Iterator[str]:
    """A server whose records were written by someone who means harm."""
    url = sqlite_databases.filled("hostile", lambda d: hostile_records.fill(Ledger(d, NOUNS)))
    with served(url) as address:
        yield address


@pytest.fixture(scope="package")
def crowded(sqlite_databases: SqliteDatabases) -> Iterator[str]:
    """A server with thousands of meetings."""
    url = sqlite_databases.filled("crowd", lambda d: many_meetings.fill(Ledger(d, NOUNS), MEETINGS))
    with served(url) as address:
        yield address
