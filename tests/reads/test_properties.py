"""Whatever is written, every question is answered as a plain reading of the ledger answers it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.kit import edtf
from app.kit.http.problems import Problem
from app.kit.sql.database import Database
from app.ledger.maintenance.verify import verify
from app.ledger.write.ledger import Ledger
from app.ledger.write.revisions import RecordChange
from app.nouns.registry import NOUNS
from tests.applications import cached_application
from tests.builders import RecordWriter
from tests.client import Client
from tests.databases import Databases
from tests.folding import folded
from tests.reads.expected_text import at_path, cited, contains_word
from tests.reads.strategies import basis, questions, writes
from tests.reference_model import (
    DATED,
    PROPERTIES,
    Entry,
    Model,
    certain,
    holds,
    in_order,
    possible,
)


@contextmanager
def fresh(databases: Databases) -> Iterator[Database]:
    url = databases.migrated()
    database = Database(url)
    try:
        yield database
    finally:
        database.close()
        databases.give_back(url)


def write_all(writer: RecordWriter, given_: list[list[RecordChange]]) -> Model:
    """Write what can be written; every write is checked against what it should have done."""
    model = Model()
    model.add(writer.write(*basis()))
    for changes in given_:
        before = model.newest
        try:
            written = writer.write(*changes)
        except Problem as problem:
            assert problem.status in (409, 422), problem
            assert writer.newest() == before
            continue
        assert [r.number for r in written.revisions] == list(
            range(before + 1, written.last_revision + 1)
        )
        model.add(written)
    return model


def days(first: str | None, last: str | None) -> tuple[str | None, str | None]:
    begin = edtf.parse(first).earliest if first else None
    end = edtf.parse(last).latest if last else None
    return (
        None if begin is None else edtf.iso_date(begin),
        None if end is None else edtf.iso_date(end),
    )


def matching(model: Model, nouns: tuple[str, ...], asked: dict[str, Any]) -> list[Entry]:
    """The plain reading of a question."""
    shown = model.visible(asked["revision"], asked["as_of"])
    begin, end = days(asked["from"], asked["to"])
    found = [e for e in shown if e.noun in nouns]
    for name, negated, values in asked["filters"]:
        found = [e for e in found if holds(e, name, values, negated=negated)]
    if asked["flag"]:
        name, value = asked["flag"]
        found = [e for e in found if holds(e, name, [value])]
    if begin or end:
        judge = certain if asked["match"] == "certain" else possible
        found = [e for e in found if judge(e, begin, end)]
    if asked["q"]:
        negated, text = asked["q"]
        found = [
            e
            for e in found
            if all(contains_word(e, w, shown) for w in folded(text).split()) is not negated
        ]
    return in_order(found, asked["sort"])


def query(nouns: tuple[str, ...], asked: dict[str, Any]) -> str:
    names = {name for noun in nouns for name in PROPERTIES[noun]}
    pairs = [
        (name, "!" * negated + ",".join(values))
        for name, negated, values in asked["filters"]
        if name in names
    ]
    if asked["flag"] and asked["flag"][0] in names:
        pairs.append(asked["flag"])
    once = ("from", "to", "as_of", "sort", "revision")
    pairs += [(name, str(asked[name])) for name in once if asked[name] is not None]
    if asked["from"] or asked["to"]:
        pairs.append(("match", asked["match"]))
    if asked["q"]:
        pairs.append(("q", "!" * asked["q"][0] + asked["q"][1]))
    return urlencode(pairs)


def ask(client: TestClient, model: Model, nouns: tuple[str, ...], asked: dict[str, Any]) -> None:
    names = {name for noun in nouns for name in PROPERTIES[noun]}
    known = [f for f in asked["filters"] if f[0] in names]
    flag = asked["flag"] if asked["flag"] and asked["flag"][0] in names else None
    asked = {**asked, "filters": known, "flag": flag}
    begin, end = days(asked["from"], asked["to"])
    if begin and end and begin > end:
        asked["to"], end = None, None
    path = "/v1/timeline" if len(nouns) > 1 else f"/v1/{nouns[0]}s"
    raw = query(nouns, asked)
    wanted = matching(model, nouns, asked)
    whole = client.get(f"{path}?{raw}&limit=200").json()
    extra = {"match", "type"}
    found = [{k: v for k, v in item.items() if k not in extra} for item in whole["items"]]
    assert found == [e.document for e in wanted], raw
    assert whole["total"] == len(wanted)
    if begin or end:
        sure = ["certain" if certain(e, begin, end) else "possible" for e in wanted]
        assert [item["match"] for item in whole["items"]] == sure
    paged, following = [], f"{path}?{raw}&limit={asked['limit']}"
    while following:
        page = client.get(following).json()
        paged += page["items"]
        following = page["next"]
    assert paged == whole["items"], raw


def check_singles(
    client: TestClient, model: Model, revision: int | None, as_of: str | None
) -> None:
    clock = urlencode({k: v for k, v in (("revision", revision), ("as_of", as_of)) if v})
    latest = model.latest(revision, as_of)
    for noun, identifier in {(e.noun, e.id) for e in model.entries}:
        path = f"/v1/{NOUNS[noun].plural}/{identifier}?{clock}"
        answer, entry = client.get(path), latest.get((noun, identifier))
        if entry is None:
            assert answer.status_code == 404, path
        elif entry.document is None:
            assert answer.status_code == 410, path
        else:
            assert answer.content == orjson.dumps(entry.document), path


def check_derived(model: Model) -> None:
    """Bounds, reports, parties and formats of what stands, worked out anew."""
    standing = {(e.noun, e.id): e.document or {} for e in model.visible()}
    for entry in model.visible():
        document = entry.document or {}
        reports = [standing["source", s]["reported_on"] for s in cited(entry, "source")]
        events = [("milestone", x) for x in cited(entry, "event")]
        reports += [standing[event]["reported_on"] for event in events]
        if entry.noun == "source":
            reports = [*at_path(document, "published.latest")]
        assert document["reported_on"] == max(filter(None, reports), default=None)
        if entry.noun in DATED and document["date"] is not None:
            check_date(document["date"], standing)


def check_date(date: dict[str, Any], standing: dict[tuple[str, str], dict[str, Any]]) -> None:
    parsed = edtf.parse(date["edtf"]) if date["edtf"] else None
    earliest = [parsed.earliest] if parsed and parsed.earliest is not None else []
    latest = [parsed.latest] if parsed and parsed.latest is not None else []
    before = (standing["milestone", date["before"]]["date"] or {}) if date["before"] else {}
    after = (standing["milestone", date["after"]]["date"] or {}) if date["after"] else {}
    latest += [edtf.day_number(before["latest"]) - 1] if before.get("latest") else []
    earliest += [edtf.day_number(after["earliest"]) + 1] if after.get("earliest") else []
    assert date["earliest"] == (edtf.iso_date(max(earliest)) if earliest else None)
    assert date["latest"] == (edtf.iso_date(min(latest)) if latest else None)


def run(
    databases: Databases, given_: list[list[RecordChange]], asked: list[dict[str, Any]]
) -> None:
    with fresh(databases) as database:
        model = write_all(RecordWriter(Ledger(database, NOUNS)), given_)
        check_derived(model)
        url = database.url.render_as_string(hide_password=False)
        with Client(cached_application(url)) as client:
            for question in asked:
                share = question["revision"]
                revision = None if share is None else 1 + int(share * (model.newest - 1))
                for nouns in (DATED, ("meeting",), ("position",), ("milestone",)):
                    ask(client, model, nouns, {**question, "revision": revision})
                check_singles(client, model, revision, question["as_of"])
        with database.read_transaction() as connection:
            assert list(verify(connection, NOUNS)) == []


# Each example is a database and some hundred requests. A failure is shown as it was found, as to
# make it small would take minutes.
EXAMPLES = settings().max_examples // 5
FOUND = settings(phases=[Phase.explicit, Phase.generate])
asked_ = st.lists(questions(), min_size=6, max_size=6)


@pytest.mark.slow
@settings(FOUND, max_examples=EXAMPLES)
@given(given_=writes, asked=asked_)
def test_every_question_is_answered_as_a_plain_reading_would_on_sqlite(
    sqlite_databases: Databases, given_: list[list[RecordChange]], asked: list[dict[str, Any]]
) -> None:
    run(sqlite_databases, given_, asked)


@pytest.mark.slow
@pytest.mark.postgres
@settings(FOUND, max_examples=EXAMPLES // 2)
@given(given_=writes, asked=asked_)
def test_every_question_is_answered_as_a_plain_reading_would_on_postgres(
    postgres_databases: Databases, given_: list[list[RecordChange]], asked: list[dict[str, Any]]
) -> None:
    run(postgres_databases, given_, asked)
