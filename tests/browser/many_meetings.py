"""Thousands of meetings, the same each time: what the page must stay usable with."""

from __future__ import annotations

from datetime import date, timedelta

from app.ledger.write.ledger import Ledger
from app.ledger.write.revisions import RecordChange
from tests.builders import (
    STATES,
    RecordWriter,
    issue,
    meeting,
    participant,
    party,
    position,
    source,
)

FIRST = date(2003, 1, 1)
BATCH = 1_000
STATUSES = ("held", "held", "held", "held", "planned", "cancelled")
ISSUES = ("withdrawal", "refugees", "m4")


def _day(number: int, count: int) -> str:
    day = FIRST + timedelta(days=number * 7_300 // count)
    return f"{day:%Y-%m}" if number % 9 == 0 else day.isoformat()


def _meeting(number: int, count: int) -> RecordChange:
    states = sorted(STATES)
    present = [states[(number + step) % len(states)] for step in range(2 + number % 3)]
    return meeting(
        f"meeting-{number:05}",
        _day(number, count),
        title=f"Consultations, round {number}",
        status=STATUSES[number % len(STATUSES)],
        summary="The sides went through what was left open by the round before.",
        participants=[
            participant(state, office="Minister of Foreign Affairs", level="foreign_minister")
            for state in present
        ],
        issues=[ISSUES[number % 3]],
        readouts=[{"party": present[0], "text": "Spoke of progress.", "issues": [ISSUES[0]]}],
        sources=[f"source-{number % 40}"],
    )


def _position(number: int, count: int) -> RecordChange:
    return position(
        f"position-{number:05}",
        _day(number, count),
        issue=ISSUES[number % 3],
        meeting=f"meeting-{number:05}",
        quote="what was left open",
        sources=[f"source-{number % 40}"],
    )


def fill(ledger: Ledger, count: int) -> None:
    """Write so many meetings, and a position to every tenth."""
    writer = RecordWriter(ledger)
    published = (FIRST + timedelta(days=400 * number) for number in range(40))
    writer.write(
        *(party(state) for state in STATES),
        *(issue(name) for name in ISSUES),
        *(source(f"source-{n}", day.isoformat()) for n, day in enumerate(published)),
    )
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        writer.write(*(_meeting(number, count) for number in numbers))
        writer.write(*(_position(number, count) for number in numbers if number % 10 == 0))
