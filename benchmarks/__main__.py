"""`python -m benchmarks`: load, measure, print; with `--write` also into the documentation."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks.loading import loaded, url
from benchmarks.read_requests import ROWS

_HERE = Path(__file__).resolve().parent
_PAGE = _HERE.parent / "docs" / "benchmarks.md"


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--meetings", type=int, nargs="+", default=[10_000], help="sizes [10000]")
    add("--seed", type=int, default=1, help="what the data are made from [1]")
    add("--folder", type=Path, default=Path("data/bench"), help="where databases go [data/bench]")
    add("--rounds", type=int, default=5, help="how often each server has its turn [5]")
    add("--seconds", type=float, default=1.0, help="how long a turn may take [1]")
    names = [row.name for row in ROWS]
    add("--rows", nargs="+", choices=names, default=names, metavar="ROW", help=", ".join(names))
    add("--write", action="store_true", help="write the page docs/benchmarks.md")
    add("--load-only", action="store_true", help="make the databases and stop")
    return parser.parse_args(given)


def _install() -> None:
    """What the neighbour needs and Parley does not."""
    if find_spec("aiosqlite") is None or find_spec("greenlet") is None:
        command = [sys.executable, "-m", "pip", "install", "--quiet"]
        subprocess.run([*command, "-r", str(_HERE / "requirements.txt")], check=True)


def main(given: Sequence[str] | None = None) -> int:
    """Run the benchmarks."""
    asked = _arguments(given)
    # Ended from outside, it ends the servers it has started.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    _install()
    from benchmarks.comparisons.idiomatic.filling import fill  # noqa: PLC0415 - installed just now
    from benchmarks.report import page  # noqa: PLC0415 - asks for its version
    from benchmarks.runs import Workload, session  # noqa: PLC0415 - as above

    sessions = []
    for meetings in asked.meetings:
        database, load = loaded(asked.folder, seed=asked.seed, meetings=meetings)
        neighbour = database.with_name(f"neighbour-{meetings}-{asked.seed}.sqlite3")
        if not neighbour.exists():
            print("Filling the neighbour's database", flush=True)
            fill(url(database), neighbour)
        if asked.load_only:
            continue
        print(f"Measuring with {meetings} meetings", flush=True)
        rows = [row for row in ROWS if row.name in asked.rows]
        effort = Workload(asked.rounds, asked.seconds)
        sessions.append(session(database, neighbour, load, rows, effort))
    if sessions:
        text = page(sessions)
        print(text)
        if asked.write:
            _PAGE.parent.mkdir(exist_ok=True)
            _PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
