"""Meetings and the positions voiced at them, each with the revisions it went through."""

from __future__ import annotations

from bisect import bisect_right
from random import Random
from typing import Any, NamedTuple

from benchmarks.reference_records import (
    DAYS,
    LEVEL_WEIGHTS,
    LEVELS,
    ReferenceRecords,
    country_of,
    iso,
)
from benchmarks.vocabulary import (
    between,
    phrase,
    pick,
    place_weights,
    places,
    text,
    weighted,
    zipf,
)

Body = dict[str, Any]

LEAD = 200  # a meeting is first reported at most so many days ahead
_REVISED = 0.39
_REVISIONS = (0.10, 0.30, 0.55, 0.80, 1.0)  # how many revisions, cumulated
_STAGES = {
    1: ("planned", "held"),
    2: ("planned", "confirmed", "held"),
    3: ("planned", "confirmed", "held", "amended"),
    4: ("proposed", "planned", "confirmed", "held", "amended"),
    5: ("proposed", "planned", "confirmed", "held", "amended", "amended"),
}
_STANCES = ("demands", "calls_for", "proposes", "supports", "accepts", "conditions", "opposes")
_CHANNELS = ("readout", "press_statement", "speech", "interview", "document", "reported")
_ASSESSMENTS = ("progress", "no_clear_progress", "agreement", "setback", "breakthrough")
_KINDS = (("meeting", 0.62), ("visit", 0.78), ("call", 0.93), ("conference", 1.0))
_SEATS = ((1, 0.04), (2, 0.62), (3, 0.76), (4, 0.88), (5, 0.94), (6, 1.0))
_SINGLE = (("held", 0.88), ("planned", 0.93), ("proposed", 0.95), ("postponed", 0.97))


class Step(NamedTuple):
    """A record's state as it came to be known on a day."""

    day: int
    noun: str
    body: Body


def _dice(random: Random, table: tuple[tuple[Any, float], ...], otherwise: Any = None) -> Any:
    drawn = random.random()
    return next((value for value, below in table if drawn < below), otherwise)


class MeetingGenerator:
    """Makes meetings between the parties of a dataset, each from its own number alone."""

    def __init__(self, world: ReferenceRecords, meetings: int) -> None:
        self.world = world
        self.meetings = meetings
        # What is linked to took place long enough ago to be in the ledger already.
        self._back = int((LEAD + 200) / DAYS * meetings) + 1

    def _heading(self, number: int) -> tuple[Random, int, str, str]:
        random = Random(f"{self.world.seed}/meeting/{number}")
        jitter = between(random, -15, 15)
        day = max(0, min(number * DAYS // self.meetings + jitter, DAYS - 1))
        place = weighted(random, places(), place_weights())
        return random, day, place, f"{iso(day)}-{place.lower()}-{number:06d}"

    def identifier(self, number: int) -> str:
        """The identifier of a meeting."""
        return self._heading(number)[3]

    def steps(self, number: int) -> list[Step]:
        """Every state of a meeting, then those of a position voiced at it."""
        random, day, place, identifier = self._heading(number)
        body = self._outline(random, day, place, identifier, number)
        if random.random() < _REVISED:
            drawn = random.random()
            count = next(i for i, below in enumerate(_REVISIONS, 1) if drawn < below)
            found = self._lifetime(random, body, day, _STAGES[count])
        else:
            body["status"] = _dice(random, _SINGLE, "cancelled")
            ahead = body["status"] in ("planned", "proposed")
            told = day - between(random, 5, LEAD) if ahead else day + between(random, 0, 10)
            body["sources"] = [self.world.source(max(0, told))]
            if body["status"] == "held":
                self._report(random, body)
            found = [Step(told, "meeting", body)]
        if number % 2 == 0:
            found += self._positions(random, found[-1], day)
        return found

    def _outline(self, random: Random, day: int, place: str, identifier: str, number: int) -> Body:
        body: Body = {
            "id": identifier,
            "title": f"{phrase(random, between(random, 2, 4)).capitalize()}, {place}",
            "kind": _dice(random, _KINDS),
            "date": self._date(random, day),
            "place": {"name": place, "country": country_of(place)},
            "summary": text(random, 12, 60),
            "participants": self._participants(random),
            "issues": sorted({self.world.issue(random) for _ in range(between(random, 1, 3))}),
            "hedge": "reportedly" if random.random() < 0.06 else None,
            "links": [],
        }
        if random.random() < 0.4:
            body["process"] = pick(random, self.world.processes)["id"]
        if random.random() < 0.25:
            hour = between(random, 8, 16)
            body |= {"start": f"{hour:02d}:00", "end": f"{hour + 2:02d}:30"}
        if random.random() < 0.03 and number > self._back:
            earlier = self.identifier(number - self._back)
            body["links"] = [{"relation": "follows", "meeting": earlier}]
        return body

    def _date(self, random: Random, day: int) -> str | Body | None:
        drawn, told = random.random(), iso(day)
        if drawn < 0.80:
            return told + ("~" if drawn < 0.01 else "?" if drawn < 0.02 else "")
        if drawn < 0.88:
            return told[:7]
        if drawn < 0.90:
            return told[:4]
        if drawn < 0.95:
            return f"{told}/{iso(day + between(random, 1, 9))}"
        if drawn < 0.965:
            return f"{told}/.."
        following = bisect_right(self.world.passed, day + 2)
        if drawn < 0.98 and following < len(self.world.milestones):
            return {"edtf": f"{told}/..", "before": self.world.milestones[following]["id"]}
        return None

    def _participants(self, random: Random) -> list[Body]:
        wanted = _dice(random, _SEATS)
        parties: dict[str, None] = {}
        while len(parties) < wanted:
            parties[self.world.party(random)] = None
        level, office = weighted(random, LEVELS, LEVEL_WEIGHTS)
        found = []
        for index, party in enumerate(parties):
            if random.random() < 0.2:
                level, office = weighted(random, LEVELS, LEVEL_WEIGHTS)
            role = "host" if index == 0 and random.random() < 0.5 else "participant"
            if index >= 2 and random.random() < 0.3:
                role = "mediator" if random.random() < 0.5 else "observer"
            seat: Body = {"party": party, "office": office, "level": level, "role": role}
            staff = self.world.staff[party]
            if staff and random.random() < 0.65:
                # Those at the head of the list meet most.
                seat["person"] = staff[int(random.random() ** 2 * len(staff))]
            elif random.random() < 0.3:
                seat["name"] = phrase(random, 2).title()
            found.append(seat)
        return found

    def _report(self, random: Random, body: Body) -> None:
        """What is told after a meeting: each side's account, and what came of it."""
        parties = [seat["party"] for seat in body["participants"]]
        source = body["sources"][-1]
        body["readouts"] = []
        if random.random() < 0.35:
            for party in parties[: between(random, 1, 2)]:
                account: Body = {"party": party, "text": text(random, 20, 60), "source": source}
                account["issues"] = body["issues"][: between(random, 1, 2)]
                account["quote"] = text(random, 8, 24) if random.random() < 0.4 else None
                body["readouts"].append(account)
        body["outcomes"] = []
        if random.random() < 0.3:
            outcome = {"assessment": pick(random, _ASSESSMENTS), "text": text(random, 8, 20)}
            body["outcomes"] = [outcome | {"source": source}]

    def _lifetime(
        self, random: Random, full: Body, day: int, stages: tuple[str, ...]
    ) -> list[Step]:
        """From first word of a meeting to the last amendment of its record."""
        told = day - between(random, 20, LEAD)
        spoiled = random.random() < 0.08
        previous: list[Body] = []
        sources: list[str] = []
        body, found = full, []
        for index, stage in enumerate(stages):
            coarse = iso(max(0, day + between(random, -10, 20)))[:7] if index == 0 else None
            body = {**body, "previous_dates": list(previous)}
            body["date"] = coarse or full["date"]
            if stage == "amended":
                told += between(random, 5, 90)
                body["summary"] = f"{body['summary']} {text(random, 6, 20)}"
            elif stage == "held":
                told = max(told + 1, day + between(random, 0, 10))
                body["status"] = pick(random, ("cancelled", "postponed")) if spoiled else "held"
            else:
                body["status"] = stage
                told = told if index == 0 else told + between(random, 1, max(1, (day - told) // 2))
            sources = list(dict.fromkeys([*sources, self.world.source(max(0, told))]))
            body["sources"] = sources
            if stage == "held" and not spoiled:
                self._report(random, body)
            if coarse and coarse != full["date"]:
                previous = [{"date": coarse, "status": stage, "reason": "made precise"}]
            found.append(Step(told, "meeting", body))
        return found

    def _positions(self, random: Random, meeting: Step, day: int) -> list[Step]:
        body = meeting.body
        seat = pick(random, body["participants"])
        told = max(meeting.day, day) + between(random, 0, 20)
        bound = random.random() < 0.7
        position: Body = {
            "id": f"{body['id']}-position",
            "party": seat["party"],
            "person": seat.get("person"),
            "office": seat["office"],
            "issue": pick(random, body["issues"]),
            "stance": weighted(random, _STANCES, zipf(len(_STANCES), 0.6)),
            "text": text(random, 10, 40),
            "quote": text(random, 8, 24) if random.random() < 0.5 else None,
            "date": iso(day),
            "meeting": body["id"] if bound else None,
            "process": body.get("process"),
            "channel": pick(random, _CHANNELS),
            "sources": [self.world.source(told)],
        }
        found = [Step(told, "position", position)]
        if random.random() < 0.2:
            later = told + between(random, 3, 60)
            amended = position | {"text": f"{position['text']} {text(random, 4, 12)}"}
            amended["sources"] = [*position["sources"], self.world.source(later)]
            amended["sources"] = list(dict.fromkeys(amended["sources"]))
            found.append(Step(later, "position", amended))
        return found
