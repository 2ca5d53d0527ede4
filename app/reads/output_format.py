"""Output formats: what each says of itself, and the header for what it cannot express."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.kit.http.negotiation import Offers
from app.ledger.sort_keys import SortOrder

NOT_EXPRESSED_HEADER = "Parley-Not-Expressed"


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """One representation of a list.

    `render` yields the body in chunks, from the context of a list (`Rendition`, which is made of a
    format and so cannot be named here); the native format has none, as lists are made in it.
    """

    name: str
    media_type: str
    summary: str
    render: Callable[[Any], Iterator[bytes]] | None = None
    alternative_types: tuple[str, ...] = ()  # other media types in `Accept` that mean this one
    is_paged: bool = False  # a page at a time; otherwise everything, unless `limit` is set
    for_every_list: bool = False  # for every list, not for the timeline alone
    not_expressed: tuple[str, ...] = ()  # what it cannot express
    cited_nouns: frozenset[str] = field(default=frozenset())  # the nouns whose names it shows
    has_absolute_urls: bool = False  # it holds our own address
    default_order: SortOrder | None = None  # its own default order
    extension: str = ""  # of a file of it, if that is not its name

    @property
    def media_types(self) -> tuple[str, ...]:
        """The media types that it goes by."""
        return (self.media_type, *self.alternative_types)

    def file_name(self, subject: str) -> str:
        """The name of a file of it."""
        return f"parley-{subject}.{self.extension or self.name}"


# Browsers ask for HTML; the native format is what they can show.
JSON_FORMAT = OutputFormat(
    "json",
    "application/json",
    "The JSON documents.",
    alternative_types=("text/html", "application/xhtml+xml"),
    is_paged=True,
    for_every_list=True,
)


class OutputFormats(Offers[OutputFormat]):
    """The formats of one endpoint."""

    def for_lists(self) -> OutputFormats:
        """Those of them that every list has."""
        return OutputFormats(
            output_format for output_format in self.all if output_format.for_every_list
        )


JSON_ONLY = OutputFormats([JSON_FORMAT])


def not_expressed_header(output_format: OutputFormat, parameters: Sequence[str]) -> str | None:
    """The header for what the response leaves out: fields, and parameters that shape JSON."""
    names = [*output_format.not_expressed, *(f"parameter-{name}" for name in parameters)]
    return ", ".join(names) or None
