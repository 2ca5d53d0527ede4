"""Bodies: checked against a noun's shape, and against the state that a client has seen."""

from __future__ import annotations

import copy
from typing import Any

from pydantic import ValidationError

from app.kit.http.problems import FieldError, Problem, bad_body, problem_from_errors
from app.kit.schema.fields import field_names, shape_fields
from app.kit.schema.shapes import Document, Shape
from app.kit.strict_json import JsonError, path_step
from app.ledger.noun import Noun
from app.ledger.read.history import Revision
from app.ledger.write.revisions import RecordChange
from app.writes.body_errors import field_error


def require_object(raw: Any) -> Document:
    """A body that is an object, as a copy that may be changed.

    Raises:
        Problem: 422 for anything else.
    """
    if not isinstance(raw, dict):
        raise bad_body("body", "is no object", "a JSON object")
    return copy.deepcopy(raw)


def validate_body(noun: Noun, body: Any) -> Document:
    """The body as the ledger takes it, every field present.

    Raises:
        Problem: 422 with every fault, each naming its field and what is accepted.
    """
    try:
        return noun.shape.model_validate(body).to_document()
    except ValidationError as error:
        raise invalid_body_problem(error, noun.shape) from None


def revise(noun: Noun, old: Document, new: Document, reason: str | None) -> RecordChange:
    """The change from one state of a record to the next, whose body was checked.

    Raises:
        Problem: 422 for a step that the noun does not allow.
    """
    noun.transition(old, new, reason)
    return RecordChange(noun.name, str(new["id"]), new)


def body_member(body: Any, name: str, annotation: type, *, required: bool) -> Any:
    """The one member of a small body that may hold nothing else; None if it is left out.

    Raises:
        Problem: 422.
    """
    check_only_member(body, name)
    value = body.get(name)
    wanted = "a whole number" if annotation is int else "an identifier"
    if value is None and required:
        raise bad_body(name, "is missing", wanted)
    if value is not None and (not isinstance(value, annotation) or isinstance(value, bool)):
        raise bad_body(name, "is of the wrong kind", wanted)
    return value


def check_only_member(body: Any, name: str) -> None:
    """Refuse a small body that is not an object, or holds anything else than one member.

    Raises:
        Problem: 422.
    """
    if not isinstance(body, dict):
        raise bad_body("body", "is no object", f'{{"{name}": …}}')
    faults = [
        FieldError(path_step(other), "is no field here", name) for other in body if other != name
    ]
    if faults:
        raise problem_from_errors(422, "invalid-body", *faults)


def apply_merge_patch(target: Any, patch: Any, shape: type[Shape] | None) -> Any:
    """What a JSON merge patch (RFC 7396) makes of a body; nothing that is given is changed.

    A null for what is no field here stays, so that the check of the body finds it.
    """
    if not isinstance(patch, dict):
        return patch
    inner = {} if shape is None else {part.name: part.shape for part in shape_fields(shape)}
    found = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None and (shape is None or name in field_names(shape)):
            found.pop(name, None)
        else:
            found[name] = apply_merge_patch(found.get(name), value, inner.get(name))
    return found


def malformed_json_problem(error: JsonError) -> Problem:
    """400: what is no JSON, or holds what nobody could store, by its path."""
    accepted = "text and numbers that can be stored" if error.path else "JSON in UTF-8"
    return problem_from_errors(
        400, "malformed-json", FieldError(error.path[:200] or "body", str(error), accepted)
    )


def invalid_body_problem(error: ValidationError, shape: type[Shape]) -> Problem:
    """422 for a body that breaks a rule; the input itself is not repeated."""
    faults = [field_error(dict(found), shape) for found in error.errors(include_url=False)]
    return problem_from_errors(422, "invalid-body", *faults)


def check_if_match(
    noun: Noun, identifier: str, old: Document | None, revisions: tuple[int, ...] | None
) -> None:
    """Refuse a change of another state than the one that the client has seen.

    `old` is the record as it stands, None where there is none; `given` the revisions that
    `If-Match` names, empty for `*`, None without the header.

    Raises:
        Problem: 428 without the header, 412 with the current tag and record.
    """
    url = f"/v1/{noun.plural}/{identifier}"
    if revisions is None:
        if old is None:
            return
        raise Problem(
            428,
            "if-match-required",
            f"To change a record, send If-Match with the ETag that GET {url} gave.",
            [FieldError("If-Match", "is missing", f'If-Match: "{old["revision"]}"')],
            headers={"etag": f'"{old["revision"]}"'},
        )
    if old is None or (revisions and old["revision"] not in revisions):
        found, accepted = "there is none; leave If-Match out to create it", "no If-Match"
        if old is not None:
            found, accepted = f'its ETag is "{old["revision"]}"', f'If-Match: "{old["revision"]}"'
        raise Problem(
            412,
            "stale",
            f"The {noun.name} “{identifier}” is not what If-Match names: {found}.",
            [FieldError("If-Match", "does not match", accepted)],
            extra={"current": old},
            headers={} if old is None else {"etag": f'"{old["revision"]}"'},
        )


def check_tombstone_match(noun: Noun, last: Revision, revisions: tuple[int, ...] | None) -> None:
    """A tombstone needs no tag, as nobody can have read it; one that is given must be its own.

    Raises:
        Problem: 412.
    """
    if revisions and last.number not in revisions:
        detail = f"The {noun.name} “{last.id}” is gone since revision {last.number}."
        fault = FieldError("If-Match", "does not match", f'"{last.number}"')
        raise Problem(412, "stale", detail, [fault], extra={"current": None})
