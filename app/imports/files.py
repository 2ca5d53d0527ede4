"""Importing a file: what it is, how far it has come, and where the verdicts go."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from getpass import getuser
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from tqdm import tqdm

from app.imports import mapping
from app.imports.importer import Import, Terms
from app.imports.readers import FORMATS, Row, Sorter, csv_rows, json, ndjson
from app.imports.templates import MappingError
from app.imports.verdicts import Outcome, Verdict
from app.kit.http.problems import Problem
from app.kit.sql.sqlite_backup import BackupError
from app.kit.strict_json import dumps
from app.ledger.maintenance.exports import InvalidExport, is_export
from app.ledger.maintenance.replay import LedgerMismatch, ReplayResult, replay
from app.ledger.noun import Noun, Nouns
from app.ledger.write.ledger import Ledger

_SUFFIXES = {".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "json", ".csv": "csv"}
_MANY = 1_000  # records written, after which the index is merged
_FIRST = 100_000  # bytes in which an export's header stands


class FileError(ValueError):
    """A file that cannot be imported as it is; the message says why."""


# What may be wrong with a file or with where it should go, rather than with Parley.
FAULTS = (FileError, MappingError, InvalidExport, LedgerMismatch, BackupError, Problem, OSError)


def user() -> str:
    """Who imports, if nobody says."""
    try:
        return getuser()[:200]
    except (OSError, KeyError, ImportError):  # a user without a name
        return "import"


@contextmanager
def kept(path: Path, form: str | None) -> Iterator[Path]:
    """The file itself; for `-` one that holds what stood on standard input."""
    if str(path) != "-":
        yield path
        return
    with NamedTemporaryFile(suffix=f".{form or 'ndjson'}") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
        file.flush()
        yield Path(file.name)


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of the file besides what stands in it."""

    noun: str | None = None
    form: str | None = None
    mapping: Path | None = None
    verdicts: Path | None = None
    progress: bool | None = None  # None: if someone is looking


def is_ledger(path: Path) -> bool:
    """Whether a file is an export of a whole ledger."""
    with path.open("rb") as file:
        return is_export(file.readline(_FIRST))


def import_ledger(ledger: Ledger, path: Path, progress: bool | None) -> ReplayResult:
    """Replay an export.

    Raises:
        InvalidExport: the file was changed or is cut.
        LedgerMismatch: the database holds something else.
    """
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        bar = stack.enter_context(_bar(None, " revisions", progress))
        return replay(ledger.database, ledger.nouns, file, bar.update)


def import_rows(ledger: Ledger, path: Path, given: Given, terms: Terms) -> Outcome:
    """Import a file of records.

    Raises:
        FileError: it cannot be told what the file is.
        MappingError: the mapping cannot be used, or not for this file.
        Problem: the file as a whole is none of its format.
    """
    if given.mapping is not None:
        table_mapping = mapping.read(given.mapping, ledger.nouns)
        found = table_mapping.rows(path.read_bytes())
        terms = replace(terms, apart=table_mapping.known_apart(found))
        return _run(ledger, found, len(found), given, terms)
    form = given.form or _SUFFIXES.get(path.suffix.lower())
    if form is None:
        raise FileError(f"what is {path.name}? Say --format {'|'.join(FORMATS)}")
    sorter = Sorter(ledger.nouns, _noun(ledger.nouns, given.noun))
    if form == "ndjson":
        with path.open("rb") as file:
            total = sum(1 for line in file if line.strip())
            file.seek(0)
            return _run(ledger, ndjson(file, sorter), total, given, terms)
    content = path.read_bytes()
    listed = json(content, sorter) if form == "json" else list(csv_rows(content, sorter))
    return _run(ledger, listed, len(listed), given, terms)


def _noun(nouns: Nouns, name: str | None) -> Noun | None:
    return None if name is None else Sorter(nouns, None).find(name)


def _run(ledger: Ledger, rows: Iterable[Row], total: int, given: Given, terms: Terms) -> Outcome:
    with ExitStack() as stack:
        tell: list[Callable[[Sequence[Verdict]], object]] = []
        if given.verdicts is not None:
            file = stack.enter_context(given.verdicts.open("wb"))
            tell.append(lambda verdicts: file.writelines(_lines(verdicts)))
        bar = stack.enter_context(_bar(total, " rows", given.progress))
        tell.append(lambda verdicts: bar.update(len(verdicts)))
        outcome = Import(ledger, terms, lambda v: [one(v) for one in tell]).run(rows)
    if outcome.written and outcome.counts["created"] + outcome.counts["changed"] > _MANY:
        ledger.tidy()
    return outcome


def _lines(verdicts: Sequence[Verdict]) -> Iterator[bytes]:
    for verdict in verdicts:
        yield dumps(verdict.body()) + b"\n"


def _bar(total: int | None, unit: str, progress: bool | None) -> tqdm[Any]:
    return tqdm(total=total, unit=unit, disable=None if progress is None else not progress)
