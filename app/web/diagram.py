"""The network diagram: parties on a circle, with edges between those that met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import cos, pi, sin, sqrt

from app.analysis.network import MeetingNetwork

_CENTRE = 360
_RADIUS = 165
_MARGIN = 32  # above and below
_LABEL_GAP = 18  # between a node and its label
_LETTER_WIDTH = 10.5  # an upper estimate
MAX_LABEL_LENGTH = 26  # in letters
_EDGE_GAP = 7  # between the edges of held and of expected meetings


@dataclass(frozen=True, slots=True)
class DiagramNode:
    """A party in the diagram."""

    party: str
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class DiagramEdge:
    """The line between two parties that met, and the position of its number."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    number: int
    number_x: float
    number_y: float
    is_expected: bool


@dataclass(frozen=True, slots=True)
class NetworkDiagram:
    """Nodes and edges, and the rectangle that contains them, in SVG user units."""

    nodes: tuple[DiagramNode, ...]
    edges: tuple[DiagramEdge, ...]
    left: float
    top: float
    width: float
    height: float


def draw_network(network: MeetingNetwork, names: Mapping[str, str]) -> NetworkDiagram:
    """The diagram of a network, as large as its labels need; `names` are those of parties."""
    count = len(network.parties)
    nodes = [_node(party, index, count) for index, (party, _) in enumerate(network.parties)]
    heights = [node.y for node in nodes] or [0.0]
    extents = [x for node in nodes for x in _label_extent(node, names)] or [0.0]
    left, top = min(extents), min(heights) - _MARGIN
    return NetworkDiagram(
        tuple(nodes),
        tuple(_edges(network, nodes)),
        round(left, 1),
        top,
        round(max(extents) - left, 1),
        max(heights) + _MARGIN - top,
    )


def _edges(network: MeetingNetwork, nodes: Iterable[DiagramNode]) -> Iterator[DiagramEdge]:
    node_by_party = {node.party: node for node in nodes}
    most = max((max(pair.held, pair.expected) for pair in network.pairs), default=1)
    for pair in network.pairs:
        ends = node_by_party[pair.first], node_by_party[pair.second]
        offset = int(bool(pair.held and pair.expected))
        if pair.held:
            yield _edge(*ends, pair.held, most, -offset, is_expected=False)
        if pair.expected:
            yield _edge(*ends, pair.expected, most, offset, is_expected=True)


def _label_extent(node: DiagramNode, names: Mapping[str, str]) -> tuple[float, float]:
    """The left and right end of a node's label."""
    letters = min(len(names.get(node.party, node.party)), MAX_LABEL_LENGTH)
    width = letters * _LETTER_WIDTH
    left = node.label_x - {"start": 0.0, "middle": width / 2, "end": width}[node.anchor]
    return left, left + width


def _node(party: str, index: int, count: int) -> DiagramNode:
    angle = 2 * pi * (index + 0.5) / max(count, 1) - pi / 2
    across, down = sin(angle + pi / 2), -cos(angle + pi / 2)
    x, y = _CENTRE + _RADIUS * across, _RADIUS * down
    anchor = "middle" if abs(across) < 0.2 else "start" if across > 0 else "end"
    return DiagramNode(
        party,
        round(x, 1),
        round(y, 1),
        round(x + _LABEL_GAP * across, 1),
        round(y + _LABEL_GAP * down + 5, 1),
        anchor,
    )


def _edge(
    start: DiagramNode, end: DiagramNode, number: int, most: int, offset: int, *, is_expected: bool
) -> DiagramEdge:
    """An edge; `offset` (-1, 0, 1) moves it aside, `most` is the number of the widest edge."""
    length = sqrt((end.x - start.x) ** 2 + (end.y - start.y) ** 2) or 1
    offset_x = -(end.y - start.y) / length * _EDGE_GAP * offset / 2
    offset_y = (end.x - start.x) / length * _EDGE_GAP * offset / 2
    x1, y1 = start.x + offset_x, start.y + offset_y
    x2, y2 = end.x + offset_x, end.y + offset_y
    ratio = 0.62 if is_expected else 0.34  # the number is not in the middle, where edges cross
    return DiagramEdge(
        round(x1, 1),
        round(y1, 1),
        round(x2, 1),
        round(y2, 1),
        round(1.5 + 5 * sqrt(number / most), 1),
        number,
        round(x1 + (x2 - x1) * ratio, 1),
        round(y1 + (y2 - y1) * ratio, 1),
        is_expected,
    )
