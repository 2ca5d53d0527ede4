"""`python -m benchmarks.stress.race`: many clients change the same records through two servers.

Every change is read, changed and written with If-Match. The sum of what succeeded must be the
number of new revisions, nobody's change may be lost, and who came too late must have seen 412.
Then many clients send one request with one Idempotency-Key: one record.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stress.environment import (
    Servers,
    Stopwatch,
    database,
    exit_on_signal,
    faults,
    prepare_writable,
    revision,
)
from benchmarks.stress.writer_client import WriterClient

RECORDS = 4
_MOST = 120  # seconds that a part may take for each 1,000 changes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a race."""

    statuses: Counter[int]
    changes: int  # new revisions
    total: int  # the sum that the records tell
    seconds: float
    same_key: Counter[int]
    made: int  # records that one key made
    replayed: int
    faults: int

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""
        done = self.statuses[200]
        return (
            set(self.statuses) <= {200, 412}
            and done == self.changes == self.total
            and set(self.same_key) == {201}
            and self.made == 1
            and self.replayed == sum(self.same_key.values()) - 1
            and self.faults == 0
        )

    def __str__(self) -> str:
        """In words."""
        tried = sum(self.statuses.values())
        return (
            f"{tried} tries, {self.statuses[200]} successes, {self.statuses[412]} losers (412), "
            f"others {dict(self.statuses - Counter({200: tried, 412: tried}))}; "
            f"{self.changes} revisions, sum {self.total}; {self.seconds:.1f} s, "
            f"{self.statuses[200] / self.seconds:.0f} changes/s; one key from "
            f"{sum(self.same_key.values())} clients: {dict(self.same_key)}, {self.made} record, "
            f"{self.replayed} replayed; {self.faults} faults"
        )


def race(url: str, log: Path, *, clients: int, changes: int, same: int) -> Outcome:
    """Run it on a database."""
    key = prepare_writable(url, "race")
    with Servers(url, 2, log) as servers:
        first = WriterClient(servers.ports[0], key)
        for number in range(RECORDS):
            body = {"name": f"Counter {number}", "note": "0"}
            made = first.send("PUT", f"/v1/issues/counter-{number}", body)
            if made.status != 201:
                raise RuntimeError(f"{url} is not new: {made.status}")
        first.close()  # an idle connection would be cut
        before, watch = revision(url), Stopwatch()

        def run(client: int) -> Counter[int]:
            return _change(WriterClient(servers.ports[client % 2], key), client, changes)

        with ThreadPoolExecutor(clients) as pool:
            statuses = sum(pool.map(run, range(clients)), Counter[int]())
        seconds, after = watch.seconds(), revision(url)
        last = WriterClient(servers.ports[1], key)
        told = [last.send("GET", f"/v1/issues/counter-{n}") for n in range(RECORDS)]
        last.close()

        def post(client: int) -> tuple[int, bool]:
            body = {"name": "Made once"}
            hand = WriterClient(servers.ports[client % 2], key)
            said = hand.send("POST", "/v1/issues?duplicate=allow", body, Idempotency_Key="once")
            hand.close()
            return said.status, said.replayed

        with ThreadPoolExecutor(same) as pool:
            answers = list(pool.map(post, range(same)))
    return Outcome(
        statuses,
        after - before,
        sum(int(said.body["note"]) for said in told),
        seconds,
        Counter(status for status, _ in answers),
        revision(url) - after,
        sum(replayed for _, replayed in answers),
        len(faults(url)),
    )


def _change(hand: WriterClient, client: int, changes: int) -> Counter[int]:
    """Add one, as often as it takes to have succeeded `changes` times."""
    statuses: Counter[int] = Counter()
    watch, limit = Stopwatch(), 60 + _MOST * changes / 1000 * 16
    for number in range(changes):
        path = f"/v1/issues/counter-{(client + number) % RECORDS}"
        while True:
            read = hand.send("GET", path)
            note = str(int(read.body["note"]) + 1)
            said = hand.send("PATCH", path, {"note": note}, If_Match=read.tag)
            statuses[said.status] += 1
            if said.status != 412:
                break
            if watch.seconds() > limit:
                raise RuntimeError(f"client {client} has come to change {number} only")
    hand.close()
    return statuses


def main(given: Sequence[str] | None = None) -> int:
    """Run the race; 0 if every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stress.race", description=__doc__)
    add = parser.add_argument
    add("--database-url", default="sqlite", help="sqlite, postgres or an address [sqlite]")
    add("--clients", type=int, default=16)
    add("--changes", type=int, default=500, help="that each client is to make [500]")
    add("--same", type=int, default=50, help="clients with one Idempotency-Key [50]")
    asked = parser.parse_args(given)
    exit_on_signal()
    with database(asked.database_url) as url, tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "servers.log"
        found = race(url, log, clients=asked.clients, changes=asked.changes, same=asked.same)
        print(f"{asked.database_url}: {found}")
        if not found.holds:
            print(log.read_text("utf-8", "replace")[-4_000:])
    return 0 if found.holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
