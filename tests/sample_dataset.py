"""A small dataset in twelve writes, with something of everything that can be asked for.

Nobody writes to it, so that many tests can read it. Dates come in every form; some records
changed as more was reported, one was deleted, one was deleted and restored.
"""

from __future__ import annotations

from app.ledger.write.ledger import Ledger
from app.ledger.write.revisions import RecordChange
from tests.builders import (
    RecordWriter,
    deletion,
    issue,
    meeting,
    milestone,
    participant,
    party,
    person,
    position,
    process,
    source,
)

MINISTERS = {"level": "defence_minister", "office": "Minister of Defence"}


def _moscow(**more: object) -> RecordChange:
    """The quadrilateral in Moscow, as far as it is known yet."""
    given = {
        "title": "Four defence ministers in Moscow",
        "process": "normalisation",
        "place": {"name": "Moscow", "country": "RUS"},
        "participants": [
            participant("TUR", person="akar", name="Hulusi Akar", **MINISTERS),
            participant("SYR", name="Ali Mahmoud Abbas", **MINISTERS),
            participant("RUS", "host", person="shoigu", name="Sergei Shoigu", **MINISTERS),
            participant("IRN", "mediator", **MINISTERS),
        ],
        "issues": ["withdrawal", "terrorism"],
        "sources": ["day-after"],
    }
    return meeting("2023-04-25-moscow", "2023-04-25", **{**given, **more})


READOUTS = [
    {
        "party": "SYR",
        "issuer": "Ministry of Defence",
        "text": "The withdrawal of Turkish forces was discussed.",
        "issues": ["withdrawal", "m4"],
        "source": "syrian-readout",
    },
    {"party": "TUR", "quote": "Steps to normalise relations", "issues": ["refugees"]},
]
OUTCOMES = [
    {"assessment": "no_clear_progress", "by": "an analyst", "source": "analysis"},
    {"assessment": "progress", "text": "Called constructive by all sides."},
]


def _sources() -> list[RecordChange]:
    return [
        source("day-before", "2023-04-24", title="Talks tomorrow", publisher="Agency"),
        source("day-after", "2023-04-26", title="Talks were held", publisher="Agency"),
        source("syrian-readout", "2023-04-26", language="ar", url="https://example.org/sy"),
        source("analysis", "2023-05-02", title="What Moscow brought", reliability="unrated"),
        source("month-only", "2023-03", title="A report of March"),
        source("undated", title="A leaflet"),
    ]


def _actors() -> list[RecordChange]:
    return [
        party("TUR", names=["Turkey", {"name": "Turquie", "language": "fr"}]),
        party("SYR", names=["Syrian Arab Republic"]),
        party("RUS"),
        party("IRN"),
        party("QAT", sources=["undated"]),
        party("un", name="United Nations", kind="organisation"),
        party("sdf", name="Syrian Democratic Forces", kind="non_state"),
        issue("security", name="Security"),
        issue("withdrawal", name="Withdrawal of troops", broader="security"),
        issue("terrorism", name="Counter-terrorism", broader="security"),
        issue("refugees", name="Return of refugees"),
        issue("m4", name="The M4 highway"),
        person(
            "akar",
            name="Hulusi Akar",
            party="TUR",
            tenures=[{"party": "TUR", **MINISTERS, "from": "2018-07-10", "to": "2023-06-03"}],
        ),
        person(
            "shoigu",
            name="Sergei Shoigu",
            names=[{"name": "Сергей Шойгу", "language": "ru"}],
            tenures=[{"party": "RUS", **MINISTERS, "from": "2012-11-06"}],
            sources=["day-after"],
        ),
        person("envoy", name="Geir O. Pedersen", party="un", tenures=[]),
        person(
            "fidan",
            name="Hakan Fidan",
            party="TUR",
            tenures=[
                {"party": "TUR", "office": "Head of MİT", "level": "intelligence_chief"},
                {"party": "TUR", "office": "Foreign Minister", "level": "foreign_minister"},
            ],
        ),
        process("normalisation", name="Normalisation", parties=["SYR", "TUR"]),
        process("astana", name="Astana", summary="Guarantors meet.", sources=["undated"]),
    ]


def _events() -> list[RecordChange]:
    return [
        milestone("election", "2023-05-14", process="normalisation", sources=["day-before"]),
        milestone("earthquake", "2023-02-06", title="The earthquakes"),
        milestone("thaw", "2021/..", title="A thaw sets in"),
        milestone("war", "../2024-12-08", title="The war", process="astana"),
        milestone("someday", None, title="A peace"),
        meeting(
            "2022-12-28-moscow", "2022-12-28", participants=[participant("TUR"), participant("SYR")]
        ),
        meeting(
            "2023-spring-call",
            "2023-21",
            kind="call",
            process="astana",
            participants=[
                participant("TUR", level="head_of_state"),
                participant("RUS", level="head_of_state"),
            ],
            issues=["refugees"],
            sources=["month-only"],
        ),
        meeting("2023-03-visit", "2023-03~", kind="visit", participants=[participant("SYR")]),
        meeting(
            "foreign-ministers",
            {"edtf": "2023-04-26/..", "before": "election"},
            status="planned",
            process="normalisation",
            hedge="reportedly",
            participants=[
                participant("TUR", person="fidan", level="foreign_minister"),
                participant("SYR", office="Foreign Minister", level="foreign_minister"),
                participant("un", "observer", person="envoy", level="special_envoy"),
            ],
            sources=["day-before"],
            links=[{"relation": "conditional_on", "meeting": "2022-12-28-moscow"}],
        ),
        meeting(
            "summit",
            {"after": "foreign-ministers"},
            status="proposed",
            kind="conference",
            participants=[participant(p) for p in ("TUR", "SYR", "RUS", "IRN", "QAT")],
            issues=["withdrawal"],
            place={"name": "Tehran", "country": "IRN"},
        ),
        meeting("dropped", "2023-06", status="cancelled", participants=[participant("IRN")]),
        meeting("undated-meeting", None, status="postponed", sources=["undated"]),
        meeting("long-ago", "0045~", title="A meeting long ago"),
    ]


def _positions() -> list[RecordChange]:
    given = {"party": "SYR", "process": "normalisation"}
    return [
        position("syr-1", "2023-03", **given, text="Troops must leave.", sources=["month-only"]),
        position(
            "syr-2",
            "2023-04-25",
            **given,
            meeting="2023-04-25-moscow",
            channel="readout",
            quote="an end to the presence",
            stance="calls_for",
            sources=["syrian-readout"],
        ),
        position(
            "tur-1",
            "2023-04-25",
            party="TUR",
            person="akar",
            office="Minister of Defence",
            issue="terrorism",
            stance="conditions",
            meeting="2023-04-25-moscow",
            channel="press_statement",
            sources=["day-after"],
        ),
        position("sdf-1", None, party="sdf", stance="opposes", issue="m4", channel="interview"),
        position("irn-1", {"before": "election"}, party="IRN", stance="supports"),
    ]


def build(ledger: Ledger) -> None:
    """Write it all."""
    writer = RecordWriter(ledger)
    writer.write(*_sources(), at="2024-01-01T09:00", reason="sources", author="ann")
    writer.write(*_actors(), at="2024-01-02T09:00")
    host = [participant("RUS", "host")]
    planned: dict[str, object] = {"status": "planned", "process": None, "issues": []}
    writer.write(
        _moscow(participants=host, sources=["day-before"], **planned), at="2024-01-03T09:00"
    )
    writer.write(*_events(), at="2024-01-04T09:00", reason="events")
    writer.write(*_positions(), at="2024-01-05T09:00")
    writer.write(_moscow(), at="2024-01-06T09:00", author="ben")
    sources = ["day-after", "analysis"]
    writer.write(
        _moscow(readouts=READOUTS, outcomes=OUTCOMES, sources=sources), at="2024-01-07T09:00"
    )
    # The election moves, and with it what was to be before it and what was to be after that.
    moved = milestone("election", "2023-05-28", process="normalisation", sources=["analysis"])
    writer.write(moved, at="2024-01-08T09:00", reason="a second round")
    writer.write(deletion("position", "syr-1"), at="2024-01-09T09:00", reason="a mistake")
    writer.write(deletion("meeting", "2023-03-visit"), at="2024-01-10T09:00")
    writer.write(
        meeting("2023-03-visit", "2023-03-15~", kind="visit", participants=[participant("SYR")]),
        at="2024-01-11T09:00",
    )
    writer.write(issue("m4", name="The M4 and M5 highways"), at="2024-01-12T09:00")
