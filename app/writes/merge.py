"""Folding one record into another."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from app.kit.http.problems import FieldError, problem_from_errors
from app.kit.schema.fields import shape_fields
from app.kit.schema.shapes import EVENT, Document, Shape
from app.ledger.noun import Noun
from app.ledger.snapshot import Snapshot
from app.ledger.write.draft import body_of
from app.ledger.write.revisions import Change
from app.ledger.write.states import citing


def merged_changes(
    snapshot: Snapshot, noun: Noun, source: Document, target: Document
) -> list[Change]:
    """The changes that merge one record into another: its tombstone, the target, what cited it.

    Raises:
        Problem: 422 for a bound that the two break together.
    """
    old, new = str(source["id"]), str(target["id"])
    kinds = {noun.name, EVENT} if noun.event else {noun.name}
    bodies = {}
    for ref, document in citing(snapshot, [f"{kind}:{old}" for kind in kinds]).items():
        if ref != noun.ref(old):
            citing_noun = snapshot.nouns[ref[0]]
            bodies[ref] = body_of(citing_noun, document)
            _turn(bodies[ref], citing_noun.shape, kinds, old, new)
    base = bodies.pop(noun.ref(new), None) or body_of(noun, target)
    body = fitting(noun, base, folded(noun, base, body_of(noun, source)))
    return [
        Change(noun.name, old, None, merged_into=new, along=True),
        Change(noun.name, new, body, along=True),
        *(Change(*ref, body, along=True) for ref, body in bodies.items()),
    ]


def turn(body: Document, noun: Noun, kinds: set[str], old: str, new: str) -> None:
    """Turn a body's citations of `old` to `new`, in place; it never comes to cite itself."""
    _turn(body, noun.shape, kinds, old, new)
    _forget_itself(body, noun)


def _turn(body: Document, shape: type[Shape], kinds: set[str], old: str, new: str) -> None:
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
                _turn(item, part.shape, kinds, old, new)


def _unique(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


def folded(noun: Noun, target: Document, twin: Document) -> Document:
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
    _forget_itself(body, noun)
    return body


def fitting(noun: Noun, target: Document, body: Document) -> Document:
    """The folded body, if it may be written.

    Raises:
        Problem: 422 for a bound that it breaks, in what its twin brought along.
    """
    try:
        noun.shape.model_validate(body)
    except ValidationError as error:
        brought = [fault for fault in error.errors() if _is_new(fault["loc"], target, body)]
        if brought:
            faults = [_too_much(dict(fault), body) for fault in brought]
            raise problem_from_errors(422, "rule-broken", *faults) from None
    return body


def _is_new(path: tuple[int | str, ...], target: Document, body: Document) -> bool:
    return not path or target.get(str(path[0])) != body.get(str(path[0]))


def _too_much(found: dict[str, Any], body: Document) -> FieldError:
    field = ".".join(map(str, found["loc"]))
    if found["type"] == "too_long":
        most, there = found["ctx"]["max_length"], len(body[str(found["loc"][0])])
        hint = f"at most {most}; take some away from one of the two first"
        return FieldError(field, f"would be {there} of the two together", hint)
    return FieldError(field, f"would break a bound: {found['msg']}", "what PUT accepts")


def _forget_itself(body: Document, noun: Noun) -> None:
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
