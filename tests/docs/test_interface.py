"""Every parameter, path and problem of the interface is documented, and no other."""

from __future__ import annotations

import ast
import json
import re

import pytest

from app.api.reads import noun_query_schema, timeline_query_schema
from app.kit.http.problem_types import PROBLEM_TYPES
from app.nouns.registry import NOUNS
from app.reads.query import QuerySchema
from tests.docs.texts import API, ROOT, named, read, rows, section


def _documented(part: str) -> dict[str, str]:
    """The parameters of a table, each with the rest of its row."""
    return {
        name: " | ".join(row[1:])
        for row in rows(part)
        for name in re.findall(r"`([a-z_]+)`", row[0])
    }


@pytest.mark.parametrize("plural", ["meetings", "people", "positions"])
def test_every_filter_is_documented_with_its_values(plural: str) -> None:
    accepted = noun_query_schema(NOUNS.by_plural[plural], NOUNS)
    documented = _documented(section(API, f"**{plural.capitalize()}**"))
    assert documented.keys() == accepted.filters.keys()
    for name, tag in accepted.filters.items():
        if "as for meetings" not in documented[name]:
            assert set(tag.choices) <= named(documented[name]), name


def test_the_filters_of_the_other_nouns_are_documented() -> None:
    documented = {row[0]: named(row[1]) for row in rows(section(API, "**The others**"))}
    others = [n for n in NOUNS if n.plural not in {"meetings", "people", "positions"}]
    assert documented.keys() == {noun.plural for noun in others}
    for noun in others:
        expected = {tag.name for tag in noun.filters} | {
            v for tag in noun.filters for v in tag.choices
        }
        assert documented[noun.plural] == expected


def grammars() -> dict[str, QuerySchema]:
    return {
        "timeline": timeline_query_schema(NOUNS),
        **{n.plural: noun_query_schema(n, NOUNS) for n in NOUNS},
    }


def test_every_parameter_is_documented() -> None:
    once = _documented(section(API, "### Parameters that occur once"))
    everywhere = named(read(API))
    for plural, accepted in grammars().items():
        assert set(accepted.single_parameters) <= once.keys(), plural
        assert set(accepted.names) <= everywhere, plural
        assert set(accepted.sort_names) <= everywhere | {f"-{name}" for name in everywhere}


def test_what_can_be_included_is_documented() -> None:
    documented = {
        name: named(row[1])
        for row in rows(section(API, "## Choosing what comes back"))
        for name in row[0].split(", ")
    }
    assert documented == {name: set(g.include_names) for name, g in grammars().items()}


def test_every_path_is_documented() -> None:
    documented = " ".join(row[0] for row in rows(section(API, "## Paths")))
    for path, operations in json.loads(read("tests/golden/openapi.json"))["paths"].items():
        general = re.sub(rf"^/v1/(?:{'|'.join(NOUNS.by_plural)})(?=/|$)", "/v1/{noun}", path)
        for method in operations:
            special = f"{method.upper()} {path}"
            assert f"{method.upper()} {general}`" in documented or special in documented, special


def kinds() -> dict[str, set[int]]:
    """Every kind of problem that the code can answer with, and its statuses."""
    # The framework's own, by the name of its status.
    found: dict[str, set[int]] = {"method-not-allowed": {405}}
    for path in sorted((ROOT / "app").rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(code)) if "roblem" in code else ():
            values: list[ast.expr] = []
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                "Problem",
                "problem_from_errors",
            ):
                values = node.args[:2]
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
                values = node.value.elts if ".type" in ast.unparse(node.targets[0]) else []
            told = [value.value for value in values if isinstance(value, ast.Constant)]
            if len(told) == 2 and isinstance(told[0], int) and isinstance(told[1], str):
                found.setdefault(told[1], set()).add(told[0])
    return found


def test_every_kind_of_problem_is_documented() -> None:
    documented = {}
    for row in rows(section(API, "## Problems")):
        found = re.fullmatch(r'<a id="problem-([a-z-]+)"></a>`\1`', row[0])
        assert found, row[0]
        documented[found[1]] = {int(status) for status in re.findall(r"\d{3}", row[1])}
    assert documented == kinds()
    # Each has a title of its own, and a place on `/docs` that its `type` leads to.
    assert set(PROBLEM_TYPES) == set(documented)
