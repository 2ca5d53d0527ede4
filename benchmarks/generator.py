"""The data of the benchmarks: the same records from the same seed, in the order they became known.

Nothing is drawn from the clock or from the environment. What is written is grouped into batches,
one write each; a record stands in a batch once at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from heapq import heappop, heappush

from app.ledger.noun import Nouns
from app.ledger.write.revisions import RecordChange
from app.writes.bodies import validate_body
from benchmarks import reference_records as worlds
from benchmarks.meetings import LEAD, MeetingGenerator, Step
from benchmarks.reference_records import DAYS, FIRST_DAY, ReferenceRecords

BATCH = 2_000
_SLACK = LEAD + 60  # no meeting is first heard of earlier before its place in the sequence


@dataclass(frozen=True, slots=True)
class Batch:
    """What one write holds, and when it is said to have been recorded."""

    at: datetime
    changes: list[RecordChange]


def _moment(day: int) -> datetime:
    return datetime.combine(FIRST_DAY + timedelta(days=day), time(12), UTC)


def steps(world: ReferenceRecords, meetings: int) -> Iterator[Step]:
    """Every state of every meeting and position, by the day on which it became known."""
    maker = MeetingGenerator(world, meetings)
    waiting: list[tuple[int, int, int, Step]] = []
    for number in range(meetings):
        for index, step in enumerate(maker.steps(number)):
            heappush(waiting, (step.day, number, index, step))
        horizon = number * DAYS // meetings - _SLACK
        while waiting and waiting[0][0] < horizon:
            yield heappop(waiting)[3]
    while waiting:
        yield heappop(waiting)[3]


def batches(nouns: Nouns, *, seed: int, meetings: int, batch: int = BATCH) -> Iterator[Batch]:
    """Everything, in the order in which it can be written; bodies are checked as the API does."""
    world = worlds.make(seed, meetings)
    start = _moment(-LEAD - 30)
    for noun, bodies in world.groups():
        yield Batch(start, [_change(nouns, noun, body) for body in bodies])
    latest = -LEAD
    taken: dict[tuple[str, str], RecordChange] = {}
    deferred: list[RecordChange] = []
    for step in steps(world, meetings):
        latest = max(latest, step.day)
        change = _change(nouns, step.noun, step.body)
        if (change.noun, change.id) in taken:
            deferred.append(change)
            continue
        taken[change.noun, change.id] = change
        if len(taken) >= batch:
            yield Batch(_moment(latest), list(taken.values()))
            taken, deferred = _seated(deferred)
    while taken:
        yield Batch(_moment(latest), list(taken.values()))
        taken, deferred = _seated(deferred)


def _change(nouns: Nouns, noun: str, body: dict[str, object]) -> RecordChange:
    full = validate_body(nouns[noun], body)
    return RecordChange(noun, full["id"], full)


def _seated(
    deferred: list[RecordChange],
) -> tuple[dict[tuple[str, str], RecordChange], list[RecordChange]]:
    """The next batch's beginning: of each record the earliest state that had to wait."""
    taken: dict[tuple[str, str], RecordChange] = {}
    left = []
    for change in deferred:
        address = (change.noun, change.id)
        if address in taken:
            left.append(change)
        else:
            taken[address] = change
    return taken, left
