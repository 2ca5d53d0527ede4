"""What is cited is there: unknown references, and deleting what others cite."""

from __future__ import annotations

from typing import Any

import pytest

from app.kit.http.problems import Problem
from app.kit.schema.fields import shape_fields
from app.ledger.write.revisions import RecordChange
from app.nouns.registry import NOUNS
from tests.builders import (
    RecordWriter,
    deletion,
    issue,
    meeting,
    milestone,
    participant,
    party,
    person,
    process,
    record,
    source,
)

# Every place where one record cites another: what cites it, and how the fault names the place.
PLACES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("meeting", "process", "process", {"process": "x"}),
    (
        "meeting",
        "party",
        "participants[1].party",
        {"participants": [participant("TUR"), participant("x")]},
    ),
    (
        "meeting",
        "person",
        "participants[0].person",
        {"participants": [participant("TUR", person="x")]},
    ),
    ("meeting", "issue", "issues[1]", {"issues": ["withdrawal", "x"]}),
    ("meeting", "party", "readouts[0].party", {"readouts": [{"party": "x"}]}),
    (
        "meeting",
        "issue",
        "readouts[0].issues[0]",
        {"readouts": [{"party": "TUR", "issues": ["x"]}]},
    ),
    ("meeting", "source", "readouts[0].source", {"readouts": [{"party": "TUR", "source": "x"}]}),
    (
        "meeting",
        "source",
        "outcomes[0].source",
        {"outcomes": [{"assessment": "progress", "source": "x"}]},
    ),
    (
        "meeting",
        "meeting",
        "links[0].meeting",
        {"links": [{"relation": "follows", "meeting": "x"}]},
    ),
    ("meeting", "source", "sources[0]", {"sources": ["x"]}),
    ("meeting", "milestone", "date.before", {"date": {"before": "x"}}),
    ("meeting", "meeting", "date.after", {"date": {"after": "x"}}),
    (
        "meeting",
        "milestone",
        "previous_dates[0].date.before",
        {"previous_dates": [{"date": {"edtf": "2023", "before": "x"}}]},
    ),
    ("position", "party", "party", {"party": "x"}),
    ("position", "person", "person", {"person": "x"}),
    ("position", "issue", "issue", {"issue": "x"}),
    ("position", "meeting", "meeting", {"meeting": "x"}),
    ("position", "process", "process", {"process": "x"}),
    ("position", "source", "sources[0]", {"sources": ["x"]}),
    ("position", "milestone", "date.after", {"date": {"after": "x"}}),
    ("person", "party", "party", {"party": "x"}),
    ("person", "party", "tenures[0].party", {"tenures": [{"office": "MP", "party": "x"}]}),
    (
        "person",
        "milestone",
        "tenures[0].from.after",
        {"tenures": [{"office": "MP", "party": "TUR", "from": {"after": "x"}}]},
    ),
    ("person", "source", "sources[0]", {"sources": ["x"]}),
    ("party", "source", "sources[0]", {"sources": ["x"]}),
    ("process", "party", "parties[0]", {"parties": ["x"]}),
    ("process", "source", "sources[0]", {"sources": ["x"]}),
    ("issue", "issue", "broader", {"broader": "x"}),
    ("milestone", "process", "process", {"process": "x"}),
    ("milestone", "source", "sources[0]", {"sources": ["x"]}),
    ("milestone", "meeting", "date.before", {"date": {"before": "x"}}),
]
BODIES: dict[str, dict[str, Any]] = {
    "meeting": {"title": "t", "status": "held"},
    "position": {
        "party": "SYR",
        "issue": "withdrawal",
        "stance": "demands",
        "channel": "reported",
    },
    "person": {"name": "n"},
    "party": {"name": "n", "kind": "organisation"},
    "process": {"name": "n"},
    "issue": {"name": "n"},
    "milestone": {"title": "t"},
}
TARGETS: dict[str, RecordChange] = {
    "process": process("x"),
    "party": party("x"),
    "person": person("x"),
    "issue": issue("x"),
    "source": source("x"),
    "meeting": meeting("x", "2023"),
    "milestone": milestone("x", "2023"),
}
IDS = [f"{noun}-{path}" for noun, _, path, _ in PLACES]


@pytest.mark.parametrize(("noun", "cited", "path", "body"), PLACES, ids=IDS)
def test_a_citation_of_nothing_is_refused_and_named(
    writer: RecordWriter, noun: str, cited: str, path: str, body: dict[str, Any]
) -> None:
    writer.basis()
    before = writer.newest()
    with pytest.raises(Problem) as caught:
        writer.write(record(noun, "citing", **BODIES[noun] | body))
    assert (caught.value.status, caught.value.type) == (422, "unknown-reference")
    assert [fault.field for fault in caught.value.errors] == [path]
    assert writer.newest() == before


@pytest.mark.parametrize(("noun", "cited", "path", "body"), PLACES, ids=IDS)
def test_what_is_cited_cannot_be_deleted(
    writer: RecordWriter, noun: str, cited: str, path: str, body: dict[str, Any]
) -> None:
    writer.basis()
    writer.write(TARGETS[cited], record(noun, "citing", **BODIES[noun] | body))
    with pytest.raises(Problem) as caught:
        writer.write(deletion(cited, "x"))
    assert (caught.value.status, caught.value.type) == (409, "in-use")
    assert caught.value.extra["cited_by"] == [{"noun": noun, "id": "citing"}]
    writer.write(deletion(cited, "x"), deletion(noun, "citing"))
    assert writer.now(cited, "x") is None


def test_a_deleted_record_cannot_be_cited(writer: RecordWriter) -> None:
    writer.write(issue("a"))
    writer.write(deletion("issue", "a"))
    with pytest.raises(Problem, match="422 unknown-reference"):
        writer.write(meeting("m", issues=["a"]))


def test_what_a_write_deletes_it_cannot_cite(writer: RecordWriter) -> None:
    writer.write(issue("a"))
    with pytest.raises(Problem, match="422 unknown-reference"):
        writer.write(deletion("issue", "a"), meeting("m", issues=["a"]))


def test_a_record_that_cites_itself_can_be_deleted(writer: RecordWriter) -> None:
    writer.write(meeting("m", links=[{"relation": "follows", "meeting": "m"}]))
    writer.write(deletion("meeting", "m"))
    assert writer.now("meeting", "m") is None


def test_the_list_of_what_cites_is_complete_and_in_order(writer: RecordWriter) -> None:
    writer.write(issue("a"), *(meeting(f"m{n:02}", issues=["a"]) for n in range(12)))
    with pytest.raises(Problem) as caught:
        writer.write(deletion("issue", "a"))
    listed = [c["id"] for c in caught.value.extra["cited_by"]]
    assert listed == [f"m{n:02}" for n in range(12)]
    assert "and 2 more" in caught.value.detail


def test_every_place_that_cites_is_tried_here() -> None:
    def count(shape: Any) -> int:
        found = 0
        for part in shape_fields(shape):
            found += 1 if part.cites else 0
            found += count(part.shape) if part.shape else 0
        return found

    # A date's two anchors are one place each; of some dates here only one is tried.
    # A source's day of publication may hang on nothing.
    untried = {"position": 1, "person": 3, "milestone": 1, "meeting": 1, "source": 2}
    for noun in NOUNS:
        tried = sum(1 for place in PLACES if place[0] == noun.name)
        assert tried + untried.get(noun.name, 0) == count(noun.shape), noun.name
