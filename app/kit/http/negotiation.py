"""Content negotiation (RFC 9110, section 12): what a client prefers among what there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

from app.kit.http.problems import FieldError, Problem

_MAX_HEADER = 4_000  # characters of a header that are looked at


@dataclass(frozen=True, slots=True)
class Preference:
    """One element of an `Accept` or `Accept-Encoding` header."""

    value: str
    parameters: Mapping[str, str]
    quality: float


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].replace('\\"', '"')
    return text.lower()


def _parse_quality(text: str) -> float | None:
    """A weight from 0 to 1; None for what is none."""
    head, _, digits = text.partition(".")
    if head not in ("0", "1") or len(digits) > 3 or (digits and not digits.isdecimal()):
        return None
    return min(1.0, float(text or "0"))


def _parse_preference(element: str) -> Preference | None:
    value, *rest = element.split(";")
    parameters: dict[str, str] = {}
    quality: float | None = 1.0
    for part in rest:
        name, _, given = part.partition("=")
        if name.strip().lower() == "q":
            quality = _parse_quality(given.strip())
            break  # what follows are extensions of Accept, not of the media type
        if name.strip():
            parameters[name.strip().lower()] = _unquoted(given)
    value = value.strip().lower()
    return None if quality is None or not value else Preference(value, parameters, quality)


@lru_cache(512)
def parse_preferences(header: str) -> tuple[Preference, ...]:
    """The elements of a header, in the order given; those that cannot be read are left out."""
    found = (_parse_preference(element) for element in header[:_MAX_HEADER].split(","))
    return tuple(wish for wish in found if wish is not None)


def _specificity(wish: Preference, offered: Preference) -> int:
    """How closely a wish names what is offered; 0 where it does not name it."""
    if wish.value == "*/*":
        return 1
    kind, _, sort = wish.value.partition("/")
    if sort == "*":
        return 2 if offered.value.startswith(kind + "/") else 0
    if wish.value != offered.value:
        return 0
    # Parameters that we do not have, such as a charset, are no reason to refuse.
    own = {
        name: value for name, value in offered.parameters.items() if name in _SIGNIFICANT_PARAMETERS
    }
    asked = {
        name: value for name, value in wish.parameters.items() if name in _SIGNIFICANT_PARAMETERS
    }
    if own != asked:
        return 0
    return 4 if asked else 3


# The parameters that tell two representations of one media type apart.
_SIGNIFICANT_PARAMETERS = frozenset(("profile",))
_TYPE_RANGE = 2  # how closely `text/*` fits; `*/*` less so, a media type more


def choose_media_type(header: str | None, offers: Sequence[Sequence[str]]) -> int | None:
    """Which offer an `Accept` header prefers; None where it wants none of them.

    Each offer has a media type, and may go by others as well where those are named. Without a
    header, and among equals, the first.
    """
    listed = parse_preferences(header) if header else ()
    if not listed:
        return 0
    best: tuple[float, int] = (0.0, 0)
    found = None
    for index, types in enumerate(offers):
        for place, offered in enumerate(types):
            told = _quality_and_specificity(listed, parse_preferences(offered)[0])
            named = place == 0 or told[1] > _TYPE_RANGE
            if named and told > best and told[0] > 0:
                best, found = told, index
    return found


def _quality_and_specificity(
    listed: Sequence[Preference], offered: Preference
) -> tuple[float, int]:
    """What a header says of an offer: its weight, and how closely it was named."""
    fit, quality = 0, 0.0
    for wish in listed:
        here = _specificity(wish, offered)
        if here > fit:
            fit, quality = here, wish.quality
    return quality, fit


@lru_cache(512)
def choose_coding(header: str | None, offers: Sequence[str]) -> str | None:
    """Which content coding an `Accept-Encoding` header prefers; None: none at all."""
    if not header:
        return None
    weights = {wish.value: wish.quality for wish in parse_preferences(header)}
    rest = weights.get("*", 0.0)
    plain = weights.get("identity", 0.0)  # what is merely not refused gives way to a coding
    best, found = plain, None
    for offered in offers:
        weight = weights.get(offered, rest)
        if weight > best or (found is None and weight == best > 0):
            best, found = weight, offered
    return found


class Offer(Protocol):
    """A representation that can be negotiated."""

    @property
    def name(self) -> str:
        """Its name, in a suffix or in `format=`."""

    @property
    def media_types(self) -> Sequence[str]:
        """Its media types, the one that it is sent as first."""


_O = TypeVar("_O", bound=Offer)


@dataclass(frozen=True, slots=True)
class Choice(Generic[_O]):
    """A representation, and whether `Accept` had a say in it."""

    offer: _O
    negotiated: bool = False


class Offers(Generic[_O]):
    """The representations of one resource, the default first."""

    def __init__(self, offers: Iterable[_O]) -> None:
        self.all = tuple(offers)
        self.by_name = {offer.name: offer for offer in self.all}
        self.names = tuple(self.by_name)
        self._types = [offer.media_types for offer in self.all]

    def __getitem__(self, name: str) -> _O:
        return self.by_name[name]

    def by_suffix(self, path: str, suffix: str) -> _O:
        """The representation of a path's suffix.

        Raises:
            Problem: 404 for an unknown suffix.
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

    def choose(self, suffix: _O | None, name: str | None, accept: str | None) -> Choice[_O]:
        """The representation of a request: the suffix beats `format=` beats `Accept`.

        Raises:
            Problem: 406 if `Accept` names none of them.
        """
        if suffix is not None:
            return Choice(suffix)
        if name is not None:
            return Choice(self.by_name[name])
        index = choose_media_type(accept, self._types)
        if index is None:
            raise self._not_acceptable()
        return Choice(self.all[index], negotiated=True)

    def _not_acceptable(self) -> Problem:
        media_types = {offer.name: offer.media_types[0] for offer in self.all}
        accepted = [f"{type_} (format={name})" for name, type_ in media_types.items()]
        return Problem(
            406,
            "not-acceptable",
            "Nothing here is of a media type that Accept names.",
            [FieldError("Accept", "names no media type that there is", accepted)],
            extra={"formats": media_types},
            headers={"vary": "Accept, Accept-Encoding"},
        )
