"""What the page says of a record, and of all that there is."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from tests.builders import (
    RecordWriter,
    issue,
    meeting,
    participant,
    person,
    position,
    process,
    source,
)


def _article(page: str, identifier: str) -> str:
    """What one entry says, without its tags."""
    found = re.search(f'<article id="{identifier}".*?</article>', page, re.DOTALL)
    assert found, identifier
    return _text(found[0])


def _text(markup: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", markup).replace("&nbsp;", " ").split())


def test_a_newcomer_is_told_what_the_talks_are(seeded: TestClient) -> None:
    told = _text(seeded.get("/").text)
    for words in (
        "Syria–Türkiye normalisation Talks to restore relations between Syria and Türkiye",
        "Parties Syria , Türkiye , Russia , Iran",
        "Meetings 4 held · 1 planned · 1 proposed Latest source 26 April 2023",
    ):
        assert words in told
    assert "Meetings 1 planned" in _text(seeded.get("/?status=planned").text)


def test_several_processes_are_a_list_to_choose_from(
    client: TestClient, writer: RecordWriter
) -> None:
    writer.basis()
    writer.write(process("oslo", name="Oslo channel"), process("geneva", name="Geneva talks"))
    writer.write(*(meeting(f"o{n}", "2023-04-25", process="oslo") for n in range(2)))
    writer.write(meeting("g", "2023-04-26", process="geneva"))
    page = client.get("/").text
    assert '<a href="/?process=oslo"><bdi>Oslo channel</bdi></a>&nbsp;<span class="count">2' in page
    assert '<option value="geneva">Geneva talks</option>' in page
    chosen = _text(client.get("/?process=geneva").text)
    assert "Process Geneva talks" in chosen
    assert "1 entry" in chosen


def test_the_whole_of_a_record_is_shown(client: TestClient, writer: RecordWriter) -> None:
    writer.basis()
    writer.write(
        process("track", name="The track"),
        person("recep", name="Recep Tayyip Erdogan"),
        source("copy", "2023-04-27", title="A dispatch", publisher="Agency", mirrored_by="Mirror"),
        source("orphan", "2023-04-28", mirrored_by="Mirror"),
    )
    body = {
        "process": "track",
        "start": "10:00",
        "end": "12:30",
        "timezone": "Europe/Istanbul",
        "participants": [
            participant("TUR", person="recep", name="R. T. Erdogan", level="head_of_state"),
            participant("SYR", person="recep", name="Recep Tayyip Erdogan", office="President"),
        ],
        "sources": ["copy", "orphan"],
    }
    writer.write(*(meeting(s, "2023-04-25", status=s, **body) for s in ("held", "cancelled")))
    writer.write(meeting("planned", "2033-04-25", status="planned", **body))
    page = client.get("/").text
    told = _article(page, "meeting/held")
    for words in (
        "25 April 2023 10:00–12:30 Europe/Istanbul time",
        "level: head of state",
        "Participants Party Level Office at the time Person",
        "Türkiye Head of state not given R. T. Erdogan i.e. Recep Tayyip Erdogan",
        "Syria not given President Recep Tayyip Erdogan",
        "Part of The track",
        "A dispatch , Agency , republished by Mirror , 27 April 2023",
        "original publisher not given , republished by Mirror , 28 April 2023",
    ):
        assert words in told
    assert "Expected participants Party Level Office Person" in _article(page, "meeting/planned")
    assert "Planned participants Party Level Office Person" in _article(page, "meeting/cancelled")
    assert 'href="/#meeting/held">Link to this entry</a>' in page


def test_a_former_date_of_what_was_held_was_wrong_and_not_expected(
    client: TestClient, writer: RecordWriter
) -> None:
    writer.basis()
    dates = [
        {"date": {"edtf": "2023-04-20"}, "status": "planned", "reason": "Put off"},
        {"date": {"edtf": "2023-04-21"}},
        {"date": {"edtf": "2023-04-24"}, "status": "held", "reason": "A slip"},
    ]
    writer.write(
        meeting("both", "2023-04-25", previous_dates=dates),
        meeting("moved", "2023-04-25", previous_dates=dates[:1]),
        meeting("misdated", "2023-04-25", previous_dates=dates[2:]),
    )
    page = client.get("/").text
    expected = "Previously expected 20 April 2023 (planned): Put off"
    misdated = "Previously dated 24 April 2023 : A slip"
    assert f"{expected} 21 April 2023 {misdated}" in _article(page, "meeting/both")
    assert expected in _article(page, "meeting/moved")
    assert "Previously dated" not in _article(page, "meeting/moved")
    assert misdated in _article(page, "meeting/misdated")
    assert "Previously expected" not in _article(page, "meeting/misdated")


def test_a_position_inside_its_meeting_says_whose_voice_it_was(
    client: TestClient, writer: RecordWriter
) -> None:
    writer.basis()
    writer.write(person("recep", name="Recep Tayyip Erdogan"))
    writer.write(
        meeting("talks", "2023-04-25", participants=[participant("SYR")]),
        position("a", "2023-04-25", meeting="talks", person="recep", office="President"),
        position("b", "2023-04-25", meeting="talks", office="Foreign Ministry", quote="Now."),
        position("c", "2023-04-25", meeting="talks", quote="Later."),
    )
    told = _article(client.get("/").text, "meeting/talks")
    assert "Voiced by Recep Tayyip Erdogan , President ." in told
    assert "“Now.” Voiced by Foreign Ministry ." in told
    assert told.count("Voiced by") == 2


def test_a_link_to_an_entry_keeps_the_clocks(seeded: TestClient) -> None:
    page = seeded.get("/embed?revision=34&party=TUR").text
    link = 'href="/?revision=34#meeting/2023-04-25-moscow" target="_blank"'
    assert link in page


def test_what_has_no_beginning_is_said_to_stand_last(
    client: TestClient, writer: RecordWriter
) -> None:
    writer.basis()
    dates = ("2023-05", "../2023-04-26", "../2023-04-27", None)
    writer.write(*(meeting(f"m{n}", date) for n, date in enumerate(dates)))
    listed = re.findall(r'class="group">([^<]+)|<article id="meeting/(m\d)', client.get("/").text)
    assert ["".join(one) for one in listed] == [
        "m0",
        "No known start date",
        "m1",
        "m2",
        "No date",
        "m3",
    ]


def test_parties_under_other_filters_are_not_called_silent(
    client: TestClient, writer: RecordWriter
) -> None:
    writer.basis()
    writer.write(issue("m4"))
    seats = [participant("SYR"), participant("TUR")]
    writer.write(
        meeting("talks", "2023-04-25", issues=["withdrawal"], participants=seats),
        position("first", "2023-04-25"),
        position("same", "2023-04-26", stance="reports"),
        position("last", "2023-04-27", stance="demands"),
    )
    page = client.get("/?view=positions&issue=withdrawal").text
    assert "without a position on record: Türkiye ." in _text(page)
    assert "changed from" not in page
    assert "on record" not in client.get("/?view=positions&issue=withdrawal&party=SYR").text
    assert "on record" not in client.get("/?view=positions&issue=m4").text
