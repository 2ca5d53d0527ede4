"""The read rows: what is asked, over and over with other values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from urllib.parse import quote

import orjson

from benchmarks.client import Request, fetch
from benchmarks.meetings import MeetingGenerator
from benchmarks.reference_records import DAYS, FIRST_DAY, ReferenceRecords
from benchmarks.vocabulary import between, pick, text, weighted, words


@dataclass(slots=True)
class Sampler:
    """Draws the values that requests vary by."""

    world: ReferenceRecords
    meetings: int
    newest: int  # revision
    port: int  # of a Parley, for what only its answers tell
    random: Random

    def identifier(self) -> str:
        """A meeting's."""
        maker = MeetingGenerator(self.world, self.meetings)
        return maker.identifier(between(self.random, 0, self.meetings - 1))

    def pair(self) -> str:
        """Two parties that both took part, popular ones mostly."""
        first = self.world.party(self.random)
        second = first
        while second == first:
            second = self.world.party(self.random)
        return f"party={first}&party={second}"

    def day(self, first: int = 0, last: int = DAYS) -> date:
        """A day between two, counted from the first."""
        return FIRST_DAY + timedelta(days=between(self.random, first, last))

    def period(self, years: int) -> str:
        """A few years."""
        start = self.day(0, DAYS - 365 * years)
        return f"from={start}&to={start + timedelta(days=365 * years)}"


Make = Callable[[Sampler], str]


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of read."""

    name: str
    title: str
    make: Make
    count: int = 400  # different requests
    conditional: bool = False
    paging: bool = False
    clock: bool = False  # needs history, which only Parley keeps
    neighbour: bool = True

    def requests(self, sampler: Sampler) -> list[Request]:
        """Different requests of this kind."""
        if self.paging:
            return []
        paths = list(dict.fromkeys(self.make(sampler) for _ in range(self.count)))
        return [Request(path) for path in paths]

    def first_requests(self, sampler: Sampler) -> list[Request]:
        """For paging: the first pages."""
        return [Request(self.make(sampler)) for _ in range(self.count // PAGES)]


PAGES = 8


def following(port: int, first: Request) -> Iterator[Request]:
    """The requests for the pages after a first one, as the server links them."""
    asked = first
    for _ in range(PAGES):
        [reply] = fetch(port, [asked])
        link = orjson.loads(reply.body)["next"]
        if link is None:
            return
        # Parley links the next page; the neighbour names its cursor.
        path = link if link.startswith("/") else f"{first.path}&cursor={quote(link)}"
        asked = Request(path)
        yield asked


def _one(sampler: Sampler) -> str:
    return f"/v1/meetings/{sampler.identifier()}"


def _pair(sampler: Sampler) -> str:
    years = between(sampler.random, 3, 20)
    return f"/v1/meetings?{sampler.pair()}&{sampler.period(years)}&limit=20"


def _search(sampler: Sampler) -> str:
    random, kind = sampler.random, sampler.random.random()
    if kind < 0.25:
        asked = pick(random, sampler.world.people)["name"]
    elif kind < 0.5:
        asked = pick(random, words()[30:2_000])
    else:
        # Two words as running text has them: mostly frequent ones.
        found = text(random, 2, 2).rstrip(".").lower().split()
        asked = " ".join(dict.fromkeys(found))
    return f"/v1/meetings?q={quote(asked)}&limit=20"


def _timeline(sampler: Sampler) -> str:
    parties = dict.fromkeys(sampler.world.party(sampler.random) for _ in range(6))
    named = ",".join(parties)
    return f"/v1/timeline?party={named}&from={sampler.day(0, DAYS // 2)}&limit=500"


def _facets(sampler: Sampler) -> str:
    asked = f"from={sampler.day(0, 2_000)}&to={sampler.day(DAYS - 2_000, DAYS)}"
    status = weighted(sampler.random, ("held", "held,planned", "held,confirmed"), (0.6, 0.8, 1.0))
    return f"/v1/meetings?status={status}&{asked}&facets=party,level,status&limit=20"


def _as_of(sampler: Sampler) -> str:
    return f"/v1/meetings?{sampler.pair()}&as_of={sampler.day(2_000, DAYS)}&limit=20"


def _revision(sampler: Sampler) -> str:
    least = sampler.newest // 5
    at = between(sampler.random, least, sampler.newest)
    return f"/v1/meetings?{sampler.pair()}&revision={at}&limit=20"


def _page(sampler: Sampler) -> str:
    party = weighted(sampler.random, sampler.world.parties[:20], sampler.world.party_weights[:20])
    return f"/v1/meetings?party={party['id']}&limit=20"


ROWS = (
    Row("one", "one meeting", _one),
    Row("one-304", "one meeting, unchanged: 304", _one, conditional=True),
    Row("pair", "A and B took part, in a range of dates, newest 20", _pair),
    Row("list-304", "the same, unchanged: 304", _pair, conditional=True, neighbour=False),
    Row("paging", "newest 20 of a party, later pages by cursor", _page, paging=True),
    Row("search", "full text, newest 20", _search),
    Row("timeline", "timeline of six parties, 500 entries", _timeline, count=48),
    Row("facets", "facets of party, level and status, broad filter", _facets, count=48),
    Row("as-of", "A and B, as known on a day, newest 20", _as_of, clock=True, neighbour=False),
    Row("revision", "A and B, as of a revision, newest 20", _revision, clock=True, neighbour=False),
)
