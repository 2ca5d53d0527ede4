"""What holds for the shape of the code: sizes, names, and who knows of the nouns."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median, quantiles

import pytest

from app.nouns.registry import NOUNS

ROOT = Path(__file__).resolve().parent.parent
NOUN_NAMES = NOUNS.by_name.keys() | NOUNS.by_plural.keys()
# What an expression is called that may hold the name of a noun. Filters and fields are named like
# nouns too (`party`, `sources`): they are called `field` or `parameter`.
NAMED_LIKE_NOUNS = re.compile(r"(^|_)(noun|name|type|plural|singular|kind|cited|target|owner)s?$")


@cache
def files() -> dict[Path, str]:
    """Every file that is written here, with its text; those of others lie in folders of theirs."""
    theirs = {"__pycache__", "node_modules", "vendor", "golden", ".node"}
    return {
        path.relative_to(ROOT): path.read_text("utf-8", errors="replace")
        for top in ("app", "benchmarks", "migrations", "tests")
        for path in sorted((ROOT / top).rglob("*"))
        if path.is_file() and not theirs & set(path.parts)
    }


def modules(top: str) -> dict[Path, ast.Module]:
    return {
        path: ast.parse(text)
        for path, text in files().items()
        if path.suffix == ".py" and path.parts[0] == top
    }


def test_no_file_is_longer_than_320_lines() -> None:
    lengths = {path: len(text.splitlines()) for path, text in files().items()}
    assert {path: length for path, length in lengths.items() if length > 320} == {}


def test_no_folder_has_more_than_20_files() -> None:
    counts = Counter(path.parent for path in files() if path.name != "__init__.py")
    assert {folder: count for folder, count in counts.items() if count > 20} == {}


def test_most_functions_are_short() -> None:
    lengths = [
        (node.end_lineno or 0) - node.lineno + 1
        for tree in modules("app").values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert median(lengths) <= 8
    assert quantiles(lengths, n=20)[-1] <= 25


def test_no_module_is_named_for_being_of_use() -> None:
    vague = re.compile(r"(^|_)(utils?|helpers?|managers?|services?|common|misc)(_|$)")
    assert [path for path in files() if any(map(vague.search, (path.stem, *path.parts)))] == []


# ---------------------------------------------------------------------------- layers


def layer_contracts() -> dict[str, dict[str, object]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    return {c["containers"][0]: c for c in contracts if c["type"] == "layers"}


@pytest.mark.parametrize("container", ["app", "app.kit", "app.ledger"])
def test_every_floor_has_its_import_contract(container: str) -> None:
    contract = layer_contracts()[container]
    layers, ignored = contract["layers"], contract.get("exhaustive_ignores", [])
    assert isinstance(layers, list)
    assert isinstance(ignored, list)
    named = {name for layer in layers for name in re.split(r"[ |:]+", layer)}
    folder = ROOT / container.replace(".", "/")
    there = {path.stem for path in folder.glob("*.py")} - {"__init__", "__main__"}
    there |= {path.parent.name for path in folder.glob("*/__init__.py")}
    assert named | set(ignored) == there


# ---------------------------------------------------------------------------- nouns


def compared_noun_names(tree: ast.AST) -> Iterator[ast.AST]:
    """Where code takes one way for a noun and another way for others, by its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            others = [side for side in sides if not is_noun_name(side)]
            if len(others) < len(sides) and any(map(may_be_noun, others)):
                yield node
        elif isinstance(node, ast.Match) and may_be_noun(node.subject):
            patterns = (part for case in node.cases for part in ast.walk(case.pattern))
            if any(isinstance(p, ast.MatchValue) and is_noun_name(p.value) for p in patterns):
                yield node
        elif isinstance(node, ast.Dict):
            keys = [key for key in node.keys if key is not None and is_noun_name(key)]
            if len(node.keys) == len(keys) > 1:
                yield node


def is_noun_name(node: ast.AST) -> bool:
    """Whether an expression is a noun's name, or lists some."""
    if isinstance(node, ast.Constant):
        return node.value in NOUN_NAMES
    if isinstance(node, ast.Call):  # frozenset(("meeting", "milestone"))
        return any(map(is_noun_name, node.args))
    return isinstance(node, ast.Tuple | ast.List | ast.Set) and any(map(is_noun_name, node.elts))


def may_be_noun(node: ast.AST) -> bool:
    """Whether an expression is called as what holds a noun's name is: `noun`, `row["type"]`."""
    fields = ("id", "attr", "value")
    words = [getattr(part, field, None) for part in ast.walk(node) for field in fields]
    return any(isinstance(word, str) and NAMED_LIKE_NOUNS.search(word) for word in words)


def test_only_nouns_know_their_names() -> None:
    found = [
        f"{path}:{getattr(node, 'lineno', 0)}: {ast.unparse(node)}"
        for path, tree in modules("app").items()
        if path.parts[1] != "nouns"
        for node in compared_noun_names(tree)
    ]
    assert found == []


def test_pages_know_no_nouns_by_name() -> None:
    names = "|".join(sorted(NOUN_NAMES))
    comparison = re.compile(rf"(type|noun|kind) *[=!]==? *[\"'](?:{names})[\"']")
    found = [
        f"{path}:{number}: {line.strip()}"
        for path, text in files().items()
        if path.parts[:2] == ("app", "web") and path.suffix in {".html", ".js"}
        for number, line in enumerate(text.splitlines(), 1)
        if comparison.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        'if noun.name == "meeting": ...',
        'if "person" != noun: ...',
        'x = entry["type"] in ("meeting", "milestone")',
        "EVENTS = frozenset(('meeting',))\ny = row.noun in frozenset(('meeting',))",
        "rank = {'meeting': 1, 'person': 2}[noun.name]",
        "match ref.noun:\n    case 'positions' | 'meetings': ...",
        "z = ref.noun.lower() == 'source'",
    ],
)
def test_a_comparison_with_the_name_of_a_noun_is_seen(code: str) -> None:
    assert list(compared_noun_names(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        'if field in ("sources", "issues"): ...',
        'x = link["meeting"] not in both',
        'LABELS = {"party": "Party", "from": "From"}',
        'y = reference_column("meeting")',
    ],
)
def test_a_field_that_is_called_like_a_noun_is_none(code: str) -> None:
    assert not list(compared_noun_names(ast.parse(code)))
