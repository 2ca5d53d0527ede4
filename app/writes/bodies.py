"""Bodies checked against a noun's shape, and against the state that a client has seen."""

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


def require_object(body: Any) -> Document:
    """A copy of a body that is an object; the copy may be changed.

    Raises:
        Problem: 422 for anything else.
    """
    if not isinstance(body, dict):
        raise bad_body("body", "is not an object", "a JSON object")
    return copy.deepcopy(body)


def validate_body(noun: Noun, body: Any) -> Document:
    """The body as the ledger takes it, with every field present.

    Raises:
        Problem: 422 with every error, each naming its field and what is accepted.
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
        raise bad_body(name, "is required", wanted)
    if value is not None and (not isinstance(value, annotation) or isinstance(value, bool)):
        raise bad_body(name, "has the wrong type", wanted)
    return value


def check_only_member(body: Any, name: str) -> None:
    """Refuse a small body that is not an object, or holds anything else than one member.

    Raises:
        Problem: 422.
    """
    if not isinstance(body, dict):
        raise bad_body("body", "is not an object", f'{{"{name}": …}}')
    errors = [
        FieldError(path_step(other), "unknown field", name) for other in body if other != name
    ]
    if errors:
        raise problem_from_errors(422, "invalid-body", *errors)


def apply_merge_patch(target: Any, patch: Any, shape: type[Shape] | None) -> Any:
    """Apply a JSON merge patch (RFC 7396) to a copy of a body.

    A null for an unknown field is kept, so that validation reports it.
    """
    if not isinstance(patch, dict):
        return patch
    nested_shapes = {} if shape is None else {f.name: f.shape for f in shape_fields(shape)}
    patched = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None and (shape is None or name in field_names(shape)):
            patched.pop(name, None)
        else:
            patched[name] = apply_merge_patch(patched.get(name), value, nested_shapes.get(name))
    return patched


def malformed_json_problem(error: JsonError) -> Problem:
    """400: a body that is not JSON, or a value in it that cannot be stored, with its path."""
    accepted = "text and numbers that can be stored" if error.path else "UTF-8 JSON"
    return problem_from_errors(
        400, "malformed-json", FieldError(error.path[:200] or "body", str(error), accepted)
    )


def invalid_body_problem(error: ValidationError, shape: type[Shape]) -> Problem:
    """422 for a body that its shape refuses; the input itself is not repeated."""
    errors = [field_error(dict(e), shape) for e in error.errors(include_url=False)]
    return problem_from_errors(422, "invalid-body", *errors)


def check_if_match(
    noun: Noun, identifier: str, old: Document | None, revisions: tuple[int, ...] | None
) -> None:
    """Refuse to change a state that the client has not seen.

    `old` is the current document, None if there is none; `revisions` are those that `If-Match`
    names, empty for `*`, None without the header.

    Raises:
        Problem: 428 without the header, 412 with the current ETag and document.
    """
    url = f"/v1/{noun.plural}/{identifier}"
    if revisions is None:
        if old is None:
            return
        raise Problem(
            428,
            "if-match-required",
            f"To change a record, send If-Match with the ETag that GET {url} returned.",
            [FieldError("If-Match", "is required", f'If-Match: "{old["revision"]}"')],
            headers={"etag": f'"{old["revision"]}"'},
        )
    if old is None or (revisions and old["revision"] not in revisions):
        state, accepted = "it does not exist; omit If-Match to create it", "no If-Match header"
        if old is not None:
            state, accepted = (
                f'its current ETag is "{old["revision"]}"',
                f'If-Match: "{old["revision"]}"',
            )
        raise Problem(
            412,
            "stale",
            f"The {noun.name} “{identifier}” does not match If-Match: {state}.",
            [FieldError("If-Match", "does not match", accepted)],
            extra={"current": old},
            headers={} if old is None else {"etag": f'"{old["revision"]}"'},
        )


def check_tombstone_match(noun: Noun, last: Revision, revisions: tuple[int, ...] | None) -> None:
    """Refuse an `If-Match` that names another revision than the tombstone; none is required.

    Raises:
        Problem: 412.
    """
    if revisions and last.number not in revisions:
        detail = f"The {noun.name} “{last.id}” was deleted or merged in revision {last.number}."
        error = FieldError("If-Match", "does not match", f'"{last.number}"')
        raise Problem(412, "stale", detail, [error], extra={"current": None})
