"""The application; the environment variable `BENCH_DATABASE` names its SQLite file."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Response
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import selectinload

from benchmarks.comparisons.idiomatic import queries
from benchmarks.comparisons.idiomatic.events import Milestone, Position
from benchmarks.comparisons.idiomatic.models import Meeting
from benchmarks.comparisons.idiomatic.queries import Asked
from benchmarks.comparisons.idiomatic.schemas import MeetingOut, MeetingPage, TimelinePage

engine = create_async_engine(f"sqlite+aiosqlite:///{os.environ['BENCH_DATABASE']}", pool_size=16)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI(title="A neighbour")


@event.listens_for(engine.sync_engine, "connect")
def configure(connection: Any, _record: object) -> None:
    """The same room for SQLite as Parley gives it."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA cache_size = -65536")
    cursor.execute("PRAGMA mmap_size = 1073741824")
    cursor.close()


async def session() -> AsyncIterator[AsyncSession]:
    """A session for each request."""
    async with sessions() as found:
        yield found


Session = Annotated[AsyncSession, Depends(session)]


@app.get("/v1/meetings/{identifier}")
async def get_meeting(
    identifier: str,
    db: Session,
    response: Response,
    if_none_match: Annotated[str | None, Header()] = None,
) -> MeetingOut:
    """One meeting."""
    if if_none_match is not None:
        # The version alone decides whether anything more has to be read.
        revision = await db.scalar(select(Meeting.revision).where(Meeting.id == identifier))
        if if_none_match == f'"{revision}"':
            raise HTTPException(304, headers={"etag": if_none_match})
    statement = select(Meeting).where(Meeting.id == identifier).options(*queries.WHOLE)
    meeting = await db.scalar(statement)
    if meeting is None:
        raise HTTPException(404, "There is no such meeting.")
    response.headers["etag"] = f'"{meeting.revision}"'
    return MeetingOut.model_validate(meeting)


@app.get("/v1/meetings")
async def list_meetings(db: Session, asked: Asked) -> MeetingPage:
    """A page of meetings, newest first."""
    conditions = queries.meeting_conditions(asked)
    rows = list(await db.scalars(queries.page(conditions, asked)))
    total = await db.scalar(queries.counted(conditions)) or 0
    following = None
    if len(rows) > asked.limit > 0:
        rows = rows[: asked.limit]
        following = f"{rows[-1].earliest}~{rows[-1].id}"
    facets: dict[str, dict[str, int]] | None = None
    if asked.facets:
        facets = {}
        for name in asked.facets.split(","):
            counted = await db.execute(queries.facet(name, conditions))
            values = sorted(counted.tuples(), key=lambda pair: (-pair[1], pair[0]))
            facets[name] = dict(values)
    items = [MeetingOut.model_validate(row) for row in rows]
    return MeetingPage(items=items, next=following, total=total, facets=facets)


@app.get("/v1/timeline")
async def get_timeline(db: Session, asked: Asked) -> TimelinePage:
    """Meetings, milestones and positions in one order, oldest first."""
    meetings = queries.meeting_conditions(asked)
    positions = queries.position_conditions(asked)
    milestones = queries.in_range(Milestone, asked)
    kinds: list[tuple[Any, list[Any], tuple[Any, ...]]] = [
        (Meeting, meetings, queries.WHOLE),
        (Position, positions, (selectinload(Position.source_rows),)),
    ]
    if not asked.party:
        kinds.append((Milestone, milestones, (selectinload(Milestone.source_rows),)))
    rows: list[Any] = []
    total = 0
    for model, conditions, options in kinds:
        statement = select(model).where(*conditions).options(*options)
        order = (model.earliest.asc().nulls_last(), model.id)
        rows += await db.scalars(statement.order_by(*order).limit(asked.limit))
        counting = select(func.count()).select_from(model).where(*conditions)
        total += await db.scalar(counting) or 0
    rows.sort(key=lambda row: (row.earliest or "9999", row.latest or "9999", row.id))
    return TimelinePage.model_validate(
        {"items": rows[: asked.limit], "total": total}, from_attributes=True
    )
