"""Hostile text does nothing in any format: no markup, no formula, no new line of a protocol."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from rdflib import RDF
from starlette.testclient import TestClient

from app.formats import OUTPUT_FORMATS
from app.kit.sql.database import Database
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.builders import RecordWriter, issue, meeting, participant, position, source
from tests.conftest import client_of
from tests.databases import Databases
from tests.formats.consumers import FEEDS, WHOLE, events, graph, table

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "handler": '<img src=x onerror="alert(1)">',
    "closing": "</script></title></style>--><svg/onload=alert(1)>",
    "cdata": "]]></content><entry><id>forged</id></entry><![CDATA[",
    "entity": "&lt;script&gt; &amp;#60; &xxe; %00",
    "formula": '=HYPERLINK("http://evil.example","x")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-1+1",
    "at": "@SUM(1+1)",
    "wide": "＝1+1",
    "quote": '"","=1+1"',
    "lines": "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:forged\r\nSUMMARY:y",
    "escapes": "\\nEND:VEVENT\\n\\;\\,",
    "bidi": "invoice\u202egnp.exe\u2066\u2069\u202a",
    "controls": "a\x0bb\x0cc\x1bd\x7fe\x85f\u2028g\ufeffh\uffff",
    "json": '"}],"evil":[{"a":"',
    "javascript": "javascript:alert(1)",
    "template": "{{constructor.constructor('alert(1)')()}}${alert(1)}",
    "long": "x" * 400 + "ü" * 90,
}
ADDRESS = "https://x.example/?a='b'&c"
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\uffff]")


def fill(database: Database) -> None:
    """Write entries whose every text is hostile."""
    writer = RecordWriter(Ledger(database, NOUNS))
    writer.basis()
    for name, text in HOSTILE.items():
        account = {"party": "SYR", "issuer": text, "text": text, "quote": text}
        writer.write(
            issue(f"issue-{name}", name=text),
            source(f"source-{name}", "2023-04-26", title=text, publisher=text, url=ADDRESS),
            meeting(
                f"talks-{name}",
                "2023-04",
                title=text,
                summary=text,
                hedge=text,
                place={"name": text},
                participants=[participant("TUR", name=text, office=text)],
                readouts=[account],
                timezone=text,
                note=text,
                sources=[f"source-{name}"],
            ),
            position(
                f"said-{name}",
                "2023-04-25",
                issue=f"issue-{name}",
                text=text,
                quote=text,
                office=text,
            ),
        )


@pytest.fixture(scope="module")
def hostile(databases: Databases) -> Iterator[TestClient]:
    """Reads a database in which every text of every entry is hostile."""
    url = databases.filled("hostile formats", fill)
    yield from client_of(url)
    databases.give_back(url)


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("format_", [*WHOLE, *FEEDS])
def test_no_entry_is_forged_and_none_lost(hostile: TestClient, format_: str) -> None:
    answer = hostile.get(f"/v1/timeline.{format_}")
    found = list({**WHOLE, **FEEDS}[format_](answer.content))
    assert len(found) == 2 * len(HOSTILE)
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("format_", ["timelinejs", "vis", "jsonld", "ics", "atom", "csv"])
def test_nothing_turns_its_direction(hostile: TestClient, format_: str) -> None:
    content = hostile.get(f"/v1/timeline.{format_}").content.decode()
    if format_ in ("timelinejs", "vis", "jsonld"):
        content = "".join(_strings(json.loads(content)))
    assert not _TURNS.search(content)
    assert not _CONTROLS.search(content)


@pytest.mark.parametrize("format_", ["timelinejs", "vis", "jsonld"])
def test_nothing_closes_the_script_that_it_stands_in(hostile: TestClient, format_: str) -> None:
    assert not set("<>&") & set(hostile.get(f"/v1/timeline.{format_}").text)


def test_widgets_get_escaped_text(hostile: TestClient) -> None:
    vis = hostile.get("/v1/timeline.vis").json()
    timelinejs = hostile.get("/v1/timeline.timelinejs").json()
    drawn = [item[name] for item in vis["items"] for name in ("content", "title")]
    drawn += [e["text"]["headline"] for e in timelinejs["events"]]
    drawn += [e["display_date"] for e in timelinejs["events"]]
    for text in drawn:
        assert not re.sub("<br>", "", text).count("<")
    for event in timelinejs["events"]:
        told = re.sub(
            r'</?p>|<br>|</?cite>|<a href="[^"<>]*" rel="noopener">|</a>', "", event["text"]["text"]
        )
        assert "<" not in told
        assert not re.search(r"&(?!amp;|lt;|gt;|quot;|#x27;)", told)


def test_no_cell_is_a_formula(hostile: TestClient) -> None:
    rows = table(hostile.get("/v1/timeline.csv").content)
    for path in ("/v1/issues.csv", "/v1/sources.csv"):
        rows += table(hostile.get(path).content)
    for row in rows:
        for column, text in row.items():
            assert not text.startswith(("=", "+", "-", "@", "\t", "\r", "＝")), (column, text)


def test_a_calendar_keeps_the_words(hostile: TestClient) -> None:
    content = hostile.get("/v1/timeline.ics").content
    found = events(content)
    told = {str(event["uid"]).partition("@")[0]: str(event["summary"]) for event in found}
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content.count(b"\nBEGIN:VEVENT\r\n") == len(told) == 2 * len(HOSTILE)
    for name, text in HOSTILE.items():
        visible = re.sub(r"\W", "", _CONTROLS.sub("", text))
        assert re.sub(r"\W", "", told[f"meeting-talks-{name}"]).startswith(visible)


def test_a_graph_holds_words_and_no_more(hostile: TestClient) -> None:
    found = graph(hostile.get("/v1/timeline.jsonld").content)
    types = {str(type_) for type_ in found.objects(None, RDF.type)}
    assert types <= {
        f"https://schema.org/{name}"
        for name in [
            "Event",
            "Place",
            "Person",
            "Country",
            "Organization",
            "Role",
            "EventSeries",
            "Thing",
            "Claim",
            "Quotation",
            "CreativeWork",
        ]
    }


@pytest.mark.parametrize("name", OUTPUT_FORMATS.names)
@pytest.mark.parametrize(
    "host", ["evil.example/><script>", "a b", 'x"y', "", "[::1", "a" * 300, "évil.example"]
)
def test_a_host_that_is_none_is_not_repeated(seeded: TestClient, name: str, host: str) -> None:
    answer = seeded.get(f"/v1/timeline.{name}", headers={b"host": host.encode()})
    assert answer.status_code == 200
    assert "evil.example" not in answer.text
    assert "<script>" not in answer.text
