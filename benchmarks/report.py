"""The report: tables of ratios, with what they were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from app.kit.sql.database import sqlite_module
from benchmarks.runs import BARE, ORM, PARLEY, READY, Result, Session

_PACKAGES = ("fastapi", "starlette", "uvicorn", "sqlalchemy", "pydantic", "orjson", "aiosqlite")

_PREFACE = """\
# Benchmarks

This page is written by `make bench ARGS=--write`. For what each row means and what is not measured,
see [benchmarks/README.md](../benchmarks/README.md).

Only the ratios carry over from one machine to another. In the tables:

- **Parley** computes every response anew: its response cache is off, and the requests vary.
  **ready** is the same request sent repeatedly with the cache on, as it is by default.
- **bare** is uvicorn alone, sending exactly the same bytes and headers from memory.
  **of bare** is the fraction of its throughput that Parley reaches per second of CPU; 1 is the most
  that any application behind uvicorn could reach.
- **ORM** serves the same data with FastAPI and SQLAlchemy's asynchronous ORM. **× ORM** says how
  many requests Parley answers with the CPU time that the ORM needs for one.
- CPU is the user and system time of the server process per request, as the median of the rounds.
"""


def page(sessions: Sequence[Session]) -> str:
    """The whole page."""
    parts = [_PREFACE, *(_session(found) for found in sessions), _machine()]
    return "\n".join(parts)


def _session(session: Session) -> str:
    load = session.load
    told = (
        f"Bulk loading: {load.rate:,.0f} revisions per second of CPU time"
        f" ({load.revisions / load.writing:,.0f} per second of elapsed time);"
        f" the database takes {load.bytes / load.revisions / 1000:.1f} kB per revision."
    )
    lines = [
        f"## {load.meetings:,} meetings, {load.revisions:,} revisions",
        "",
        told,
        "",
        *_cpu_table(session.results),
        "",
        "Requests per second over four keep-alive connections, for orientation:",
        "",
        *_rate_table(session.results),
        "",
    ]
    return "\n".join(lines)


def _cpu_table(results: Sequence[Result]) -> Iterator[str]:
    yield (
        "| read | bytes | Parley µs | ready µs | bare µs | ORM µs"
        " | of bare | ready of bare | × ORM | ready × ORM |"
    )
    yield "|---|" + "--:|" * 9
    for result in results:
        by = result.by
        own, ready, bare = (by[name].microseconds for name in (PARLEY, READY, BARE))
        again = by[f"{BARE}, repeated"].microseconds
        orm, factor, ready_factor = "—", "—", "—"
        if ORM in by:
            theirs = by[ORM].microseconds
            orm, factor = f"{theirs:,.0f}", f"**{theirs / own:.1f}**"
            ready_factor = f"{by[f'{ORM}, repeated'].microseconds / ready:.1f}"
        yield (
            f"| {result.row.title} | {result.size:,} | {own:,.0f} | {ready:,.0f} | {bare:,.0f}"
            f" | {orm} | **{bare / own:.2f}** | {again / ready:.2f} | {factor} | {ready_factor} |"
        )


def _rate_table(results: Sequence[Result]) -> Iterator[str]:
    yield "| read | Parley | ready | bare | ORM | spread of rounds | same totals as the ORM |"
    yield "|---|" + "--:|" * 6
    for result in results:
        by = result.by
        orm = f"{by[ORM].throughput:,.0f}" if ORM in by else "—"
        same = f"{result.same} of {result.asked}"
        if ORM not in by or result.row.conditional:
            same = "—"
        refused = sum(measured.refused for measured in by.values())
        wrong = f" ({refused} wrong)" if refused else ""
        yield (
            f"| {result.row.title}{wrong} | {by[PARLEY].throughput:,.0f}"
            f" | {by[READY].throughput:,.0f} | {by[BARE].throughput:,.0f} | {orm}"
            f" | {by[PARLEY].spread:.0%} | {same} |"
        )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((s.partition(":")[2].strip() for s in lines if s.startswith("model name")), "")


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    told = (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()},"
        f" Python {platform.python_version()}, SQLite {sqlite_module().sqlite_version};"
        f" {packages}. One worker each; the server on one core and, if there are two, the client"
        " on the other. Everything on one machine, over loopback."
    )
    return f"## Measured on\n\n{told}\n"
