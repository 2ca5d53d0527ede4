"""Rules and warnings beyond the shape, checked on all that a write changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from app.kit.http.problems import FieldError, Problem
from app.kit.schema.shapes import Document
from app.ledger.indexing import record_bounds
from app.ledger.noun import FieldWarning, Noun, RecordRef
from app.ledger.write.draft import Draft
from app.ledger.write.revisions import NewRevision

_MAX_LISTED = 10  # records in a sentence, or steps of a cycle


def rule_errors(draft: Draft) -> Mapping[RecordRef, Sequence[FieldError]]:
    """The rules that the requested records of a write break; only records that break one."""
    errors: dict[RecordRef, list[FieldError]] = defaultdict(list)
    today = _today()
    for ref, revision in draft.records.items():
        if revision.document is not None and revision.cause == "requested":
            for error in _broken_rules(revision.noun, revision.document, today):
                errors[ref].append(error)
        for error in _hierarchy_cycle(draft, ref):
            errors[ref].append(error)
    return errors


def check_cascaded_records(draft: Draft) -> None:
    """Refuse a write that makes other records break a rule that they kept before.

    Raises:
        Problem: 409 with all of them.
    """
    affected = [
        {"noun": ref.noun, "id": ref.id, "reason": f"{error.field} {error.message}"}
        for ref, revision in draft.records.items()
        if revision.cause != "requested"
        for error in _new_rule_errors(revision)
    ]
    if affected:
        shown = (f"{a['noun']} {a['id']}: {a['reason']}" for a in affected[:_MAX_LISTED])
        omitted = len(affected) - _MAX_LISTED
        more = f"; and {omitted} more" if omitted > 0 else ""
        detail = f"The change would make other records invalid: {'; '.join(shown)}{more}."
        raise Problem(409, "rule-broken", detail, extra={"affected": affected})


def draft_warnings(draft: Draft, requested: RecordRef) -> list[str]:
    """What is odd in the records of a write; those of others than the requested one name it."""
    messages: list[str] = []
    for ref, revision in draft.records.items():
        prefix = "" if ref == requested else f"{' '.join(ref)}, "
        messages += (f"{prefix}{name}: {message}" for name, message in _warnings(draft, revision))
    return messages


def _today() -> date:
    """The day by which rules judge what lies in the future (UTC)."""
    return datetime.now(UTC).date()


def _broken_rules(noun: Noun, document: Document, today: date) -> list[FieldError]:
    ref = noun.ref(document["id"])
    errors = noun.rules(document, record_bounds(noun, document), today)
    return [replace(error, ref=ref) for error in errors]


def _new_rule_errors(revision: NewRevision) -> list[FieldError]:
    """The rules that a document breaks and its stored version does not."""
    noun, document, today = revision.noun, revision.document, _today()
    errors = [] if document is None else _broken_rules(noun, document, today)
    before = revision.old_document if errors else None
    if before is None:
        return errors
    known = {error.field for error in _broken_rules(noun, before, today)}
    return [error for error in errors if error.field not in known]


def _hierarchy_cycle(draft: Draft, ref: RecordRef) -> Iterator[FieldError]:
    """The error of a record that would be a part of itself."""
    field = draft.nouns[ref.noun].parent_field
    if field is not None:
        chain = [ref.id, *_ancestors(draft, ref, field)]
        if len(chain) > 1 and chain[-1] == ref.id:
            shown = [*chain[:_MAX_LISTED], "…"] if len(chain) > _MAX_LISTED + 1 else chain
            message = f"would make the {ref.noun} part of itself: {' → '.join(shown)}"
            yield FieldError(field, message, ref=ref)


def _ancestors(draft: Draft, ref: RecordRef, field: str) -> Iterator[str]:
    """What a record is part of, step by step, until there is no more or a step comes again."""
    identifier: str | None = ref.id
    visited: set[str] = set()
    while identifier is not None and identifier not in visited:
        visited.add(identifier)
        documents = draft.documents_after(ref.noun, [identifier])
        identifier = documents[identifier][field] if identifier in documents else None
        if identifier is not None:
            yield identifier


def _warnings(draft: Draft, revision: NewRevision) -> Iterator[FieldWarning]:
    noun, document = revision.noun, revision.document
    if document is None:
        return
    yield from noun.context_warnings(draft, document)
    if revision.cause == "requested":
        # Only warnings that the stored version did not already have.
        before, today = revision.old_document, _today()
        known = set() if before is None else set(noun.warnings(before, today))
        yield from (warning for warning in noun.warnings(document, today) if warning not in known)
