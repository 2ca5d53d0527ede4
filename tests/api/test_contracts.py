"""What the registries declare is what is served, published and written down."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.reads import noun_query_schema, timeline_query_schema
from app.kit.schema.shapes import response_model
from app.nouns.registry import NOUNS
from app.reads.parameters import SINGLE_PARAMETERS
from app.settings import PREFIX, Settings
from tests.applications import cached_application
from tests.builders import RecordWriter, issue, meeting, milestone, participant, source
from tests.databases import SqliteDatabases
from tests.reference_model import Model

ROOT = Path(__file__).parents[2]
LISTS = {f"/v1/{noun.plural}": noun_query_schema(noun, NOUNS) for noun in NOUNS}
LISTS["/v1/timeline"] = timeline_query_schema(NOUNS)


@pytest.fixture(scope="module")
def openapi(sample: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = sample.get("/openapi.json").json()
    return found


def parameters(openapi: dict[str, Any], path: str) -> set[str]:
    listed = openapi["paths"][path]["get"].get("parameters", [])
    return {parameter["name"] for parameter in listed}


def accepted(client: TestClient, path: str) -> set[str]:
    """The parameters that a path names when it is given one that it does not know."""
    found: list[str] = client.get(f"{path}?zzzz=1").json()["errors"][0]["accepted"]
    return set(found)


def test_the_openapi_document_is_one(
    sqlite_databases: SqliteDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It takes seconds, and the document is the same whatever the engine is.
    validator = pytest.importorskip("openapi_spec_validator", reason="make install brings it")
    # Half of its time goes into going through the same schemas again for each reference in them.
    registry = import_module("referencing").Registry  # comes with it
    crawl, crawled = registry.crawl, {}

    def once(these: Any) -> Any:
        if id(these) not in crawled:
            crawled[id(these)] = these, crawl(these)  # both are kept, and so is the number
        return crawled[id(these)][1]

    monkeypatch.setattr(registry, "crawl", once)
    url = sqlite_databases.migrated()
    validator.validate(cached_application(url).openapi())
    sqlite_databases.give_back(url)


@pytest.mark.parametrize("path", LISTS)
def test_every_parameter_of_a_list_is_published_and_every_published_one_accepted(
    sample: TestClient, openapi: dict[str, Any], path: str
) -> None:
    assert parameters(openapi, path) == set(LISTS[path].names) | {"format"}
    assert accepted(sample, path) == set(LISTS[path].names)


@pytest.mark.parametrize("path", ["/v1", "/v1/changes", "/v1/{p}/{id}", "/v1/{p}/{id}/history"])
def test_every_parameter_of_other_reads_is_published(
    sample: TestClient, openapi: dict[str, Any], path: str
) -> None:
    for noun in NOUNS if "{p}" in path else [next(iter(NOUNS))]:
        here = path.replace("{p}", noun.plural)
        published = parameters(openapi, here) - {"id"}
        assert published == accepted(sample, here.replace("{id}", "x"))


@pytest.mark.parametrize("path", LISTS)
def test_every_published_example_is_accepted(
    sample: TestClient, openapi: dict[str, Any], path: str
) -> None:
    for parameter in openapi["paths"][path]["get"]["parameters"]:
        if parameter["name"] in ("cursor", "match"):
            continue  # a cursor is another's, and `match` needs a range beside it
        example = parameter["example"]
        value = ",".join(example) if isinstance(example, list) else str(example)
        value = value.lower() if example is True else value
        reply = sample.get(path, params={parameter["name"]: value})
        assert reply.status_code == 200, (parameter["name"], reply.text[:200])


def test_the_parameters_that_occur_once_are_those_that_were_promised() -> None:
    promised = "from to match as_of revision limit cursor sort fields facets include format"
    assert set(SINGLE_PARAMETERS) == {*promised.split(), "updated_since", "after"}


@pytest.mark.parametrize("noun", list(NOUNS), ids=lambda noun: noun.plural)
def test_every_document_is_of_its_published_shape(
    sample: TestClient, model: Model, noun: Any
) -> None:
    shape = response_model(noun.shape)
    entries = [e for e in model.entries if e.noun == noun.name and e.document is not None]
    assert entries
    for entry in entries:
        shape.model_validate(entry.document, strict=True, extra="forbid")
        names = [info.alias or name for name, info in shape.model_fields.items()]
        assert list(entry.document or {}) == names


@pytest.mark.parametrize("noun", list(NOUNS), ids=lambda noun: noun.plural)
def test_what_is_read_can_be_put_back_unchanged(
    writer: RecordWriter, sample: TestClient, noun: Any
) -> None:
    from app.writes.bodies import validate_body  # noqa: PLC0415 - for this test alone

    for item in sample.get(f"/v1/{noun.plural}?limit=200").json()["items"]:
        body = validate_body(noun, item)
        assert validate_body(noun, {**item, **body}) == body


def test_each_write_leaves_exactly_one_revision_per_changed_document(
    writer: RecordWriter, client: TestClient
) -> None:
    writer.basis()
    writer.write(source("s", "2023-01-01"), milestone("x", "2023", sources=["s"]))
    writer.write(meeting("m", {"before": "x"}, participants=[participant("TUR")], sources=["s"]))
    last = writer.newest()
    for changes in (
        [source("s", "2023-02-01")],
        [milestone("x", "2024", sources=["s"])],
        [issue("withdrawal", note="n"), source("s", "2023-03-01"), meeting("n")],
        [meeting("n")],
    ):
        written = writer.write(*changes)
        found = client.get(f"/v1/changes?after={last}").json()["items"]
        assert [c["revision"] for c in found] == list(range(last + 1, written.last_revision + 1))
        assert len({(c["noun"], c["id"]) for c in found}) == len(found) == len(written.revisions)
        assert all(c["write"] == last + 1 for c in found)
        assert all(c["changes"] for c in found)
        last = written.last_revision


# ---- what is written down


def text_of(name: str) -> str:
    file = ROOT / "docs" / name
    if not file.exists():
        pytest.skip(f"docs/{name} is not written yet")
    return file.read_text("utf-8")


@pytest.mark.parametrize("name", [f.name for f in fields(Settings)])
def test_every_setting_is_in_the_documentation(name: str) -> None:
    assert f"`{PREFIX}{name.upper()}`" in text_of("operations.md")


def kinds() -> set[str]:
    """The kinds of problem that the code raises, found in its text."""
    found: set[str] = set()
    for file in (ROOT / "app").rglob("*.py"):
        source_ = file.read_text("utf-8")
        found |= set(
            re.findall(r'(?:Problem|problem_from_errors)\(\s*\d{3},\s*"([a-z-]+)"', source_)
        )
        found |= set(re.findall(r'\.kind = (?:\d+, )?"([a-z-]+)"', source_))
    return found | {"not-found", "method-not-allowed"}


def test_problems_are_found_in_the_code() -> None:
    assert {"bad-query", "not-found", "deleted", "in-use", "date-circle"} <= kinds()


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_kind_of_problem_is_in_the_documentation(kind: str) -> None:
    assert f"`{kind}`" in text_of("api.md")


@pytest.mark.parametrize("path", LISTS)
def test_every_filter_is_in_the_documentation(path: str) -> None:
    described = text_of("api.md")
    missing = [name for name in LISTS[path].names if f"`{name}" not in described]
    assert missing == []


# ---- the seed


def test_the_seed_is_served(seeded: TestClient) -> None:
    found = seeded.get("/v1").json()
    assert all(found["counts"].values())
    assert seeded.get("/v1/timeline").json()["total"] > 5
    assert seeded.get("/v1/changes?limit=1").json()["items"][0]["author"] == "seed"
