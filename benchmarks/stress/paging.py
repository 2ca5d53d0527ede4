"""`python -m benchmarks.stress.paging`: walk a long list by its cursor while others write.

One process serves, another inserts and redates meetings all the while. The walk must give exactly
the list as it stood at its first page: no skip, no repeat, every document byte for byte.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from benchmarks.generator import batches
from benchmarks.stress.environment import (
    Servers,
    Stopwatch,
    database,
    exit_on_signal,
    faults,
    open_database,
    prepare_writable,
    revision,
)
from benchmarks.stress.writer_client import WriterClient

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a walk met."""

    wanted: int  # items of the list as it stood
    seen: int
    repeated: int
    skipped: int
    differing: int  # documents that are not those of the pinned revision
    pages: int
    inserted: int  # while it lasted
    redated: int
    seconds: float
    faults: int

    @property
    def holds(self) -> bool:
        """Whether it was the list, whole, and nothing else; and somebody did write meanwhile."""
        wrong = self.repeated + self.skipped + self.differing + self.faults
        return not wrong and self.seen == self.wanted and min(self.inserted, self.redated) > 0

    def __str__(self) -> str:
        """In words."""
        return (
            f"{self.seen} of {self.wanted} meetings on {self.pages} pages in {self.seconds:.1f} s, "
            f"while {self.inserted} were inserted and {self.redated} redated: {self.skipped} "
            f"skipped, {self.repeated} repeated, {self.differing} differing; {self.faults} faults"
        )


class _Writer(threading.Thread):
    """Inserts and redates through a server of its own until it is told to stop."""

    def __init__(self, port: int, key: str, identifiers: Sequence[str]) -> None:
        super().__init__()
        self.hand = WriterClient(port, key)
        self.identifiers = identifiers
        self.random = Random(1)
        self.inserted = self.redated = 0
        self.done = threading.Event()

    def run(self) -> None:
        """Write: alternately a new meeting somewhere in the list, and another day for one of it."""
        while not self.done.is_set():
            self._insert()
            self._redate()
        self.hand.close()

    def _day(self) -> str:
        pick = self.random.randint
        return f"{pick(1990, 2025)}-{pick(1, 12):02}-{pick(1, 28):02}"

    def _insert(self) -> None:
        body = {
            "title": "Inserted meanwhile",
            "status": "held",
            "date": self._day(),
            "sources": [{"title": f"Paper {self.inserted}"}],
        }
        self.inserted += self.hand.send("POST", "/v1/meetings?duplicate=allow", body).status == 201

    def _redate(self) -> None:
        path = f"/v1/meetings/{self.random.choice(self.identifiers)}"
        body = {"date": self._day()}
        self.redated += self.hand.send("PATCH", path, body, If_Match="*").status == 200


def page_through(url: str, log: Path, *, meetings: int, seed: int = 1) -> Outcome:
    """Run it on an empty database."""
    key = prepare_writable(url, "walk")
    with open_database(url) as found:
        ledger = Ledger(found, NOUNS)
        for number, batch in enumerate(batches(NOUNS, seed=seed, meetings=meetings)):
            ledger.fixed_times.append(batch.at)
            ledger.write(batch.changes, author="walk", reason=f"batch {number}")
        ledger.optimize()
    before = revision(url)
    with Servers(url, 2, log) as servers:
        # What there is, at a revision that is named: nothing that is written later shows.
        wanted = _items(servers.ports[0], f"/v1/meetings?limit={_PAGE}&revision={before}")[0]
        writer = _Writer(servers.ports[1], key, sorted(wanted))
        writer.start()
        while not (writer.inserted and writer.redated) and writer.is_alive():
            writer.join(0.05)
        watch = Stopwatch()
        seen, order, pages, pinned = _walked(servers.ports[0])
        seconds = watch.seconds()
        inserted, redated = writer.inserted, writer.redated
        writer.done.set()
        writer.join()
        # The walk pinned its own revision, later than `before`: that is what it must have shown.
        wanted = _items(servers.ports[0], f"/v1/meetings?limit={_PAGE}&revision={pinned}")[0]
    return Outcome(
        wanted=len(wanted),
        seen=len(order),
        repeated=len(order) - len(seen),
        skipped=len(wanted.keys() - seen.keys()),
        differing=sum(seen.get(i) != document for i, document in wanted.items()),
        pages=pages,
        inserted=inserted,
        redated=redated,
        seconds=seconds,
        faults=len(faults(url)),
    )


def _walked(port: int) -> tuple[dict[str, Any], list[str], int, int]:
    """A walk from the first page on; with the revision that it was pinned to."""
    hand = WriterClient(port, "")
    # Asked again until both agree: the page carries no revision of its own.
    while True:
        pinned = hand.send("GET", "/readyz").body["revision"]
        first = hand.send("GET", f"/v1/meetings?limit={_PAGE}")
        if hand.send("GET", "/readyz").body["revision"] == pinned:
            break
    found, order, pages = _pages(hand, first.body)
    hand.close()
    return found, order, pages, pinned


def _items(port: int, path: str) -> tuple[dict[str, Any], list[str], int]:
    hand = WriterClient(port, "")
    found = _pages(hand, hand.send("GET", path).body)
    hand.close()
    return found


def _pages(hand: WriterClient, page: Any) -> tuple[dict[str, Any], list[str], int]:
    found: dict[str, Any] = {}
    order: list[str] = []
    pages = 1
    while True:
        for item in page["items"]:
            order.append(item["id"])
            found[item["id"]] = json.dumps(item, sort_keys=True)
        if page["next"] is None:
            return found, order, pages
        page, pages = hand.send("GET", page["next"]).body, pages + 1


def main(given: Sequence[str] | None = None) -> int:
    """Walk; 0 if nothing was skipped, repeated or changed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stress.paging", description=__doc__)
    add = parser.add_argument
    add("--database-url", default="sqlite", help="sqlite, postgres or an address [sqlite]")
    add("--meetings", type=int, default=10_000)
    asked = parser.parse_args(given)
    exit_on_signal()
    with database(asked.database_url) as url, tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "servers.log"
        found = page_through(url, log, meetings=asked.meetings)
        print(f"{asked.database_url}: {found}")
        if not found.holds:
            print(log.read_text("utf-8", "replace")[-4_000:])
    return 0 if found.holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
