"""Content negotiation (RFC 9110, section 12): which of the offers a client prefers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

from app.kit.http.problems import FieldError, Problem

_MAX_HEADER = 4_000  # characters; the rest of a header is ignored


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
    """A weight from 0 to 1; None if malformed."""
    head, _, digits = text.partition(".")
    if head not in ("0", "1") or len(digits) > 3 or (digits and not digits.isdecimal()):
        return None
    return min(1.0, float(text or "0"))


def _parse_preference(element: str) -> Preference | None:
    value, *pairs = element.split(";")
    parameters: dict[str, str] = {}
    quality: float | None = 1.0
    for pair in pairs:
        name, _, text = pair.partition("=")
        if name.strip().lower() == "q":
            quality = _parse_quality(text.strip())
            break  # parameters after it extend Accept, not the media type
        if name.strip():
            parameters[name.strip().lower()] = _unquoted(text)
    value = value.strip().lower()
    return None if quality is None or not value else Preference(value, parameters, quality)


@lru_cache(512)
def parse_preferences(header: str) -> tuple[Preference, ...]:
    """The elements of a header in their order, without malformed ones."""
    elements = map(_parse_preference, header[:_MAX_HEADER].split(","))
    return tuple(preference for preference in elements if preference is not None)


def _specificity(preference: Preference, offer: Preference) -> int:
    """How specifically a preference matches an offer, from 1 to 4; 0 if it does not."""
    if preference.value == "*/*":
        return 1
    main_type, _, subtype = preference.value.partition("/")
    if subtype == "*":
        return 2 if offer.value.startswith(main_type + "/") else 0
    if preference.value != offer.value:
        return 0
    # Other parameters, such as a charset, are ignored.
    wanted = _significant_parameters(preference)
    if wanted != _significant_parameters(offer):
        return 0
    return 4 if wanted else 3


def _significant_parameters(preference: Preference) -> dict[str, str]:
    return {
        name: value
        for name, value in preference.parameters.items()
        if name in _SIGNIFICANT_PARAMETERS
    }


# The parameters that distinguish representations of the same media type.
_SIGNIFICANT_PARAMETERS = frozenset(("profile",))
_TYPE_RANGE = 2  # the specificity of `text/*`


def choose_media_type(header: str | None, offers: Sequence[Sequence[str]]) -> int | None:
    """The index of the offer that an `Accept` header prefers; None if it accepts none of them.

    An offer is a list of media types: its own, then others under which it may be requested
    explicitly. The first offer wins without a header, and among equals.
    """
    preferences = parse_preferences(header) if header else ()
    if not preferences:
        return 0
    best: tuple[float, int] = (0.0, 0)
    best_index = None
    for index, media_types in enumerate(offers):
        for media_type in media_types:
            rank = _quality_and_specificity(preferences, parse_preferences(media_type)[0])
            is_named = media_type == media_types[0] or rank[1] > _TYPE_RANGE
            if is_named and rank > best and rank[0] > 0:
                best, best_index = rank, index
    return best_index


def _quality_and_specificity(
    preferences: Sequence[Preference], offer: Preference
) -> tuple[float, int]:
    """The weight and the specificity of the preference that matches an offer most closely."""
    highest, quality = 0, 0.0
    for preference in preferences:
        specificity = _specificity(preference, offer)
        if specificity > highest:
            highest, quality = specificity, preference.quality
    return quality, highest


@lru_cache(512)
def choose_coding(header: str | None, offers: Sequence[str]) -> str | None:
    """The content coding that an `Accept-Encoding` header prefers; None for no coding."""
    if not header:
        return None
    weights = {preference.value: preference.quality for preference in parse_preferences(header)}
    other_codings = weights.get("*", 0.0)
    # No coding is only preferred if the header names `identity`.
    best, best_coding = weights.get("identity", 0.0), None
    for coding in offers:
        weight = weights.get(coding, other_codings)
        if weight > best or (best_coding is None and weight == best > 0):
            best, best_coding = weight, coding
    return best_coding


class Offer(Protocol):
    """A representation that can be negotiated."""

    @property
    def name(self) -> str:
        """Its name as a suffix and in `format=`."""

    @property
    def media_types(self) -> Sequence[str]:
        """Its media types, the one that it is sent as first."""


_O = TypeVar("_O", bound=Offer)


@dataclass(frozen=True, slots=True)
class Choice(Generic[_O]):
    """The chosen representation, and whether it depends on `Accept`."""

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
            stem = path.removesuffix(f".{suffix}")
            raise Problem(
                404,
                "not-found",
                f"{stem} is not available in this format.",
                [
                    FieldError(
                        "suffix", "is not a known format", [f".{name}" for name in self.names]
                    )
                ],
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
        accepted = [f"{media_type} (format={name})" for name, media_type in media_types.items()]
        return Problem(
            406,
            "not-acceptable",
            "None of the media types in Accept is available here.",
            [FieldError("Accept", "contains no available media type", accepted)],
            extra={"formats": media_types},
            headers={"vary": "Accept, Accept-Encoding"},
        )
