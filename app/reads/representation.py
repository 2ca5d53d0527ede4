"""Output formats: what each says of itself, and the header for what it cannot express."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.kit.http.negotiation import Offers
from app.ledger.sort_keys import Order

UNSAID = "Parley-Not-Expressed"


@dataclass(frozen=True, slots=True)
class Format:
    """One representation of a list.

    `render` yields the body in chunks, from the context of a list (`Rendition`, which is made of a
    format and so cannot be named here); the native format has none, as lists are made in it.
    """

    name: str
    media_type: str
    summary: str
    render: Callable[[Any], Iterator[bytes]] | None = None
    also: tuple[str, ...] = ()  # other media types in `Accept` that mean this one
    pages: bool = False  # a page at a time; otherwise everything, unless `limit` is set
    lists: bool = False  # for every list, not for the timeline alone
    unsaid: tuple[str, ...] = ()  # what it cannot express
    cites: frozenset[str] = field(default=frozenset())  # the nouns whose names it shows
    absolute: bool = False  # it holds our own address
    order: Order | None = None  # its own default order
    extension: str = ""  # of a file of it, if that is not its name

    @property
    def types(self) -> tuple[str, ...]:
        """The media types that it goes by."""
        return (self.media_type, *self.also)

    def file(self, subject: str) -> str:
        """The name of a file of it."""
        return f"parley-{subject}.{self.extension or self.name}"


# Browsers ask for HTML; the native format is what they can show.
JSON = Format(
    "json",
    "application/json",
    "The native documents.",
    also=("text/html", "application/xhtml+xml"),
    pages=True,
    lists=True,
)


class Formats(Offers[Format]):
    """The formats of one endpoint."""

    def for_lists(self) -> Formats:
        """Those of them that every list has."""
        return Formats(output_format for output_format in self.all if output_format.lists)


JSON_ONLY = Formats([JSON])


def unsaid(output_format: Format, parameters: Sequence[str]) -> str | None:
    """The header for what the response leaves out: fields, and parameters that shape JSON."""
    names = [*output_format.unsaid, *(f"parameter-{name}" for name in parameters)]
    return ", ".join(names) or None
