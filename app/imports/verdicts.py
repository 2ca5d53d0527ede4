"""What an import says of each row, and of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from app.kit.http.problems import FieldError, Problem, join_errors
from app.kit.schema.shapes import Document
from app.writes.suggestions import with_suggestions_in_message

_MAX_SHOWN = 5
VERDICTS = ("created", "unchanged", "changed", "duplicate", "refused")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a row."""

    row: int
    verdict: str
    noun: str | None
    id: str | None
    errors: tuple[FieldError, ...] = ()
    candidates: tuple[Document, ...] = ()

    def to_json(self) -> Document:
        """As it stands in an answer."""
        found: Document = {
            "row": self.row,
            "verdict": self.verdict,
            "noun": self.noun,
            "id": self.id,
        }
        if self.errors:
            found["errors"] = [fault.to_json() for fault in self.errors]
        if self.candidates:
            found["candidates"] = list(self.candidates)
        return found


@dataclass(slots=True)
class ImportSummary:
    """What an import did, all in all."""

    counts: Counter[str] = field(default_factory=Counter)
    revision: int = 0
    written: bool = True
    first_failures: list[Verdict] = field(
        default_factory=list
    )  # of those that could not be written

    @property
    def is_clean(self) -> bool:
        """Whether every row could be written."""
        return not self.counts["refused"] and not self.counts["duplicate"]

    def count(self, verdicts: Sequence[Verdict]) -> None:
        """Take verdicts in."""
        self.counts.update(verdict.verdict for verdict in verdicts)
        kept = (v for v in verdicts if v.verdict in ("refused", "duplicate"))
        self.first_failures += islice(kept, max(0, _MAX_SHOWN - len(self.first_failures)))

    def summary_lines(self) -> Iterator[str]:
        """The first rows that could not be written, a line each."""
        for verdict in self.first_failures:
            why = join_errors(
                [with_suggestions_in_message(fault) for fault in verdict.errors]
            ) or "similar to " + ", ".join(c["id"] for c in verdict.candidates)
            yield f"row {verdict.row}: {verdict.verdict}: {why}"
        left = self.counts["refused"] + self.counts["duplicate"] - len(self.first_failures)
        if left:
            yield f"and {left} more rows; use --verdicts FILE to write all of them to a file"


def duplicate_problem(noun: str, candidates: list[Document]) -> Problem:
    """409: a row whose record may be there already."""
    detail = f"this {noun} may be a duplicate of {candidates[0]['id']}"
    return Problem(409, "likely-duplicate", detail, extra={"candidates": candidates})


def refusal_verdict(
    row: int, noun: str | None, identifier: str | None, problem: Problem
) -> Verdict:
    """The verdict on a row that a problem keeps out."""
    faults = tuple(problem.errors) or (FieldError("id", problem.detail),)
    candidates = problem.extra.get("candidates")
    if candidates:
        return Verdict(row, "duplicate", noun, identifier, (), tuple(candidates))
    return Verdict(row, "refused", noun, identifier, faults)
