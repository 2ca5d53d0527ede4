"""`python -m benchmarks.stress.streams`: everything in every format, and what the server holds.

Each format is downloaded whole from a server that has just been started, once from a small
database and once from one ten times as large. The server's memory may grow while it streams, but
not with what it streams: the growth from the large one must not exceed that from the small one by
more than a little. Memory is what the server holds of its own, looked at a hundred times a second.
The pages of the database that SQLite maps into it are the system's, which takes them back when it
needs them; they are told apart. Needs Linux.
"""

from __future__ import annotations

import argparse
import csv
import http.client
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.formats import OUTPUT_FORMATS
from benchmarks.client import HOST
from benchmarks.loading import loaded, url
from benchmarks.servers import Server, parley
from benchmarks.stress.environment import exit_on_signal

STREAMED = tuple(f.name for f in OUTPUT_FORMATS.all if f.render is not None and not f.is_paged)
# What stands in a format once for every entry.
_MARKS = {
    "timelinejs": b'"unique_id":',
    "vis": b'"className":',
    "ics": b"BEGIN:VEVENT\r\n",
    "geojson": b'"type":"Feature",',
    "jsonld": b'"@type":"Event",',
    "ndjson": b"\n",
}
_MIB = 1024 * 1024
_SLACK = 8 * _MIB  # what an allocator may keep, one time more than another
_PIECE = 64 * 1024
_PAUSE = 0.01  # seconds between two looks


@dataclass(frozen=True, slots=True)
class Download:
    """What came of one format at one size."""

    entries: int
    bytes: int
    first: float  # seconds to the first byte of the body
    seconds: float
    cpu: float  # seconds of the server's
    growth: int  # bytes of its own that the server held at most, beyond what it held before
    mapped: int  # the same of the database's pages


def memory(pid: int) -> tuple[int, int]:
    """What a process holds: of its own, and of mapped files."""
    found = dict[str, int]()
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        key, _, value = line.partition(":")
        if key in ("RssAnon", "RssFile"):
            found[key] = int(value.split()[0]) * 1024
    return found["RssAnon"], found["RssFile"]


class MemoryMonitor:
    """Looks at a process's memory for as long as the `with` lasts."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.own, self.mapped = memory(pid)
        self.most_own, self.most_mapped = self.own, self.mapped
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._ended.wait(_PAUSE):
            own, mapped = memory(self.pid)
            self.most_own, self.most_mapped = max(self.most_own, own), max(self.most_mapped, mapped)

    def __enter__(self) -> MemoryMonitor:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._ended.set()
        self._thread.join()


def fetched(port: int, path: str, coding: str, into: Path) -> tuple[float, float, int]:
    """Download into a file; gives the seconds to the first byte, those to the last, and bytes."""
    connection = http.client.HTTPConnection(HOST, port, timeout=600)
    begun, first, size = time.perf_counter(), 0.0, 0
    connection.request("GET", path, headers={"Accept-Encoding": coding})
    response = connection.getresponse()
    if response.status != 200:
        raise RuntimeError(f"{path}: {response.status}")
    with into.open("wb") as file:
        while piece := response.read1(_PIECE):
            first = first or time.perf_counter() - begun
            size += len(piece)
            file.write(piece)
    connection.close()
    return first, time.perf_counter() - begun, size


def counted(format_: str, file: Path) -> int:
    """How many entries a download holds."""
    if format_ == "csv":
        with file.open(encoding="utf-8", newline="") as lines:
            return sum(1 for _ in csv.reader(lines)) - 1
    mark, found, left = _MARKS[format_], 0, b""
    with file.open("rb") as content:
        while piece := content.read(_MIB):
            held = left + piece
            found += held.count(mark)
            left = held[len(held) - len(mark) + 1 :] if len(mark) > 1 else b""
    return found


def download(server: Server, format_: str, coding: str, folder: Path) -> Download:
    """One format, whole, from a server of its own."""
    pid, file = server.process.pid, folder / f"timeline.{format_}"
    # What is loaded and built on first use is no part of what a stream holds.
    fetched(server.port, f"/v1/timeline.{format_}?limit=1000", coding, file)
    used = server.cpu()
    with MemoryMonitor(pid) as watched:
        first, seconds, size = fetched(server.port, f"/v1/timeline.{format_}", coding, file)
    used = server.cpu() - used
    growth, mapped = watched.most_own - watched.own, watched.most_mapped - watched.mapped
    entries = counted(format_, file) if coding == "identity" else 0
    return Download(entries, size, first, seconds, used, growth, mapped)


def flat(small: Download, large: Download) -> bool:
    """Whether the server held no more for a larger answer."""
    return large.growth <= small.growth * 1.25 + _SLACK


def run(
    databases: Sequence[Path], formats: Sequence[str], coding: str, say: Callable[[str], None]
) -> dict[str, list[Download]]:
    """Every format from every database."""
    found: dict[str, list[Download]] = {}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        for format_ in formats:
            for database in databases:
                with parley(url(database), None, log, response_cache=True) as server:
                    one = download(server, format_, coding, Path(folder))
                found.setdefault(format_, []).append(one)
                say(f"  {format_}, {database.name}: {one}")
    return found


def table(found: dict[str, list[Download]]) -> str:
    """The figures as the page in docs/ shows them."""
    lines = [
        "| Format | Entries | MB | First byte, s | All, s | CPU, s | Memory, MiB | Mapped, MiB |",
        "| --- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    lines += [
        f"| `{format_}` | {one.entries:,} | {one.bytes / 1e6:.1f} | {one.first:.2f} "
        f"| {one.seconds:.1f} | {one.cpu:.1f} | {one.growth / _MIB:.1f} | {one.mapped / _MIB:.0f} |"
        for format_, downloads in found.items()
        for one in downloads
    ]
    return "\n".join(lines)


def main(given: Sequence[str] | None = None) -> int:
    """Run the trial; 0 if memory is flat in every format."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.stress.streams", description=__doc__
    )
    add = parser.add_argument
    add("--meetings", type=int, nargs=2, default=(5_000, 50_000), metavar=("FEW", "MANY"))
    add("--folder", type=Path, default=Path("data/bench"), help="of databases [data/bench]")
    add("--seed", type=int, default=1)
    add("--formats", nargs="+", default=STREAMED, choices=STREAMED, metavar="FORMAT")
    add(
        "--encoding",
        default="identity",
        help="identity, gzip or br; entries are counted in the first",
    )
    asked = parser.parse_args(given)
    exit_on_signal()
    databases = [loaded(asked.folder, seed=asked.seed, meetings=n)[0] for n in asked.meetings]
    found = run(databases, asked.formats, asked.encoding, lambda line: print(line, flush=True))
    print(table(found))
    swollen = [name for name, (small, large) in found.items() if not flat(small, large)]
    if swollen:
        print(f"Memory grows with the answer: {', '.join(swollen)}")
    return 1 if swollen else 0


if __name__ == "__main__":
    raise SystemExit(main())
