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
from app.imports.importer import Importer, ImportOptions
from app.imports.readers import (
    IMPORT_FORMATS,
    ImportRow,
    NounResolver,
    read_csv,
    read_json,
    read_ndjson,
)
from app.imports.templates import MappingError
from app.imports.verdicts import ImportSummary, Verdict
from app.kit.http.problems import Problem
from app.kit.sql.sqlite_backup import BackupError
from app.kit.strict_json import dumps
from app.ledger.maintenance.exports import InvalidExport, is_export
from app.ledger.maintenance.replay import LedgerMismatch, ReplayResult, replay
from app.ledger.noun import Noun, Nouns
from app.ledger.write.ledger import Ledger

_SUFFIXES = {".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "json", ".csv": "csv"}
_OPTIMIZE_AFTER = 1_000  # records written, after which the index is merged
_HEADER_BYTES = 100_000  # bytes in which an export's header stands


class ImportFileError(ValueError):
    """A file that cannot be imported as it is; the message says why."""


# What may be wrong with a file or with where it should go, rather than with Parley.
IMPORT_ERRORS = (
    ImportFileError,
    MappingError,
    InvalidExport,
    LedgerMismatch,
    BackupError,
    Problem,
    OSError,
)


def default_author() -> str:
    """Who imports, if nobody says."""
    try:
        return getuser()[:200]
    except (OSError, KeyError, ImportError):  # a user without a name
        return "import"


@contextmanager
def local_copy(path: Path, form: str | None) -> Iterator[Path]:
    """The file itself; for `-` one that holds what stood on standard input."""
    if str(path) != "-":
        yield path
        return
    with NamedTemporaryFile(suffix=f".{form or 'ndjson'}") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
        file.flush()
        yield Path(file.name)


@dataclass(frozen=True, slots=True)
class FileOptions:
    """What is known of the file besides what stands in it."""

    noun: str | None = None
    import_format: str | None = None
    mapping: Path | None = None
    verdicts: Path | None = None
    progress: bool | None = None  # None: if someone is looking


def is_ledger_export(path: Path) -> bool:
    """Whether a file is an export of a whole ledger."""
    with path.open("rb") as file:
        return is_export(file.readline(_HEADER_BYTES))


def replay_export(ledger: Ledger, path: Path, progress: bool | None) -> ReplayResult:
    """Replay an export.

    Raises:
        InvalidExport: the file was changed or is cut.
        LedgerMismatch: the database holds something else.
    """
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        bar = stack.enter_context(_progress_bar(None, " revisions", progress))
        return replay(ledger.database, ledger.nouns, file, bar.update)


def import_rows(
    ledger: Ledger, path: Path, file_options: FileOptions, options: ImportOptions
) -> ImportSummary:
    """Import a file of records.

    Raises:
        FileError: it cannot be told what the file is.
        MappingError: the mapping cannot be used, or not for this file.
        Problem: the file as a whole is none of its format.
    """
    if file_options.mapping is not None:
        table_mapping = mapping.load_mapping(file_options.mapping, ledger.nouns)
        found = table_mapping.rows(path.read_bytes())
        options = replace(options, known_distinct=table_mapping.distinct_records(found))
        return _run(ledger, found, len(found), file_options, options)
    form = file_options.import_format or _SUFFIXES.get(path.suffix.lower())
    if form is None:
        raise ImportFileError(
            f"cannot tell the format of {path.name}; use --format {'|'.join(IMPORT_FORMATS)}"
        )
    sorter = NounResolver(ledger.nouns, _noun(ledger.nouns, file_options.noun))
    if form == "ndjson":
        with path.open("rb") as file:
            total = sum(1 for line in file if line.strip())
            file.seek(0)
            return _run(ledger, read_ndjson(file, sorter), total, file_options, options)
    content = path.read_bytes()
    listed = read_json(content, sorter) if form == "json" else list(read_csv(content, sorter))
    return _run(ledger, listed, len(listed), file_options, options)


def _noun(nouns: Nouns, name: str | None) -> Noun | None:
    return None if name is None else NounResolver(nouns, None).resolve(name)


def _run(
    ledger: Ledger,
    rows: Iterable[ImportRow],
    total: int,
    file_options: FileOptions,
    options: ImportOptions,
) -> ImportSummary:
    with ExitStack() as stack:
        tell: list[Callable[[Sequence[Verdict]], object]] = []
        if file_options.verdicts is not None:
            file = stack.enter_context(file_options.verdicts.open("wb"))
            tell.append(lambda verdicts: file.writelines(_lines(verdicts)))
        bar = stack.enter_context(_progress_bar(total, " rows", file_options.progress))
        tell.append(lambda verdicts: bar.update(len(verdicts)))
        outcome = Importer(ledger, options, lambda v: [one(v) for one in tell]).run(rows)
    if outcome.written and outcome.counts["created"] + outcome.counts["changed"] > _OPTIMIZE_AFTER:
        ledger.optimize()
    return outcome


def _lines(verdicts: Sequence[Verdict]) -> Iterator[bytes]:
    for verdict in verdicts:
        yield dumps(verdict.to_json()) + b"\n"


def _progress_bar(total: int | None, unit: str, progress: bool | None) -> tqdm[Any]:
    return tqdm(total=total, unit=unit, disable=None if progress is None else not progress)
