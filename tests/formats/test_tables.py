"""CSV and NDJSON of every list: the native values, to the last one."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.formats import csv as csv_format
from app.imports.cells import body_from_cells
from app.imports.importer import Importer, ImportOptions
from app.imports.readers import NounResolver, read_csv
from app.imports.verdicts import Verdict
from app.kit.http.problems import Problem
from app.kit.plain_text import escape_cell, unescape_cell
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.builders import RecordWriter, issue, meeting, participant
from tests.formats.consumers import lines, native, table

PATHS = ["/v1/timeline", *(f"/v1/{noun.plural}" for noun in NOUNS)]
CLOCKS: list[dict[str, Any]] = [{}, {"as_of": "2023-04-26"}, {"revision": "33"}]


def shown(value: Any) -> str:
    """A value as a cell shows it; written down anew from what docs/formats.md says."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " | ".join(
            (", ".join(item) if isinstance(item, list) else shown(item)).replace("|", "||")
            for item in value
        )
    return str(value)


def at(value: Any, path: list[str]) -> Any:
    """The value under a column's name."""
    if not path:
        return value
    if isinstance(value, list):
        return [at(item, path) for item in value]
    return None if value is None else at(value.get(path[0]), path[1:])


@pytest.mark.parametrize("clock", CLOCKS, ids=str)
@pytest.mark.parametrize("path", PATHS)
def test_every_value_is_in_its_column(sample: TestClient, path: str, clock: dict[str, Any]) -> None:
    wanted = native(sample, clock, path)
    rows = table(sample.get(f"{path}.csv", params=clock).content)
    assert len(rows) == len(wanted)
    for row, item in zip(rows, wanted, strict=True):
        for column, text in row.items():
            assert text == shown(at(item, column.split("."))), column


def again(client: TestClient, path: str, content: bytes, **terms: Any) -> list[str]:
    """The verdicts on a table that is imported where it came from."""
    noun = NOUNS.by_plural.get(path.rpartition("/")[2])
    ledger = Ledger(client.app.state.database, NOUNS)  # type: ignore[attr-defined]  # a FastAPI
    told: list[Verdict] = []
    Importer(ledger, ImportOptions("clerk", **terms), told.extend).run(
        read_csv(content, NounResolver(NOUNS, noun))
    )
    return [verdict.verdict for verdict in told]


@pytest.mark.parametrize("path", PATHS)
def test_a_table_can_be_imported_again(sample: TestClient, path: str) -> None:
    content = sample.get(f"{path}.csv").content
    verdicts = again(sample, path, content, dry_run=True)
    assert verdicts == ["unchanged"] * len(table(content))


@given(
    titles=st.lists(st.text("=+-@|' ,a\n\"", min_size=1, max_size=6).filter(str.strip), max_size=3)
)
def test_what_a_table_guards_comes_back_as_it_was(titles: list[str]) -> None:
    outcomes = [
        {"assessment": None, "text": text.strip(), "by": None, "source": None} for text in titles
    ]
    for text in titles:
        assert unescape_cell(escape_cell(text)) == text
    paths = ("outcomes", "text"), ("outcomes", "by")
    held = csv_format._row(orjson.dumps({"outcomes": outcomes}), paths)
    columns = dict(zip(map(".".join, paths), held, strict=True))
    found = body_from_cells(NOUNS["meeting"].shape, columns).get("outcomes", [])
    assert [one.get("text") for one in found] == [one["text"] for one in outcomes]


def test_a_column_that_lists_too_much_is_refused() -> None:
    with pytest.raises(Problem, match=r"participants\.party: has more than 999 items"):
        body_from_cells(NOUNS["meeting"].shape, {"participants.party": "|".join(["TUR"] * 1_000)})


def _leaves(value: Any, path: str = "") -> set[str]:
    """The path to each plain value."""
    if isinstance(value, dict):
        return {leaf for k, v in value.items() for leaf in _leaves(v, f"{path}.{k}" if path else k)}
    if isinstance(value, list):
        return {leaf for item in value for leaf in _leaves(item, path)}
    return set() if value is None else {path}


@pytest.mark.parametrize("path", PATHS)
def test_no_value_is_without_a_column(sample: TestClient, path: str) -> None:
    columns = set(table(sample.get(f"{path}.csv").content)[0])
    for item in native(sample, {}, path):
        assert _leaves(item) <= columns


@pytest.mark.parametrize("clock", CLOCKS, ids=str)
@pytest.mark.parametrize("path", PATHS)
def test_lines_are_the_native_documents(
    sample: TestClient, path: str, clock: dict[str, Any]
) -> None:
    answer = sample.get(f"{path}.ndjson", params=clock)
    assert lines(answer.content) == native(sample, clock, path)


PARTING = ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\u2028", "\u2029"]


def test_a_line_is_one_for_every_reader(client: TestClient, writer: RecordWriter) -> None:
    title = "".join(f"a{sign}b" for sign in PARTING)
    writer.write(meeting("talks", "2023", title=title), issue("talk", name=title))
    for path, field in (("timeline", "title"), ("meetings", "title"), ("issues", "name")):
        answer = client.get(f"/v1/{path}.ndjson")
        for read in (answer.text.splitlines(), list(answer.iter_lines())):
            assert [json.loads(line)[field] for line in read] == [title]
        assert lines(answer.content) == native(client, {}, f"/v1/{path}")


@pytest.mark.parametrize("sign", PARTING, ids=ascii)
def test_words_that_a_control_parts_stay_apart_in_a_cell(
    client: TestClient, writer: RecordWriter, sign: str
) -> None:
    writer.write(meeting("talks", "2023", title=f"one{sign}two", summary=f"{sign}=1+1"))
    row = table(client.get("/v1/meetings.csv").content)[0]
    assert row["title"].split() == ["one", "two"]
    assert row["summary"].startswith("'")


def test_lines_are_so_byte_for_byte(sample: TestClient) -> None:
    page = sample.get("/v1/meetings?limit=200").content
    for line in sample.get("/v1/meetings.ndjson").content.splitlines():
        assert line in page


def test_fields_choose_columns_and_members(sample: TestClient) -> None:
    query = "?fields=id,date"
    rows = table(sample.get(f"/v1/meetings.csv{query}").content)
    assert {column.partition(".")[0] for column in rows[0]} == {"id", "date"}
    assert set(lines(sample.get(f"/v1/meetings.ndjson{query}").content)[0]) == {"id", "date"}


def test_with_a_range_each_row_says_how_it_matches(sample: TestClient) -> None:
    rows = table(sample.get("/v1/timeline.csv?from=2023-04&to=2023-06").content)
    assert {row["match"] for row in rows} == {"possible", "certain"}
    rows = table(sample.get("/v1/meetings.csv?from=2023-04&fields=id").content)
    assert set(rows[0]) == {"id", "match"}
    assert "match" not in table(sample.get("/v1/timeline.csv").content)[0]


def test_an_empty_list_still_has_its_head(sample: TestClient) -> None:
    answer = sample.get("/v1/meetings.csv?id=nothing")
    assert answer.content.count(b"\r\n") == 1
    assert answer.content.startswith(b"id,title,")
    assert sample.get("/v1/meetings.ndjson?id=nothing").content == b""


def test_a_table_ends_its_lines_as_rfc_4180_says(client: TestClient, writer: RecordWriter) -> None:
    writer.write(meeting("talks", "2023", summary='one, "two"\nthree'))
    content = client.get("/v1/meetings.csv?fields=id,summary").content
    assert content == b'id,summary\r\ntalks,"one, ""two""\nthree"\r\n'


def test_what_is_listed_together_goes_together(client: TestClient, writer: RecordWriter) -> None:
    writer.basis()
    seats = [
        participant("TUR", office="A | B"),
        participant("SYR"),
        participant("RUS", "host", office="C"),
    ]
    writer.write(meeting("talks", "2023", participants=seats))
    row = table(client.get("/v1/meetings.csv").content)[0]
    parties = row["participants.party"].split(" | ")
    offices = row["participants.office"].split(" | ")
    assert parties == ["TUR", "SYR", "RUS"]
    assert offices == ["A || B", "", "C"]


def test_a_negative_number_is_a_number(client: TestClient, writer: RecordWriter) -> None:
    place = {"name": "Sydney", "latitude": -33.87, "longitude": 151.21}
    writer.write(meeting("talks", "2023", place=place))
    row = table(client.get("/v1/meetings.csv").content)[0]
    assert row["place.latitude"] == "-33.87"
