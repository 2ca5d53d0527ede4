"""Merging one record into another."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from app.kit.http.problems import FieldError, problem_from_errors
from app.kit.schema.fields import ShapeField, shape_fields
from app.kit.schema.shapes import EVENT, Document, Shape
from app.ledger.noun import Noun
from app.ledger.snapshot import Snapshot
from app.ledger.write.draft import writable_body
from app.ledger.write.revisions import RecordChange
from app.ledger.write.states import find_citing_documents


def merged_changes(
    snapshot: Snapshot, noun: Noun, source: Document, target: Document
) -> list[RecordChange]:
    """The changes that merge one record into another: its tombstone, the target, what cited it.

    Raises:
        Problem: 422 for a bound that the two break together.
    """
    old, new = str(source["id"]), str(target["id"])
    cited_nouns = {noun.name, EVENT} if noun.is_event else {noun.name}
    bodies = {}
    citations = [f"{cited}:{old}" for cited in cited_nouns]
    for ref, document in find_citing_documents(snapshot, citations).items():
        if ref != noun.ref(old):
            citing_noun = snapshot.nouns[ref.noun]
            bodies[ref] = writable_body(citing_noun, document)
            _redirect(bodies[ref], citing_noun.shape, cited_nouns, old, new)
    base = bodies.pop(noun.ref(new), None) or writable_body(noun, target)
    body = check_merged_body(noun, base, merge_bodies(noun, base, writable_body(noun, source)))
    return [
        RecordChange(noun.name, old, None, merged_into=new, is_implied=True),
        RecordChange(noun.name, new, body, is_implied=True),
        *(RecordChange(*ref, body, is_implied=True) for ref, body in bodies.items()),
    ]


def redirect_citations(
    body: Document, noun: Noun, cited_nouns: set[str], old: str, new: str
) -> None:
    """Let a body cite `new` in place of `old`, never itself. In place."""
    _redirect(body, noun.shape, cited_nouns, old, new)
    _drop_self_citations(body, noun)


def _redirect(
    body: Document, shape: type[Shape], cited_nouns: set[str], old: str, new: str
) -> None:
    for field in shape_fields(shape):
        value = body.get(field.name)
        if value is None:
            continue
        if field.cites in cited_nouns:
            if field.is_list:
                body[field.name] = _unique([new if item == old else item for item in value])
            elif value == old:
                body[field.name] = new
        elif field.shape is not None:
            for item in value if field.is_list else [value]:
                _redirect(item, field.shape, cited_nouns, old, new)


def _unique(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


def merge_bodies(noun: Noun, target: Document, source: Document) -> Document:
    """The target with what only the source has: names, citations, and fields that it left open."""
    body = dict(target)
    fields = {field.name: field for field in shape_fields(noun.shape)}
    for name in noun.shape.model_fields:
        target_value, source_value, field = body[name], source[name], fields.get(name)
        if field is not None and field.is_list and name in noun.name_fields:
            body[name] = _united_names(target, source)
        elif field is not None and field.is_list and field.cites is not None:
            body[name] = _unique([*target_value, *source_value])
        elif field is not None and (link := _field_citing(noun, field)) is not None:
            items = [*target_value, *(item for item in source_value if item not in target_value)]
            own = (target["id"], source["id"])
            body[name] = [item for item in items if item[link] not in own]
        elif target_value in (None, []) and source_value not in (None, []):
            body[name] = source_value
    _drop_self_citations(body, noun)
    return body


def _field_citing(noun: Noun, field: ShapeField) -> str | None:
    """The member by which the items of a list cite other records of the noun, if any."""
    nested_fields = () if field.shape is None else shape_fields(field.shape)
    return next((nested.name for nested in nested_fields if nested.cites == noun.name), None)


def check_merged_body(noun: Noun, target: Document, body: Document) -> Document:
    """The merged body, if it may be written.

    Raises:
        Problem: 422 for a limit that it breaks in a field that the merge changed.
    """
    try:
        noun.shape.model_validate(body)
    except ValidationError as error:
        new = [dict(e) for e in error.errors() if _is_new(e["loc"], target, body)]
        if new:
            errors = [_limit_error(e, body) for e in new]
            raise problem_from_errors(422, "rule-broken", *errors) from None
    return body


def _is_new(path: tuple[int | str, ...], target: Document, body: Document) -> bool:
    return not path or target.get(str(path[0])) != body.get(str(path[0]))


def _limit_error(error: dict[str, Any], body: Document) -> FieldError:
    field = ".".join(map(str, error["loc"]))
    if error["type"] == "too_long":
        limit, length = error["ctx"]["max_length"], len(body[str(error["loc"][0])])
        hint = f"at most {limit}; remove some from one of the records first"
        return FieldError(field, f"would have {length} items after the merge", hint)
    return FieldError(
        field, f"would not be valid after the merge: {error['msg']}", "what PUT accepts"
    )


def _drop_self_citations(body: Document, noun: Noun) -> None:
    """Clear citations that would make the merged record cite itself. In place."""
    for field in shape_fields(noun.shape):
        if field.cites == noun.name and body[field.name] == body["id"]:
            body[field.name] = None


def _united_names(target: Document, source: Document) -> list[Document]:
    """The other names of both records, and the source's name, each once."""
    items = [*target["names"], {"name": source["name"], "language": None}, *source["names"]]
    by_name: dict[str, Document] = {}
    for item in items:
        if item["name"] != target["name"]:
            by_name.setdefault(item["name"], item)
    return list(by_name.values())
