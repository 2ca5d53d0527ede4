"""`python -m benchmarks.stress.crash`: the server is killed at random moments under writers.

Whatever was acknowledged must be there afterwards, once and whole; what was not may be there or
not, but never half. `parley verify` must hold.
"""

from __future__ import annotations

import argparse
import http.client
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.stress.environment import (
    Servers,
    Stopwatch,
    database,
    exit_on_signal,
    prepare_writable,
    revision,
    verified,
)
from benchmarks.stress.writer_client import WriterClient, WriterResponse

PARTIES = ("TUR", "SYR")
_STANCES = ("demands", "opposes", "rejects")


@dataclass(slots=True)
class WriteLog:
    """What one writer was told."""

    made: dict[str, list[str]] = field(default_factory=dict)  # a meeting and its positions
    counted: int = 0  # acknowledged changes of the writer's own counter
    tried: int = 0
    unknown: int = 0  # requests without an answer
    replayed: int = 0  # of these, meetings that were found to be written when sent again


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    kills: int
    acknowledged: int
    unknown: int
    replayed: int
    lost: list[str]
    verified: Counter[bool]
    revisions: int
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""
        return not self.lost and set(self.verified) == {True}

    def __str__(self) -> str:
        """In words."""
        return (
            f"{self.kills} kills, {self.acknowledged} writes acknowledged, {self.unknown} without "
            f"an answer ({self.replayed} replayed when sent again), "
            f"{len(self.lost)} lost, doubled or broken {self.lost[:5]}; "
            f"verified {self.verified[True]} of {self.verified.total()} times; "
            f"{self.revisions} revisions; {self.seconds:.0f} s"
        )


class Writer(threading.Thread):
    """Writes meetings with three positions, all or nothing, and counts in a record of its own."""

    def __init__(self, name: str, servers: Servers, key: str) -> None:
        super().__init__(name=name, daemon=True)
        self.servers = servers
        self.key = key
        self.book = WriteLog()
        self.ending = threading.Event()
        self.waiting = False
        self.wrong: list[str] = []

    def run(self) -> None:
        """Write until told to end; start over with another connection whenever one is cut."""
        while not self.ending.is_set():
            ports = self.servers.ports
            if not ports:
                time.sleep(0.01)
                continue
            hand = WriterClient(ports[0], self.key)
            try:
                while not self.ending.is_set():
                    self._meeting(hand)
                    self._count(hand)
            except (OSError, http.client.HTTPException):
                self.book.unknown += 1
                time.sleep(0.02)
            finally:
                hand.close()

    def _meeting(self, hand: WriterClient) -> None:
        """A new meeting; or the last one once more, if nobody knows what became of it."""
        if not self.waiting:
            self.book.tried += 1
        self.waiting = True
        identifier = f"{self.name}-{self.book.tried}"
        own = {"party": "SYR", "issue": "matter", "channel": "reported"}
        positions = [own | {"id": f"{identifier}-{s}", "stance": s} for s in _STANCES]
        body = {
            "id": identifier,
            "title": identifier,
            "status": "planned",
            "sources": ["report"],
            "participants": [{"party": party} for party in PARTIES],
            "positions": positions,
        }
        path = "/v1/meetings?duplicate=allow"
        said = hand.send("POST", path, body, Idempotency_Key=identifier)
        self.waiting = False
        self.book.replayed += said.replayed
        if self._fine(said, 201):
            self.book.made[identifier] = [position["id"] for position in positions]

    def _count(self, hand: WriterClient) -> None:
        path = f"/v1/issues/{self.name}"
        read = hand.send("GET", path)
        note = str(int(read.body["note"]) + 1)
        if self._fine(hand.send("PATCH", path, {"note": note}, If_Match=read.tag), 200):
            self.book.counted += 1

    def _fine(self, said: WriterResponse, status: int) -> bool:
        if said.status != status:
            self.wrong.append(f"{self.name}: {said.status} {said.body}")
        return said.status == status


def crash(url: str, log: Path, *, kills: int, writers: int, seed: int, every: int) -> Outcome:
    """Run it on a database."""
    key, watch, chance = prepare_writable(url, "crash"), Stopwatch(), random.Random(seed)
    verdicts: Counter[bool] = Counter()
    with Servers(url, 1, log) as servers:
        names = _basis(WriterClient(servers.ports[0], key), writers)
        running = [Writer(name, servers, key) for name in names]
        for writer in running:
            writer.start()
        for number in range(1, kills + 1):
            time.sleep(chance.uniform(0.02, 1.0))
            servers.kill()
            if number % every == 0:
                verdicts[verified(url)] += 1
            servers.__enter__()
        time.sleep(0.2)
        for writer in running:
            writer.ending.set()
        for writer in running:
            writer.join(60)
        lost = [wrong for writer in running for wrong in writer.wrong]
        hand = WriterClient(servers.ports[0], key)
        for writer in running:
            lost += _missing(hand, writer.name, writer.book)
        hand.close()
    verdicts[verified(url)] += 1
    return Outcome(
        kills,
        sum(len(w.book.made) + w.book.counted for w in running),
        sum(w.book.unknown for w in running),
        sum(w.book.replayed for w in running),
        lost,
        verdicts,
        revision(url),
        watch.seconds(),
    )


def _basis(hand: WriterClient, writers: int) -> list[str]:
    names = [f"writer-{number}" for number in range(writers)]
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("parties/TUR", {"name": "Türkiye", "kind": "state"}),
        ("parties/SYR", {"name": "Syria", "kind": "state"}),
        ("issues/matter", {"name": "The matter"}),
        ("sources/report", {"title": "The report"}),
        *((f"issues/{name}", {"name": name, "note": "0"}) for name in names),
    ]
    for path, body in bodies:
        said = hand.send("PUT", f"/v1/{path}", body)
        if said.status != 201:
            raise RuntimeError(f"the database is not new: {path} {said.status}")
    hand.close()
    return names


def _missing(hand: WriterClient, name: str, book: WriteLog) -> list[str]:
    """What was acknowledged and is not there once and whole; and what is there by half."""
    found = []
    for number in range(1, book.tried + 1):
        identifier = f"{name}-{number}"
        said = hand.send("GET", f"/v1/meetings/{identifier}?include=positions")
        if said.status == 404 and identifier not in book.made:
            if hand.send("GET", f"/v1/positions/{identifier}-demands").status != 404:
                found.append(f"{identifier}: a position without its meeting")
            continue
        wanted = {f"{identifier}-{stance}" for stance in _STANCES}
        if said.status != 200 or set(said.body["included"]["positions"]) != wanted:
            found.append(f"{identifier}: {said.status}")
        elif said.body["version"] != 1:
            found.append(f"{identifier}: written {said.body['version']} times")
    counter = hand.send("GET", f"/v1/issues/{name}").body
    if not book.counted <= int(counter["note"]) <= book.counted + book.unknown:
        found.append(f"{name}: counted {book.counted}, the record tells {counter['note']}")
    if counter["version"] != int(counter["note"]) + 1:
        found.append(f"{name}: {counter['version']} versions for {counter['note']} changes")
    return found


def main(given: Sequence[str] | None = None) -> int:
    """Run the trial; 0 if every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stress.crash", description=__doc__)
    add = parser.add_argument
    add("--database-url", default="sqlite", help="sqlite, postgres or an address [sqlite]")
    add("--kills", type=int, default=100)
    add("--writers", type=int, default=8)
    add("--every", type=int, default=10, help="kills between two verifications [10]")
    add("--seed", type=int, default=1, help="what the moments are made from [1]")
    asked = parser.parse_args(given)
    exit_on_signal()
    with database(asked.database_url) as url, tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        found = crash(
            url, log, kills=asked.kills, writers=asked.writers, seed=asked.seed, every=asked.every
        )
        print(f"{asked.database_url}: {found}")
        if not found.holds:
            print(log.read_text("utf-8", "replace")[-4_000:])
    return 0 if found.holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
