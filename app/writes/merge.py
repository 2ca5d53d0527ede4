"""Folding one record into another."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from app.kit.http.problems import FieldError, problem_from_errors
from app.kit.schema.fields import shape_fields
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
    kinds = {noun.name, EVENT} if noun.is_event else {noun.name}
    bodies = {}
    for ref, document in find_citing_documents(
        snapshot, [f"{kind}:{old}" for kind in kinds]
    ).items():
        if ref != noun.ref(old):
            citing_noun = snapshot.nouns[ref[0]]
            bodies[ref] = writable_body(citing_noun, document)
            _redirect(bodies[ref], citing_noun.shape, kinds, old, new)
    base = bodies.pop(noun.ref(new), None) or writable_body(noun, target)
    body = check_merged_body(noun, base, merge_bodies(noun, base, writable_body(noun, source)))
    return [
        RecordChange(noun.name, old, None, merged_into=new, is_implied=True),
        RecordChange(noun.name, new, body, is_implied=True),
        *(RecordChange(*ref, body, is_implied=True) for ref, body in bodies.items()),
    ]


def redirect_citations(body: Document, noun: Noun, kinds: set[str], old: str, new: str) -> None:
    """Turn a body's citations of `old` to `new`, in place; it never comes to cite itself."""
    _redirect(body, noun.shape, kinds, old, new)
    _drop_self_citations(body, noun)


def _redirect(body: Document, shape: type[Shape], kinds: set[str], old: str, new: str) -> None:
    for part in shape_fields(shape):
        value = body.get(part.name)
        if value is None:
            continue
        if part.cites in kinds:
            if part.is_list:
                body[part.name] = _unique([new if item == old else item for item in value])
            elif value == old:
                body[part.name] = new
        elif part.shape is not None:
            for item in value if part.is_list else [value]:
                _redirect(item, part.shape, kinds, old, new)


def _unique(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


def merge_bodies(noun: Noun, target: Document, twin: Document) -> Document:
    """The target with what only its twin told: names, sources, and fields that it left open."""
    body = dict(target)
    for field in noun.shape.model_fields:
        if field == "id":
            continue
        mine, other = body[field], twin[field]
        if field in ("sources", "issues"):
            body[field] = _unique([*mine, *other])
        elif field == "names":
            body[field] = _names(body, twin)
        elif field == "links":
            both = (twin["id"], body["id"])
            told = [*mine, *(link for link in other if link not in mine)]
            body[field] = [link for link in told if link["meeting"] not in both]
        elif mine in (None, []) and other not in (None, []):
            body[field] = other
    _drop_self_citations(body, noun)
    return body


def check_merged_body(noun: Noun, target: Document, body: Document) -> Document:
    """The folded body, if it may be written.

    Raises:
        Problem: 422 for a bound that it breaks, in what its twin brought along.
    """
    try:
        noun.shape.model_validate(body)
    except ValidationError as error:
        brought = [fault for fault in error.errors() if _is_new(fault["loc"], target, body)]
        if brought:
            faults = [_limit_error(dict(fault), body) for fault in brought]
            raise problem_from_errors(422, "rule-broken", *faults) from None
    return body


def _is_new(path: tuple[int | str, ...], target: Document, body: Document) -> bool:
    return not path or target.get(str(path[0])) != body.get(str(path[0]))


def _limit_error(found: dict[str, Any], body: Document) -> FieldError:
    field = ".".join(map(str, found["loc"]))
    if found["type"] == "too_long":
        most, there = found["ctx"]["max_length"], len(body[str(found["loc"][0])])
        hint = f"at most {most}; take some away from one of the two first"
        return FieldError(field, f"would be {there} of the two together", hint)
    return FieldError(field, f"would break a bound: {found['msg']}", "what PUT accepts")


def _drop_self_citations(body: Document, noun: Noun) -> None:
    """What the one said of the other, it cannot say of itself."""
    for part in shape_fields(noun.shape):
        if part.cites == noun.name and body[part.name] == body["id"]:
            body[part.name] = None


def _names(target: Document, twin: Document) -> list[Document]:
    known = {target["name"]}
    found = []
    for item in [*target["names"], {"name": twin["name"], "language": None}, *twin["names"]]:
        if item["name"] not in known:
            known.add(item["name"])
            found.append(item)
    return found
