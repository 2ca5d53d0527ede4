"""What meetings are about and who comes: everything that is written before the first meeting."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from benchmarks.vocabulary import (
    between,
    family_names,
    given_names,
    phrase,
    pick,
    places,
    text,
    weighted,
    words,
    zipf,
)

Body = dict[str, Any]

FIRST_DAY = date(1990, 1, 1)
DAYS = 12_784  # to the end of 2024; what follows up on the last meetings falls into 2025
_STATES_BY_WEIGHT = """
USA RUS CHN TUR DEU FRA GBR SYR IRN ISR EGY SAU UKR IND PAK JPN KOR PRK IRQ JOR LBN QAT ARE GRC CYP
ITA ESP POL HUN SRB ARM AZE GEO KAZ UZB AFG YEM LBY TUN DZA MAR SDN ETH NGA BRA
"""
STATES = tuple(_STATES_BY_WEIGHT.split())
LEVELS = (
    ("foreign_minister", "Minister of Foreign Affairs"),
    ("head_of_state", "President"),
    ("special_envoy", "Special Envoy"),
    ("head_of_government", "Prime Minister"),
    ("deputy_foreign_minister", "Deputy Minister of Foreign Affairs"),
    ("ambassador", "Ambassador"),
    ("defence_minister", "Minister of Defence"),
    ("official", "Head of Department"),
    ("minister", "Minister of Trade"),
    ("intelligence_chief", "Director of Intelligence"),
)
LEVEL_WEIGHTS = zipf(len(LEVELS), 0.8, 1.5)
_OTHERS = (*["organisation"] * 9, *["non_state"] * 6)
_SOURCES, _PEOPLE, _ISSUES, _PROCESSES, _MILESTONES = 2_000, 3_000, 40, 30, 50
_FEW = 100  # of sources and of people, even where there are hardly any meetings


def iso(day: int) -> str:
    """Day number since the first, as ISO text."""
    return (FIRST_DAY + timedelta(days=day)).isoformat()


@dataclass(slots=True)
class ReferenceRecords:
    """The records that meetings cite, and how likely each is cited."""

    seed: int
    parties: list[Body] = field(default_factory=list)
    people: list[Body] = field(default_factory=list)
    issues: list[Body] = field(default_factory=list)
    sources: list[Body] = field(default_factory=list)
    processes: list[Body] = field(default_factory=list)
    milestones: list[Body] = field(default_factory=list)
    published: list[int] = field(default_factory=list)  # the day of each source
    passed: list[int] = field(default_factory=list)  # the day of each milestone
    staff: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    party_weights: list[float] = field(default_factory=list)
    issue_weights: list[float] = field(default_factory=list)

    def groups(self) -> Iterator[tuple[str, list[Body]]]:
        """Nouns with their bodies, in the order in which they can be written."""
        yield "source", self.sources
        yield "party", self.parties
        yield "issue", self.issues
        yield "person", self.people
        yield "process", self.processes
        yield "milestone", self.milestones

    def source(self, day: int) -> str:
        """The first source published on a day or after it."""
        index = min(bisect_left(self.published, day), len(self.sources) - 1)
        return str(self.sources[index]["id"])

    def party(self, random: Random) -> str:
        """A party, the popular ones often."""
        return str(weighted(random, self.parties, self.party_weights)["id"])

    def issue(self, random: Random) -> str:
        """An issue, the popular ones often."""
        return str(weighted(random, self.issues, self.issue_weights)["id"])


def make(seed: int, meetings: int) -> ReferenceRecords:
    """What meetings cite, made from a seed; up to some thousands of meetings it grows with them."""
    world, random = ReferenceRecords(seed), Random(f"{seed}/world")
    _sources(world, random, min(_SOURCES, _FEW + meetings // 2))
    _parties(world, random)
    _issues(world, random)
    _people(world, random, min(_PEOPLE, _FEW + meetings // 2))
    for number in range(_PROCESSES):
        name = phrase(random, 2).title()
        seated = sorted({world.party(random) for _ in range(between(random, 2, 6))})
        body = {"id": f"track-{number:02d}", "name": name, "parties": seated}
        world.processes.append(body | {"summary": text(random, 12, 40)})
    _milestones(world, random)
    return world


def _sources(world: ReferenceRecords, random: Random, count: int) -> None:
    publishers = [phrase(random, 2).title() for _ in range(25)]
    step = (DAYS + 300) / count
    for number in range(count):
        day = int((number + random.random()) * step)
        identifier = f"{iso(day)}-report-{number:04d}"
        world.published.append(day)
        body = {"id": identifier, "publisher": pick(random, publishers)}
        body |= {"title": phrase(random, 5).capitalize(), "published": iso(day), "language": "en"}
        world.sources.append(body | {"url": f"https://reports.example/{number}"})


def _parties(world: ReferenceRecords, random: Random) -> None:
    for code in STATES:
        name = words()[between(random, 500, 5_000)].capitalize()
        world.parties.append({"id": code, "name": name, "kind": "state", "names": [code.title()]})
    for number, kind in enumerate(_OTHERS):
        name = phrase(random, 2).title()
        slug = f"{kind.replace('_', '-')}-{number:02d}"
        # Some of them are as busy as states are.
        at = between(random, 4, len(world.parties))
        world.parties.insert(at, {"id": slug, "name": name, "kind": kind, "names": []})
    world.party_weights = zipf(len(world.parties), 0.9, 1.5)


def _issues(world: ReferenceRecords, random: Random) -> None:
    for number in range(_ISSUES):
        broader = f"issue-{between(random, 0, 7):02d}" if number > 7 else None
        body = {"id": f"issue-{number:02d}", "name": phrase(random, 2), "broader": broader}
        world.issues.append(body)
    world.issue_weights = zipf(_ISSUES, 0.7, 2.0)


def _people(world: ReferenceRecords, random: Random, count: int) -> None:
    for number in range(count):
        given, family = pick(random, given_names()), pick(random, family_names())
        party, begin = world.party(random), between(random, 1985, 2018)
        tenures = []
        for _ in range(between(random, 1, 3)):
            level, office = weighted(random, LEVELS, LEVEL_WEIGHTS)
            end = begin + between(random, 1, 8)
            tenure = {"office": office, "level": level, "party": party}
            tenures.append(tenure | {"from": str(begin), "to": str(end)})
            begin = end
        identifier = f"{given}-{family}-{number:04d}".lower()
        world.staff[party].append(identifier)
        body = {"id": identifier, "name": f"{given} {family}", "party": party, "tenures": tenures}
        other = pick(random, family_names())
        world.people.append(body | {"names": [f"{given} {other}"] if number % 5 == 0 else []})


def _milestones(world: ReferenceRecords, random: Random) -> None:
    step = DAYS / _MILESTONES
    for number in range(_MILESTONES):
        day = int((number + 0.9 * random.random()) * step) + 20
        told = iso(day) if random.random() < 0.8 else iso(day)[:7]
        body: Body = {"id": f"vote-{number:02d}", "title": phrase(random, 3).capitalize()}
        body |= {"date": told, "process": None}
        if number % 2:
            body["process"] = pick(random, world.processes)["id"]
        announced = [world.source(max(0, day - 200))] if number % 3 else []
        world.passed.append(day)
        world.milestones.append(body | {"sources": announced})


def country_of(place: str) -> str:
    """A place lies in the same state every time."""
    return STATES[places().index(place) * 7 % len(STATES)]
