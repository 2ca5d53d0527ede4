"""Formats: what each says of itself, and which one a request means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.kit.http.negotiation import choose_media_type
from app.kit.http.problems import FieldError, Problem
from app.ledger.read.paging import Order

if TYPE_CHECKING:
    from app.reads.export import Rendition

UNSAID = "Parley-Not-Expressed"


@dataclass(frozen=True, slots=True)
class Format:
    """One representation of a list.

    `render` is given what was found and yields the body, piece by piece; the native form has
    none, as lists make it themselves.
    """

    name: str
    media_type: str
    summary: str
    render: Callable[[Rendition], Iterator[bytes]] | None = None
    also: tuple[str, ...] = ()  # other media types in `Accept` that mean this one
    pages: bool = False  # a page at a time; otherwise everything, unless `limit` is set
    lists: bool = False  # for every list, not for the timeline alone
    unsaid: tuple[str, ...] = ()  # what it cannot express
    cites: frozenset[str] = field(default=frozenset())  # the nouns whose names it shows
    absolute: bool = False  # it holds our own address
    order: Order | None = None  # its own default order
    extension: str = ""  # of a file of it, where that is not its name

    @property
    def types(self) -> tuple[str, ...]:
        """The media types that it goes by."""
        return (self.media_type, *self.also)

    def file(self, subject: str) -> str:
        """What a file of it is called."""
        return f"parley-{subject}.{self.extension or self.name}"


# Browsers ask for HTML; the native form is what they can show.
JSON = Format(
    "json",
    "application/json",
    "The native documents.",
    also=("text/html", "application/xhtml+xml"),
    pages=True,
    lists=True,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A format, and whether `Accept` had a say in it."""

    format: Format
    negotiated: bool = False


class Formats:
    """The formats of one endpoint."""

    def __init__(self, formats: Iterable[Format]) -> None:
        self.all = tuple(formats)
        self.by_name = {format_.name: format_ for format_ in self.all}
        self.names = tuple(self.by_name)
        self._types = [format_.types for format_ in self.all]

    def __getitem__(self, name: str) -> Format:
        return self.by_name[name]

    def for_lists(self) -> Formats:
        """Those of them that every list has."""
        return Formats(format_ for format_ in self.all if format_.lists)

    def suffixed(self, path: str, suffix: str) -> Format:
        """The format of a path's suffix.

        Raises:
            Problem: 404 for a suffix that is none.
        """
        if suffix not in self.by_name:
            plain = path.removesuffix(f".{suffix}")
            raise Problem(
                404,
                "not-found",
                f"There is no such form of {plain}.",
                [FieldError("suffix", "names no format", [f".{name}" for name in self.names])],
            )
        return self.by_name[suffix]

    def chosen(self, suffix: Format | None, given: str | None, accept: str | None) -> Choice:
        """The format of a request: the suffix beats `format=` beats `Accept`.

        Raises:
            Problem: 406 where `Accept` names none that there is.
        """
        if suffix is not None:
            return Choice(suffix)
        if given is not None:
            return Choice(self.by_name[given])
        index = choose_media_type(accept, self._types)
        if index is None:
            raise self._unacceptable()
        return Choice(self.all[index], negotiated=True)

    def _unacceptable(self) -> Problem:
        listed = [f"{f.media_type} (format={f.name})" for f in self.all]
        return Problem(
            406,
            "not-acceptable",
            "Nothing here is of a media type that Accept names.",
            [FieldError("Accept", "names no media type that there is", listed)],
            extra={"formats": {f.name: f.media_type for f in self.all}},
            headers={"vary": "Accept, Accept-Encoding"},
        )


def unsaid(format_: Format, asked: Sequence[str]) -> str | None:
    """What the answer does not say, as a header: fields, and parameters that shape JSON."""
    listed = [*format_.unsaid, *(f"parameter-{name}" for name in asked)]
    return ", ".join(listed) or None


NATIVE = Formats([JSON])
