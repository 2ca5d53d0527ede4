"""What is odd in a write, and is written all the same: the warnings of an answer."""

from __future__ import annotations

from collections.abc import Iterator

from app.ledger.noun import FieldWarning
from app.ledger.write.draft import Draft
from app.ledger.write.states import Address
from app.writes.checks import today


def warnings(draft: Draft, asked: Address) -> list[str]:
    """What is odd in the records of a write; `asked` is the one that the request names.

    What stands in another record says so, and what was only taken along is not looked at again.
    """
    messages: list[str] = []
    for address in draft.complete:
        where = "" if address == asked else f"{' '.join(address)}, "
        messages += (f"{where}{field}: {message}" for field, message in _of_record(draft, address))
    return messages


def _of_record(draft: Draft, address: Address) -> Iterator[FieldWarning]:
    noun, document = draft.nouns[address[0]], draft.complete[address]
    yield from noun.context_warnings(draft, document)
    if address in draft.along or address in draft.moved:
        return
    before = draft.before(*address)
    # Who mends one thing is not told of the others again.
    known = set() if before is None else set(noun.warnings(before, today()))
    yield from (one for one in noun.warnings(document, today()) if one not in known)
