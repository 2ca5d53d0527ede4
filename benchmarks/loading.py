"""Loading: the generated data into a database of Parley's, by the ledger's way for many records."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from app.cli import prepare_database
from app.kit.sql.database import Database
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from app.settings import Settings
from benchmarks.generator import batches

AUTHOR = "benchmark"


@dataclass(frozen=True, slots=True)
class Load:
    """What loading took."""

    meetings: int
    seed: int
    revisions: int
    generating: float  # seconds, the check of every body included
    writing: float
    cpu: float  # seconds of CPU that the writes took
    bytes: int

    @property
    def rate(self) -> float:
        """Revisions a second of CPU, of the writes alone."""
        return self.revisions / self.cpu


def url(path: Path) -> str:
    """The database URL of a SQLite file."""
    return f"sqlite:///{path}"


def load(path: Path, *, seed: int, meetings: int) -> Load:
    """Fill a new database; the file stands under its name only once it is complete."""
    partial = path.with_suffix(".partial")
    for left in (partial, *partial.parent.glob(partial.name + "-*")):
        left.unlink(missing_ok=True)
    prepare_database(Settings(database_url=url(partial), seed=False))
    database = Database(url(partial))
    ledger = Ledger(database, NOUNS)
    revisions, generating, writing, cpu = 0, 0.0, 0.0, 0.0
    mark = time.perf_counter()
    for number, batch in enumerate(batches(NOUNS, seed=seed, meetings=meetings)):
        made, used = time.perf_counter(), time.process_time()
        ledger.fixed_times.append(batch.at)
        written = ledger.write(batch.changes, author=AUTHOR, reason=f"batch {number}")
        revisions += len(written.revisions)
        done, cpu = time.perf_counter(), cpu + time.process_time() - used
        generating, writing, mark = generating + made - mark, writing + done - made, done
        if number % 25 == 0:
            print(f"  {revisions} revisions, {revisions / cpu:.0f}/s", flush=True)
    made, used = time.perf_counter(), time.process_time()
    ledger.optimize()
    writing, cpu = writing + time.perf_counter() - made, cpu + time.process_time() - used
    database.close()
    partial.rename(path)
    found = Load(meetings, seed, revisions, generating, writing, cpu, path.stat().st_size)
    _note(path).write_text(json.dumps(asdict(found)) + "\n", "utf-8")
    return found


def _note(path: Path) -> Path:
    return path.with_suffix(".json")


def loaded(folder: Path, *, seed: int, meetings: int) -> tuple[Path, Load]:
    """The database of this size, made now if it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"parley-{meetings}-{seed}.sqlite3"
    if path.exists() and _note(path).exists():
        return path, Load(**json.loads(_note(path).read_text("utf-8")))
    print(f"Loading {meetings} meetings", flush=True)
    return path, load(path, seed=seed, meetings=meetings)
