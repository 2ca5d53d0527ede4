"""The method: the same requests to every server in turns, round after round, and medians."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median

import orjson

from benchmarks import reference_records as worlds
from benchmarks import servers
from benchmarks.client import Recorded, Reply, Request, Run, drive, fetch
from benchmarks.loading import Load, url
from benchmarks.read_requests import Row, Sampler, following
from benchmarks.servers import Server

PARLEY, READY, BARE, ORM = "Parley", "Parley, ready", "bare uvicorn", "FastAPI + async ORM"
_LEFT_OUT = {"date", "server", "connection"}  # uvicorn writes these itself
_MOST = 20_000
_PROLONGED = 8  # times at most


@dataclass(slots=True)
class Measured:
    """One server on one row."""

    cpu: list[float] = field(default_factory=list)  # seconds of CPU for a request, by round
    rate: list[float] = field(default_factory=list)  # requests a second, by round
    refused: int = 0  # answers with a status that was not expected

    @property
    def microseconds(self) -> float:
        """The median of CPU for a request."""
        return median(self.cpu) * 1e6

    @property
    def throughput(self) -> float:
        """The median of requests a second."""
        return median(self.rate)

    @property
    def spread(self) -> float:
        """How far the rounds lie apart, as a share of their median."""
        return (max(self.cpu) - min(self.cpu)) / median(self.cpu)


@dataclass(slots=True)
class Result:
    """One row: its answers' size, and every server's numbers by way of asking."""

    row: Row
    size: int = 0
    asked: int = 0  # different requests
    same: int = 0  # of these, how often the neighbour found as much
    by: dict[str, Measured] = field(default_factory=dict)


@dataclass(slots=True)
class Session:
    """All results at one size."""

    load: Load
    results: list[Result]


@dataclass(slots=True)
class RowPlan:
    """The requests of a row, for Parley and the bare server, and for the neighbour."""

    result: Result
    parley: list[Request]
    neighbour: list[Request]


@dataclass(frozen=True, slots=True)
class Workload:
    """How much is measured."""

    rounds: int
    seconds: float


def session(
    database: Path, neighbour: Path, load: Load, rows: Sequence[Row], effort: Workload
) -> Session:
    """Measure these rows at one size."""
    core = servers.cores()
    own = None if core is None else core[0]
    if core is not None:
        servers.pin(0, core[1])
    log, answers = database.with_suffix(".log"), database.with_suffix(".answers")
    with ExitStack() as stack:
        made = stack.enter_context(servers.parley(url(database), own, log, response_cache=False))
        ready = stack.enter_context(servers.parley(url(database), own, log, response_cache=True))
        orm = stack.enter_context(servers.idiomatic(neighbour, own, log))
        recorded: Recorded = {}
        plans = [_plan(row, load, made, orm, recorded) for row in rows]
        answers.write_bytes(pickle.dumps(recorded))
        bare = stack.enter_context(servers.bare(answers, own, log))
        for number in range(effort.rounds + 1):
            for plan in plans:
                # The first round warms everything up and is not counted.
                seconds = effort.seconds if number else min(0.3, effort.seconds)
                _round(plan, made, ready, bare, orm, seconds, counted=number > 0)
            print(f"  round {number} of {effort.rounds}", flush=True)
    answers.unlink()
    return Session(load, [plan.result for plan in plans])


# ---- what is asked


def _plan(row: Row, load: Load, made: Server, orm: Server, recorded: Recorded) -> RowPlan:
    [about] = fetch(made.port, [Request("/v1")])
    newest = orjson.loads(about.body)["revision"]
    random = Random(f"{load.seed}/{row.name}")
    sampler = Sampler(
        worlds.make(load.seed, load.meetings), load.meetings, newest, made.port, random
    )
    result = Result(row)
    if row.paging:
        firsts = row.first_requests(sampler)
        asked = [page for first in firsts for page in following(made.port, first)]
        theirs = [page for first in firsts for page in following(orm.port, first)]
    else:
        asked = theirs = row.requests(sampler)
    result.asked = len(asked)
    replies = list(fetch(made.port, asked))
    if row.conditional:
        asked = [Request(r.path, reply.header("etag")) for r, reply in _zip(asked, replies)]
        replies = list(fetch(made.port, asked))
    result.size = int(median(len(reply.body) for reply in replies))
    for request, reply in _zip(asked, replies):
        _expect(reply, request)
        mark = b"304 " if request.etag else b""
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in reply.headers
            if name.lower() not in _LEFT_OUT
        ]
        recorded[mark + request.path.encode()] = (reply.status, headers, reply.body)
    if row.neighbour:
        found = list(fetch(orm.port, theirs))
        if row.conditional:
            theirs = [Request(r.path, reply.header("etag")) for r, reply in _zip(theirs, found)]
        else:
            result.same = sum(_alike(a, b) for a, b in zip(replies, found, strict=False))
    print(f"  {row.title}: {result.asked} requests, {result.size} bytes", flush=True)
    return RowPlan(result, asked, theirs)


def _zip(requests: Sequence[Request], replies: Sequence[Reply]) -> list[tuple[Request, Reply]]:
    return list(zip(requests, replies, strict=True))


def _expect(reply: Reply, request: Request) -> None:
    wanted = 304 if request.etag else 200
    if reply.status != wanted:
        raise RuntimeError(f"{request.path} gives {reply.status}: {reply.body[:300]!r}")


def _alike(ours: Reply, theirs: Reply) -> bool:
    """Whether two answers find as many records, with the same facets.

    Which of those that share a day come first is each server's own affair.
    """
    first, second = orjson.loads(ours.body), orjson.loads(theirs.body)
    if "items" not in first:
        return bool(first["id"] == second["id"])
    return bool(first["total"] == second["total"] and first.get("facets") == second.get("facets"))


# ---- measuring


def _round(
    plan: RowPlan,
    made: Server,
    ready: Server,
    bare: Server,
    orm: Server,
    seconds: float,
    *,
    counted: bool,
) -> None:
    one = plan.parley[len(plan.parley) // 2 :][:1]
    turns = [
        (PARLEY, made, plan.parley),
        (READY, ready, one),
        (BARE, bare, plan.parley),
        (f"{BARE}, repeated", bare, one),
    ]
    if plan.result.row.neighbour:
        turns.append((ORM, orm, plan.neighbour))
        at = len(plan.neighbour) // 2
        turns.append((f"{ORM}, repeated", orm, plan.neighbour[at:][:1]))
    for name, server, requests in turns:
        run, used = _measure(server, requests, seconds)
        if not counted:
            continue
        measured = plan.result.by.setdefault(name, Measured())
        measured.cpu.append(used / run.answers)
        measured.rate.append(run.answers / run.seconds)
        expected = 304 if requests[0].etag else 200
        measured.refused += run.answers - run.statuses[expected]


def _measure(server: Server, requests: Sequence[Request], seconds: float) -> tuple[Run, float]:
    """One server's turn, and the CPU it used.

    On a machine with other work to do it is prolonged until that CPU is enough to be told apart
    from the ticks it is counted in.
    """
    before, whole, used = server.cpu(), Run(), 0.0
    for _ in range(_PROLONGED):
        run = drive(server.port, requests, most=_MOST - whole.answers, seconds=seconds)
        whole.seconds += run.seconds
        whole.answers += run.answers
        whole.statuses += run.statuses
        used = server.cpu() - before
        if used >= seconds / 2 or whole.answers >= _MOST:
            break
    return whole, used
