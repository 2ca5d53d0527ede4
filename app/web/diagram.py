"""The picture of who met whom: parties on a circle, and lines between those that meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, pi, sin, sqrt

from app.analysis.network import Encounters

_CENTRE = 360
_RADIUS = 165
_ROOM = 32  # above and below
_LABEL = 18  # how far a name stands from its point
_LETTER = 10.5  # how broad a letter is taken to be: of a name, the broader ones
LONGEST = 26  # letters of a name that are shown
_APART = 7  # between the line of what was and that of what may be


@dataclass(frozen=True, slots=True)
class Point:
    """A party in the picture."""

    party: str
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Line:
    """A pair in the picture: where it runs, how broad, and where its number stands."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    number: int
    number_x: float
    number_y: float
    expected: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Points on a circle, and lines between them."""

    points: tuple[Point, ...]
    lines: tuple[Line, ...]
    left: float
    top: float
    width: float
    height: float


def picture(found: Encounters, names: Mapping[str, str]) -> Picture:
    """The picture of these encounters, as large as its names need."""
    points = {
        party: _point(party, index, len(found.parties))
        for index, (party, _) in enumerate(found.parties)
    }
    most = max((max(pair.held, pair.expected) for pair in found.pairs), default=1)
    lines = []
    for pair in found.pairs:
        ends = points[pair.one], points[pair.other]
        both = bool(pair.held and pair.expected)
        if pair.held:
            lines.append(_line(*ends, pair.held, most, -both))
        if pair.expected:
            lines.append(_line(*ends, pair.expected, most, both, expected=True))
    heights = [point.y for point in points.values()] or [0.0]
    top = min(heights) - _ROOM
    sides = [side for point in points.values() for side in _sides(point, names)] or [0.0]
    left = min(sides)
    return Picture(
        tuple(points.values()),
        tuple(lines),
        round(left, 1),
        top,
        round(max(sides) - left, 1),
        max(heights) + _ROOM - top,
    )


def _sides(point: Point, names: Mapping[str, str]) -> tuple[float, float]:
    broad = min(len(names.get(point.party, point.party)), LONGEST) * _LETTER
    before = {"start": 0.0, "middle": broad / 2, "end": broad}[point.anchor]
    return point.label_x - before, point.label_x - before + broad


def _point(party: str, index: int, count: int) -> Point:
    angle = 2 * pi * (index + 0.5) / max(count, 1) - pi / 2
    across, down = sin(angle + pi / 2), -cos(angle + pi / 2)
    x, y = _CENTRE + _RADIUS * across, _RADIUS * down
    anchor = "middle" if abs(across) < 0.2 else "start" if across > 0 else "end"
    return Point(
        party,
        round(x, 1),
        round(y, 1),
        round(x + _LABEL * across, 1),
        round(y + _LABEL * down + 5, 1),
        anchor,
    )


def _line(
    one: Point, other: Point, number: int, most: int, side: int, *, expected: bool = False
) -> Line:
    length = sqrt((other.x - one.x) ** 2 + (other.y - one.y) ** 2) or 1
    aside_x = -(other.y - one.y) / length * _APART * side / 2
    aside_y = (other.x - one.x) / length * _APART * side / 2
    x1, y1 = one.x + aside_x, one.y + aside_y
    x2, y2 = other.x + aside_x, other.y + aside_y
    along = 0.62 if expected else 0.34  # not in the middle, where lines cross
    return Line(
        round(x1, 1),
        round(y1, 1),
        round(x2, 1),
        round(y2, 1),
        round(1.5 + 5 * sqrt(number / most), 1),
        number,
        round(x1 + (x2 - x1) * along, 1),
        round(y1 + (y2 - y1) * along, 1),
        expected,
    )
