"""What the texts say is so: their requests are sent, their tables compared with the code."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from contextlib import closing, redirect_stdout
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from pydantic import BaseModel
from sqlalchemy import text
from starlette.testclient import TestClient

from app import cli
from app.api.reads import noun_query_schema, timeline_query_schema
from app.kit import edtf
from app.kit.http.problem_types import PROBLEM_TYPES
from app.kit.schema.fields import shape_fields
from app.kit.schema.shapes import DateShape
from app.kit.sql.database import Database
from app.ledger.index import INDEX_TABLES
from app.ledger.noun import Noun
from app.main import create_app
from app.nouns.registry import NOUNS, metadata
from app.reads.query import Grammar
from app.settings import PREFIX, Settings
from tests.asking import Client

ROOT = Path(__file__).resolve().parent.parent
README, API, DATA, OPERATIONS = (
    "README.md",
    "docs/api.md",
    "docs/data-model.md",
    "docs/operations.md",
)

#: Stands for what an answer on paper leaves out: further members, items, or a whole value.
LEFT_OUT = "…"


@cache
def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def texts() -> list[str]:
    """Every text of ours that a reader may come by."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
    found += sorted((ROOT / "docs").rglob("*.md"))
    return [path.relative_to(ROOT).as_posix() for path in found if "node_modules" not in path.parts]


def blocks(name: str) -> list[tuple[str, str]]:
    """Each fenced block of a text: its language and what stands in it."""
    return re.findall(r"^```([a-z]*)\n(.*?)^```$", read(name), re.DOTALL | re.MULTILINE)


def section(name: str, heading: str) -> str:
    """What stands below a heading, or a paragraph's bold beginning, up to the next of its kind."""
    end = r"^#" if heading.startswith("#") else r"^#|^\*\*"
    beginning = rf"^{re.escape(heading)}(?!\w)[^\n]*\n"
    found = re.search(rf"{beginning}(.*?)(?={end}|\Z)", read(name), re.DOTALL | re.MULTILINE)
    assert found, f"{name} has no part {heading}"
    return found[1]


def rows(part: str) -> list[list[str]]:
    """The cells of the rows of all tables, their heads and rules left out."""
    lines = re.sub(r"^\|.*\n\|[-| ]+\|$", "", part, flags=re.MULTILINE).splitlines()
    cells = (re.split(r" *\| *", line[1:-1].strip()) for line in lines if line.startswith("|"))
    return list(cells)


def named(part: str) -> set[str]:
    """Everything that stands in code."""
    return set(re.findall(r"`([^`\n]+)`", part))


# ---------------------------------------------------------------------------- requests


@dataclass(frozen=True)
class Step:
    """A command of a text, and the answer that follows it there."""

    command: str
    answer: Any


def steps(name: str) -> list[Step]:
    found: list[Step] = []
    for language, content in blocks(name):
        if language == "sh" and re.match(r"curl |KEY=", content):
            found.append(Step(content.strip(), None))
        elif language == "json" and found and found[-1].answer is None:
            found[-1] = Step(found[-1].command, json.loads(content))
    return found


def differences(shown: Any, real: Any, path: str = "") -> Iterator[str]:
    """Where an answer on paper is not the real one."""
    if shown == LEFT_OUT:
        return
    if isinstance(shown, dict) and isinstance(real, dict):
        names = [name for name in shown if name != LEFT_OUT]
        there = [name for name in real if name in names]
        if names != there:
            yield f"{path or 'the answer'} has {there}, on paper {names}"
        elif LEFT_OUT not in shown and len(there) != len(real):
            yield f"{path or 'the answer'} has also {[name for name in real if name not in there]}"
        for name in there:
            yield from differences(shown[name], real[name], f"{path}/{name}")
    elif isinstance(shown, list) and isinstance(real, list):
        yield from _of_lists(shown, real, path)
    elif shown != real or type(shown) is not type(real):
        yield f"{path} is {real!r}, on paper {shown!r}"


def _of_lists(shown: list[Any], real: list[Any], path: str) -> Iterator[str]:
    if LEFT_OUT not in shown:
        if len(shown) != len(real):
            yield f"{path} has {len(real)} items, on paper {len(shown)}"
        for index, (here, there) in enumerate(zip(shown, real, strict=False)):
            yield from differences(here, there, f"{path}/{index}")
        return
    place = 0
    for item in (item for item in shown if item != LEFT_OUT):
        while place < len(real) and any(differences(item, real[place])):
            place += 1
        if place == len(real):
            yield f"{path} has no item {item!r}"
        place += 1


@pytest.mark.parametrize(
    ("shown", "real", "same"),
    [
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1, LEFT_OUT: LEFT_OUT}, {"a": 1, "b": 2}, True),
        ({"b": 2, "a": 1}, {"a": 1, "b": 2}, False),
        ({"a": LEFT_OUT}, {"a": [1]}, True),
        ({"a": 1}, {"a": True}, False),
        ([1, 2], [1], False),
        ([LEFT_OUT, 2], [1, 2, 3], True),
        ([LEFT_OUT, 3, 2], [1, 2, 3], False),
    ],
)
def test_an_answer_on_paper_may_leave_out_and_may_not_change(
    shown: Any, real: Any, same: bool
) -> None:
    assert (list(differences(shown, real)) == []) is same


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database, filled as `parley serve` fills it."""
    file = tmp_path_factory.mktemp("documentation") / "filled.sqlite3"
    cli.prepare_database(Settings(database_url=f"sqlite:///{file}"))
    return file


@pytest.fixture
def address(filled: Path, tmp_path: Path) -> str:
    """The address of a copy of that database, to be written to."""
    return f"sqlite:///{shutil.copy(filled, tmp_path / 'fresh.sqlite3')}"


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    with closing(Database(address)) as found:
        yield found


def run(client: TestClient, words: list[str]) -> Any:
    """Send what a curl command would send."""
    given = iter(words[1:])
    method, url, headers, content = "GET", "", {}, None
    for word in given:
        if word == "-X":
            method = next(given)
        elif word == "-H":
            name, _, value = next(given).partition(": ")
            headers[name] = value
        elif word == "-d":
            content = next(given)
        else:
            assert word.startswith("http://127.0.0.1:8000/"), f"{word} is not understood here"
            url = word
    return client.request(method, url, headers=headers, content=content, follow_redirects=False)


def make_key(command: str, address: str) -> str:
    """The key that the text's own command makes."""
    found = re.fullmatch(r"KEY=\$\(\.venv/bin/parley (.+) \| tail -n 1\)", command)
    assert found, command
    said = io.StringIO()
    with patch.dict(os.environ, {"PARLEY_DATABASE_URL": address}), redirect_stdout(said):
        assert cli.main(shlex.split(found[1])) == 0
    return said.getvalue().splitlines()[-1]


def statuses(answer: Any) -> list[int]:
    """What the status may be of an answer on paper; without one there is nothing to show."""
    if answer is None:
        return [204]
    if isinstance(answer, dict) and str(answer.get("type")).startswith("/docs#problem-"):
        return [answer["status"]]
    return [200, 201]


@pytest.mark.parametrize("name", [README, API])
def test_every_request_is_answered_as_the_text_says(name: str, address: str) -> None:
    key = ""
    with Client(create_app(Settings(database_url=address))) as client:
        for step in steps(name):
            if step.command.startswith("KEY="):
                key = make_key(step.command, address)
                continue
            response = run(
                client, shlex.split(step.command.replace("\\\n", " ").replace("$KEY", key))
            )
            assert response.status_code in statuses(step.answer), (step.command, response.text)
            if step.answer is None:
                continue
            assert list(differences(step.answer, response.json())) == [], step.command


def test_the_first_page_asks_and_writes() -> None:
    asked = [step for step in steps(README) if step.command.startswith("curl '")]
    assert len(asked) >= 8
    told = " ".join(step.command for step in steps(README))
    assert {"-X POST", "-X PATCH", "-X DELETE", "/restore"} <= set(
        re.findall(r"-X [A-Z]+|/restore", told)
    )
    # Nothing that looks like a request escapes the test above.
    assert read(README).count("\ncurl ") == len([s for s in steps(README) if "curl" in s.command])


def test_installing_by_hand_is_what_make_does() -> None:
    makefile = re.sub(r"\s+", " ", read("Makefile").replace("\\\n", " "))
    lines = [line for _, block in blocks(README) for line in block.splitlines() if " pip " in line]
    assert len(lines) == 3
    for line in lines:
        made = line.replace(".venv/bin/python -m pip install", "$(PIP) install --quiet")
        assert made in makefile, line


# ---------------------------------------------------------------------------- the interface


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
    assert documented.keys() == accepted.tags.keys()
    for name, tag in accepted.tags.items():
        if "as for meetings" not in documented[name]:
            assert set(tag.accepted) <= named(documented[name]), name


def test_the_filters_of_the_other_nouns_are_documented() -> None:
    documented = {row[0]: named(row[1]) for row in rows(section(API, "**The others**"))}
    others = [n for n in NOUNS if n.plural not in {"meetings", "people", "positions"}]
    assert documented.keys() == {noun.plural for noun in others}
    for noun in others:
        expected = {tag.name for tag in noun.tags} | {v for tag in noun.tags for v in tag.accepted}
        assert documented[noun.plural] == expected


def grammars() -> dict[str, Grammar]:
    return {
        "timeline": timeline_query_schema(NOUNS),
        **{n.plural: noun_query_schema(n, NOUNS) for n in NOUNS},
    }


def test_every_parameter_is_documented() -> None:
    once = _documented(section(API, "### Parameters that occur once"))
    everywhere = named(read(API))
    for plural, accepted in grammars().items():
        assert set(accepted.once) <= once.keys(), plural
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


# ---------------------------------------------------------------------------- the data


def _fields(shape: type[BaseModel]) -> Iterator[str]:
    for name, info in shape.model_fields.items():
        yield info.alias or name
    for part in shape_fields(shape):
        if part.shape is not None and part.shape is not DateShape:
            yield from _fields(part.shape)


@pytest.mark.parametrize("noun", NOUNS.all, ids=lambda noun: noun.name)
def test_every_field_is_documented(noun: Noun) -> None:
    part = section(DATA, f"### {noun.name.capitalize()}")
    words = {word for code in named(part) for word in re.findall(r"[a-z_]+", code)}
    shared = named(section(DATA, "## Records"))
    assert {*_fields(noun.shape), *noun.shape.derived} <= words | shared


def test_the_fields_of_dates_are_documented() -> None:
    assert {*DateShape.model_fields, *DateShape.derived} <= named(section(DATA, "## Dates"))


def test_the_examples_of_dates_are_as_they_are_read() -> None:
    def day(number: int | None) -> str:
        return "null" if number is None else edtf.iso_date(number)

    read_ = [row for row in rows(section(DATA, "## Dates")) if len(row) == 5]
    assert len(read_) > 20
    for code, *told in read_:
        date = edtf.parse(code.strip("`"))
        assert told == [day(date.earliest), day(date.latest), date.precision, date.display]


def test_the_examples_of_refused_dates_are_refused_in_these_words() -> None:
    refused = rows(section(DATA, "**Refused**"))
    assert len(refused) > 8
    for code, message in refused:
        with pytest.raises(edtf.EdtfError) as error:
            edtf.parse(code.strip("`"))
        assert error.value.message == message


def test_every_table_is_documented() -> None:
    tables = named(section(DATA, "## The tables")) | named(section(DATA, "## The ledger"))
    assert {*metadata.tables, *INDEX_TABLES} <= tables


def test_the_questions_in_sql_find_something(database: Database) -> None:
    questions = [content for language, content in blocks(DATA) if language == "sql"]
    assert len(questions) == 3
    with database.read_transaction() as connection:
        for question in questions:
            assert connection.execute(text(question)).all(), question


def test_the_hash_chain_can_be_verified_by_hand(address: str, tmp_path: Path) -> None:
    [script] = [content for language, content in blocks(DATA) if language == "python"]
    assert len(script.splitlines()) <= 20
    file = tmp_path / "fresh.sqlite3"

    def verify() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", script, str(file)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    with closing(Database(address)) as found, found.read_transaction() as connection:
        newest = connection.execute(text("SELECT hash FROM revision ORDER BY number DESC")).scalar()
    assert newest is not None
    assert verify().stdout == f"the chain holds up to {newest.hex()}\n"
    with closing(sqlite3.connect(file)) as forger:
        forger.execute("UPDATE write SET author = 'nobody' WHERE first_revision = 2")
        forger.commit()
    assert "revision 2 does not match" in verify().stderr


# ---------------------------------------------------------------------------- running it


def _shown(default: object) -> str:
    if default == "":
        return "empty"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def test_every_setting_is_documented_with_its_default() -> None:
    documented = {row[0]: row[1:] for row in rows(section(OPERATIONS, "## Settings"))}
    expected = {
        f"`{PREFIX}{setting.name.upper()}`": [
            _shown(setting.default),
            setting.metadata["description"],
        ]
        for setting in fields(Settings)
    }
    assert documented == expected


def _commands(parser: ArgumentParser) -> dict[str, ArgumentParser]:
    found: dict[str, ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for name, inner in action.choices.items():
                deeper = _commands(inner)
                found |= {f"{name} {below}": p for below, p in deeper.items()} or {name: inner}
    return found


def test_every_command_and_flag_is_documented() -> None:
    documented = {}
    for row in rows(section(OPERATIONS, "## Commands")):
        documented[row[0].strip("`").removeprefix("parley ")] = row
    settings = {f"--{setting.name.replace('_', '-')}" for setting in fields(Settings)}
    settings |= {f"--no-{setting.name}" for setting in fields(Settings) if setting.type == "bool"}
    commands = _commands(cli.build_parser())
    called = {" ".join(re.findall(r"^[a-z]+|(?<=^keys )[a-z]+", name)) for name in documented}
    assert called == commands.keys()
    for name, parser in commands.items():
        told = next(" ".join(row) for call, row in documented.items() if call.startswith(name))
        flags = {flag for action in parser._actions for flag in action.option_strings}
        # Behind `keys`, `--name` is that of the key.
        own = flags - {"-h", "--help"} - (settings - {"--name"} if "keys" in name else settings)
        assert {flag for flag in own if flag not in told} == set(), name


def test_the_commands_in_the_texts_can_be_called() -> None:
    called = 0
    for name in texts():
        for language, content in blocks(name):
            shown = content.replace("\\\n", " ") if language == "sh" else ""
            for line in re.findall(
                r"^(?:KEY=\$\()?(?:\.venv/bin/)?parley ([^|<>&#\n]+)", shown, re.MULTILINE
            ):
                cli.build_parser().parse_args(shlex.split(line))
                called += 1
    assert called >= 4


# ---------------------------------------------------------------------------- the texts


def _anchors(name: str) -> set[str]:
    content = re.sub(r"^```.*?^```$", "", read(name), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", content, re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', content))


@pytest.mark.parametrize("name", texts())
def test_links_lead_to_a_place_that_is_there(name: str) -> None:
    content = re.sub(r"^```.*?^```$|`[^`\n]*`", "", read(name), flags=re.DOTALL | re.MULTILINE)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", content):
        target, _, anchor = link.partition("#")
        if "://" in target:
            continue
        path = (ROOT / name).parent / target if target else ROOT / name
        if not path.exists():
            broken.append(link)
        elif anchor and path.suffix == ".md":
            inside = path.resolve().relative_to(ROOT).as_posix()
            broken += [link] if anchor not in _anchors(inside) else []
    assert broken == []


def test_every_text_can_be_found() -> None:
    index = read("docs/README.md")
    for path in sorted((ROOT / "docs").glob("*.md")):
        assert path.name == "README.md" or f"({path.name})" in index, path.name
    decisions = read("docs/decisions/README.md")
    numbers = []
    for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")):
        title = path.read_text(encoding="utf-8").splitlines()[0]
        number, _, words = title.removeprefix("# ").partition(": ")
        assert f"| [{number}]({path.name}) | {words} |" in decisions
        numbers.append(int(number))
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_decision_tells_why_what_and_what_follows() -> None:
    for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")):
        content = path.read_text(encoding="utf-8")
        headings = re.findall(r"^## (.+)$", content, re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], path.name
