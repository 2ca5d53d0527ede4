"""Random records in random writes, and random questions about them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from app.ledger.write.revisions import RecordChange
from tests.builders import (
    deletion,
    issue,
    meeting,
    milestone,
    participant,
    party,
    person,
    position,
    source,
)

PARTIES = ["TUR", "SYR", "RUS"]
ISSUES = ["i1", "i2"]
PEOPLE = ["p1", "p2"]
SOURCES = ["s1", "s2", "s3"]
EVENTS = ["x1", "x2"]  # milestones that dates hang on
MEETINGS = ["m1", "m2", "m3"]
POSITIONS = ["q1", "q2"]
LEVELS = ["foreign_minister", "special_envoy"]
VOCABULARY = ["Türkiye", "Moscow", "talks", "Ankara peace", "Şam"]

DAYS = ["2023-01-01", "2023-02-10", "2023-02-28", "2023-03-01", "2023-04-15", "2024-02-29"]
DATES = [
    *DAYS, "2023", "2023-02", "2023-03", "2023~", "2023-02?", "202X", "2023-XX", "2023-21",
    "2023-02-10/2023-03-01", "2023-02/..", "../2023-02-28", "2024/..", "-0100", "2022/2024",
]  # fmt: skip


def maybe(values: list[str]) -> st.SearchStrategy[str | None]:
    return st.one_of(st.none(), st.sampled_from(values))


def some(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=2)


dates: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.sampled_from(DATES),
    st.sampled_from([{"before": x} for x in EVENTS] + [{"after": x} for x in EVENTS]),
)
words = st.sampled_from(VOCABULARY)


@st.composite
def seats(draw: st.DrawFn) -> dict[str, Any]:
    return participant(
        draw(st.sampled_from(PARTIES)),
        draw(st.sampled_from(["participant", "host", "mediator", "observer"])),
        person=draw(maybe(PEOPLE)),
        level=draw(maybe(LEVELS)),
    )


@st.composite
def meetings(draw: st.DrawFn) -> RecordChange:
    body: dict[str, Any] = {
        "title": draw(words),
        "status": draw(st.sampled_from(["held", "planned", "cancelled"])),
        "kind": draw(st.sampled_from(["meeting", "call"])),
        "participants": draw(st.lists(seats(), max_size=3)),
        "issues": draw(some(ISSUES)),
        "sources": draw(some(SOURCES)),
        "place": draw(st.sampled_from([None, {"name": "Şam"}, {"name": "Ankara"}])),
    }
    if draw(st.booleans()):
        readout = {"party": "TUR", "issues": draw(some(ISSUES)), "source": draw(maybe(SOURCES))}
        body["readouts"] = [readout | {"quote": draw(maybe(VOCABULARY))}]
    return meeting(draw(st.sampled_from(MEETINGS)), draw(dates), **body)


@st.composite
def positions(draw: st.DrawFn) -> RecordChange:
    return position(
        draw(st.sampled_from(POSITIONS)),
        draw(dates),
        party=draw(st.sampled_from(PARTIES)),
        issue=draw(st.sampled_from(ISSUES)),
        stance=draw(st.sampled_from(["demands", "opposes"])),
        text=draw(maybe(VOCABULARY)),
        quote=draw(maybe(VOCABULARY)),
        sources=draw(some(SOURCES)),
    )


milestones = st.builds(
    lambda i, d, s: milestone(i, d, sources=s),
    st.sampled_from(EVENTS),
    st.one_of(st.none(), st.sampled_from(DATES)),
    some(SOURCES),
)
sources = st.builds(source, st.sampled_from(SOURCES), maybe([*DAYS, "2023-02"]))
parties = st.builds(
    lambda i, n: party(i, names=[n] if n else []), st.sampled_from(PARTIES), maybe(VOCABULARY)
)
people = st.builds(
    lambda i, n, p: person(i, name=n, party=p), st.sampled_from(PEOPLE), words, maybe(PARTIES)
)
issues = st.builds(lambda i, n: issue(i, name=n), st.sampled_from(ISSUES), words)
deletions = st.one_of(
    st.builds(deletion, st.just("meeting"), st.sampled_from(MEETINGS)),
    st.builds(deletion, st.just("position"), st.sampled_from(POSITIONS)),
)
# What happens often comes often.
changes = st.one_of(
    meetings(), meetings(), positions(), milestones, sources, parties, people, issues, deletions
)
writes = st.lists(
    st.lists(changes, min_size=1, max_size=4, unique_by=lambda c: (c.noun, c.id)),
    min_size=1,
    max_size=12,
)


def basis() -> list[RecordChange]:
    """What the others cite."""
    return [
        *map(source, SOURCES),
        *map(party, PARTIES),
        *map(issue, ISSUES),
        *map(person, PEOPLE),
        *map(milestone, EVENTS),
    ]


# ---- questions

FILTERS: list[tuple[str, list[str]]] = [
    ("party", PARTIES), ("person", PEOPLE), ("level", LEVELS), ("host", PARTIES),
    ("status", ["held", "planned", "cancelled"]), ("kind", ["meeting", "call"]),
    ("format", ["unilateral", "bilateral", "trilateral"]), ("issue", ISSUES), ("place", ["sam"]),
    ("source", SOURCES), ("stance", ["demands", "opposes"]), ("role", ["host", "observer"]),
    ("id", [*MEETINGS, *POSITIONS, *EVENTS]),
]  # fmt: skip
filters = st.sampled_from(FILTERS).flatmap(
    lambda f: st.tuples(
        st.just(f[0]),
        st.booleans(),
        st.lists(st.sampled_from(f[1]), min_size=1, max_size=2, unique=True),
    )
)


def _once(chosen: tuple[str, bool, list[str]]) -> str:
    """`format` occurs once, as it names a representation too; the others may be repeated."""
    return "format" if chosen[0] == "format" else repr(chosen)


bounds = st.one_of(st.none(), st.sampled_from([*DAYS, "2023-02", "2023", "2022", "2024-12-31"]))


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "filters": draw(st.lists(filters, max_size=3, unique_by=_once)),
        "flag": draw(st.sampled_from([None, None, ("named", "false"), ("quoted", "true")])),
        "from": draw(bounds),
        "to": draw(bounds),
        "match": draw(st.sampled_from(["possible", "certain"])),
        "q": draw(st.one_of(st.none(), st.tuples(st.booleans(), words))),
        "sort": draw(st.sampled_from(["date", "-date", "id", "-id", "recorded", "-recorded"])),
        "revision": draw(st.one_of(st.none(), st.floats(0, 1))),
        "as_of": draw(st.one_of(st.none(), st.sampled_from([*DAYS, "2030-01-01"]))),
        "limit": draw(st.integers(1, 5)),
    }
