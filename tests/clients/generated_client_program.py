"""A program of somebody's own, on the client that is generated from the OpenAPI document.

It is checked by mypy as strictly as mypy can, and run against a server with the seed.
"""

from __future__ import annotations

import sys
from typing import assert_never

from parley_client import AuthenticatedClient, Client
from parley_client.api.meetings import (
    change_meeting,
    create_meeting,
    get_meeting,
    get_meeting_history,
    list_meetings,
)
from parley_client.api.people import get_person
from parley_client.api.timeline import get_timeline
from parley_client.models import (
    Action,
    Channel,
    Level,
    Match,
    Meeting,
    MeetingEntry,
    MeetingHistory,
    MeetingPage,
    MeetingPatch,
    MeetingResponse,
    MeetingStatus,
    MilestoneEntry,
    NewMeeting,
    NewParticipant,
    NewPosition,
    NewSource,
    PlacePatch,
    PositionEntry,
    Precision,
    Problem,
    Role,
    StaleMeeting,
    Stance,
    TimelinePage,
)
from parley_client.types import Unset


def lists(client: Client) -> None:
    """A list with filters, facets and what it cites."""
    found = list_meetings.sync(
        client=client,
        party=["TUR", "SYR", "!IRN"],
        sort="-date,id",
        include="parties,sources",
        from_="2022",
        to="2023",
        match=Match.POSSIBLE,
    )
    assert isinstance(found, MeetingPage)
    assert found.total == 2
    statuses: list[MeetingStatus] = [meeting.status for meeting in found.items]
    assert statuses == [MeetingStatus.PROPOSED, MeetingStatus.HELD]
    newest = found.items[0]
    assert newest.match is Match.POSSIBLE
    assert newest.date is not None
    assert newest.date.latest is None
    assert newest.date.precision is Precision.INTERVAL
    assert not isinstance(found.included, Unset)
    assert not isinstance(found.included.parties, Unset)
    party = found.included.parties["TUR"]
    assert party is not None
    assert party.name == "Türkiye"


def single(client: Client) -> None:
    """One record, and what is not there."""
    found = get_meeting.sync("2023-04-25-moscow", client=client)
    assert isinstance(found, MeetingResponse)
    [seat] = [seat for seat in found.participants if seat.party == "IRN"]
    assert (seat.level, seat.role) == (Level.DEFENCE_MINISTER, Role.PARTICIPANT)
    answer = get_person.sync_detailed("nobody", client=client)
    assert answer.status_code == 404
    assert isinstance(answer.parsed, Problem)
    assert answer.parsed.type_ == "/docs#problem-not-found"
    assert not isinstance(answer.parsed.errors, Unset)
    assert answer.parsed.errors[0].field == "id"


def timeline(client: Client) -> None:
    """All that is dated, told apart by its kind."""
    found = get_timeline.sync(client=client, limit=1000)
    assert isinstance(found, TimelinePage)
    lines: list[str] = []
    for entry in found.items:
        match entry:
            case MeetingEntry():
                lines.append(f"{entry.title}: {entry.status}")
            case MilestoneEntry():
                lines.append(entry.title)
            case PositionEntry():
                lines.append(f"{entry.party} {entry.stance} {entry.issue}")
            case _:
                assert_never(entry)
    assert len(lines) == found.total
    assert "Quadrilateral meeting of foreign ministers: planned" in lines
    assert "SYR demands withdrawal-of-troops" in lines


def writes(client: AuthenticatedClient) -> None:
    """A meeting with what comes along, a change, one that comes too late, and what is left."""
    body = NewMeeting(
        title="Talks of deputies",
        status=MeetingStatus.PLANNED,
        date="2023-06-20",
        participants=[
            NewParticipant(party="RUS", role=Role.HOST),
            NewParticipant(party="TUR", level=Level.OFFICIAL),
        ],
        sources=[NewSource(publisher="Example News", title="Deputies", published="2023-06-01")],
        positions=[
            NewPosition("TUR", "refugees", stance=Stance.CALLS_FOR, channel=Channel.REPORTED)
        ],
        reason="Announced",
    )
    made = create_meeting.sync(client=client, body=body)
    assert isinstance(made, MeetingResponse), made
    assert not isinstance(made.included, Unset)
    assert not isinstance(made.included.positions, Unset)
    assert len(made.included.positions.additional_properties) == 1
    patch = MeetingPatch(status=MeetingStatus.HELD, place=PlacePatch(name="Astana", country="KAZ"))
    tag = f'"{made.revision}"'
    changed = change_meeting.sync(made.id, client=client, body=patch, if_match=tag)
    assert isinstance(changed, MeetingResponse), changed
    assert changed.place is not None
    assert changed.place.name == "Astana"
    late = change_meeting.sync(made.id, client=client, body=patch, if_match=tag)
    assert isinstance(late, StaleMeeting)
    assert late.current is not None
    assert late.current.status is MeetingStatus.HELD
    past = get_meeting_history.sync(made.id, client=client)
    assert isinstance(past, MeetingHistory)
    assert [one.action for one in past.items] == [Action.CHANGED, Action.CREATED]
    first = past.items[-1].document
    assert isinstance(first, Meeting)
    assert first.status is MeetingStatus.PLANNED


def main(address: str, key: str) -> None:
    """Ask everything."""
    with Client(base_url=address) as client:
        lists(client)
        single(client)
        timeline(client)
    with AuthenticatedClient(base_url=address, token=key) as writer:
        writes(writer)
    sys.stdout.write("all of it holds\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
