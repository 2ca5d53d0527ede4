"""Importing: many rows at once, with a verdict on each.

Rows are written in batches, each in one transaction and one write of the ledger. Where a batch
holds what cannot be written, it is written without: halved until the row is found, if the ledger
does not say which it was. So a verdict does not depend on how the batches fall, nor on the order
of the rows: what cites a row further down waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from app.imports.duplicates import duplicate_rows
from app.imports.readers import ImportRow
from app.imports.staging import IdentifierClaims, RowStager, StagedRow
from app.imports.verdicts import ImportSummary, Verdict, refusal_verdict
from app.kit.http.problems import Problem, problem_from_errors
from app.kit.schema.shapes import is_identifier
from app.ledger.noun import RecordRef
from app.ledger.snapshot import Snapshot, latest_revision
from app.ledger.write.ledger import Ledger
from app.writes import checks
from app.writes.suggestions import has_unknown_reference, with_suggestions

IMPORT_BATCH_SIZE = 500
_MAX_SUGGESTED = 50  # so many refusals name the nearest known records; it means reading them all


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Who imports, why, and how."""

    author: str
    reason: str | None = None
    atomic: bool = False
    dry_run: bool = False
    allow_duplicates: bool = False
    # Records of the file itself that are known to be different ones, however alike.
    known_distinct: frozenset[RecordRef] = frozenset()


OnVerdicts = Callable[[Sequence[Verdict]], object]


class _Rollback(Exception):
    """Takes a transaction back."""


class Importer:
    """One import into one ledger."""

    def __init__(
        self,
        ledger: Ledger,
        options: ImportOptions,
        on_verdicts: OnVerdicts = lambda _: None,
        transaction: Connection | None = None,
    ) -> None:
        """An import; `within` is a transaction that all of it is to be part of."""
        self.ledger = ledger
        self.options = options
        self.on_verdicts = on_verdicts
        self._outer_transaction = transaction
        self._claims = IdentifierClaims()
        self._waiting: list[StagedRow] = []
        self._suggested = 0

    def run(self, rows: Iterable[ImportRow]) -> ImportSummary:
        """Import all rows; each verdict is told as soon as it stands."""
        outcome = ImportSummary()
        together = self.options.atomic or self.options.dry_run
        if together:
            with self._transaction(outcome) as snapshot:
                self._import_together(snapshot, rows, outcome)
                if self.options.dry_run or not outcome.is_clean:
                    raise _Rollback
        else:
            for batch in _batches(rows, IMPORT_BATCH_SIZE):
                with self._writing() as snapshot:
                    verdicts = self._batch(snapshot, batch)
                self._count(verdicts, outcome)
            if self._waiting:
                with self._writing() as snapshot:
                    verdicts = self._import_waiting(snapshot)
                self._count(verdicts, outcome)
        if self._outer_transaction is not None:
            outcome.revision = latest_revision(self._outer_transaction)
            return outcome
        with self.ledger.database.read_transaction() as connection:
            outcome.revision = latest_revision(connection)
        return outcome

    @contextmanager
    def _writing(self) -> Iterator[Snapshot]:
        if self._outer_transaction is not None:
            with self._outer_transaction.begin_nested():
                yield Snapshot(self._outer_transaction, self.ledger.nouns)
            return
        with self.ledger.database.write_transaction() as connection:
            yield Snapshot(connection, self.ledger.nouns)

    @contextmanager
    def _transaction(self, outcome: ImportSummary) -> Iterator[Snapshot]:
        try:
            with self._writing() as snapshot:
                yield snapshot
        except _Rollback:
            outcome.written = False

    def _import_together(
        self, snapshot: Snapshot, rows: Iterable[ImportRow], outcome: ImportSummary
    ) -> None:
        # All or nothing is one write: no revision shows the half of it.
        size = None if self.options.atomic else IMPORT_BATCH_SIZE
        for batch in _batches(rows, size):
            self._count(self._batch(snapshot, batch), outcome)
        self._count(self._import_waiting(snapshot), outcome)

    def _count(self, verdicts: Sequence[Verdict], outcome: ImportSummary) -> None:
        outcome.count(verdicts)
        self.on_verdicts(verdicts)

    # ---- batches

    def _batch(self, snapshot: Snapshot, rows: Sequence[ImportRow]) -> list[Verdict]:
        stager = RowStager(snapshot, self._claims, self.options.reason)
        stager.look_up(rows)
        staged, verdicts = [], []
        for row in rows:
            try:
                staged.append(stager.stage(row))
            except Problem as problem:
                name = None if row.noun is None else row.noun.name
                why = self._with_suggestions(snapshot, problem)
                verdicts.append(refusal_verdict(row.number, name, _given_id(row), why))
        verdicts += self._write(snapshot, staged)
        return sorted(verdicts, key=lambda verdict: verdict.row)

    def _import_waiting(self, snapshot: Snapshot) -> list[Verdict]:
        """The rows that waited, as long as it goes on; what then still waits is refused."""
        verdicts: list[Verdict] = []
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            for one in waiting:
                self._claims.release(one)
            verdicts += self._batch(snapshot, [one.row for one in waiting])
            if len(self._waiting) == len(waiting):
                break
        left, self._waiting = self._waiting, []
        verdicts += [self._refuse_unknown(snapshot, staged) for staged in left]
        return sorted(verdicts, key=lambda verdict: verdict.row)

    def _write(self, snapshot: Snapshot, staged: Sequence[StagedRow]) -> list[Verdict]:
        """Write what can be written; what cites what is not there yet is put aside."""
        verdicts = [_verdict(one, "unchanged") for one in staged if not one.changes]
        ready = self._without_missing_references(snapshot, [one for one in staged if one.changes])
        if not ready:
            return verdicts
        savepoint = snapshot.connection.begin_nested()
        try:
            done, bad = self._try_write(snapshot, ready)
        except Problem as problem:
            savepoint.rollback()
            bad = dict.fromkeys(_rows_in_cycle(problem, ready), problem)
            if len(ready) == 1:
                bad = {ready[0]: problem}
            if not bad:
                half = len(ready) // 2
                verdicts += self._write(snapshot, ready[:half])
                return verdicts + self._write(snapshot, ready[half:])
        else:
            if not bad:
                savepoint.commit()
                return verdicts + done
            savepoint.rollback()
        verdicts += [self._refuse(one, why) for one, why in bad.items()]
        return verdicts + self._write(snapshot, [one for one in ready if one not in bad])

    def _without_missing_references(
        self, snapshot: Snapshot, staged: list[StagedRow]
    ) -> list[StagedRow]:
        """Those of the rows that cite what is there, or each other; the others wait."""
        while staged:
            changes = {ref: change for one in staged for ref, change in one.changes.items()}
            unknown = self.ledger.unknown_references(snapshot, changes.values())
            for one in staged:
                one.missing = [error for ref in one.changes for error in unknown.get(ref, ())]
            left = [one for one in staged if not one.missing]
            if len(left) == len(staged):
                break
            self._waiting += [one for one in staged if one.missing]
            staged = left
        return staged

    def _try_write(
        self, snapshot: Snapshot, staged: Sequence[StagedRow]
    ) -> tuple[list[Verdict], dict[StagedRow, Problem]]:
        """Write all of the rows in one write, or find which of them cannot be."""
        changes = {a: change for one in staged for a, change in one.changes.items()}
        draft = self.ledger.draft(snapshot, changes.values())
        errors = checks.rule_errors(draft)
        if errors:
            return [], {
                row: problem_from_errors(422, "rule-broken", *broken)
                for row in staged
                if (broken := [error for ref in row.changes for error in errors.get(ref, ())])
            }
        checks.check_cascaded_records(draft)
        written = self.ledger.commit(draft, author=self.options.author, reason=self.options.reason)
        actions = {r.ref: r.action for r in written.revisions}
        bad: dict[StagedRow, Problem] = {}
        if not self.options.allow_duplicates:
            bad = duplicate_rows(draft, staged, actions, self.options.known_distinct)
        return [_verdict(one, self._verdict_of(one, actions)) for one in staged], bad

    # ---- verdicts

    @staticmethod
    def _verdict_of(staged: StagedRow, actions: dict[RecordRef, str]) -> str:
        """What a row did; what another row said first is that one's doing."""
        own = [address for address in staged.claimed if address in actions]
        if staged.ref in own and actions[staged.ref] == "created":
            return "created"
        return "changed" if own else "unchanged"

    def _refuse(self, staged: StagedRow, problem: Problem) -> Verdict:
        self._claims.release(staged)
        return refusal_verdict(staged.row.number, staged.noun.name, staged.id, problem)

    def _refuse_unknown(self, snapshot: Snapshot, staged: StagedRow) -> Verdict:
        problem = Problem(422, "unknown-reference", "", staged.missing)
        return self._refuse(staged, self._with_suggestions(snapshot, problem))

    def _with_suggestions(self, snapshot: Snapshot, problem: Problem) -> Problem:
        if self._suggested >= _MAX_SUGGESTED or not has_unknown_reference(problem):
            return problem
        self._suggested += 1
        return with_suggestions(snapshot, problem)


def _verdict(staged: StagedRow, verdict: str) -> Verdict:
    return Verdict(staged.row.number, verdict, staged.noun.name, staged.id)


def _rows_in_cycle(problem: Problem, staged: Sequence[StagedRow]) -> list[StagedRow]:
    """The rows whose dates hang on each other in the circle that a problem names."""
    named = set(problem.extra.get("circle", ()))
    return [one for one in staged if not named.isdisjoint(name for _, name in one.changes)]


def _given_id(row: ImportRow) -> str | None:
    """The identifier that a row gives, if it is one."""
    found = row.body.get("id") if isinstance(row.body, dict) else None
    return found if isinstance(found, str) and is_identifier(found) else None


def _batches(rows: Iterable[ImportRow], size: int | None) -> Iterator[list[ImportRow]]:
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch
