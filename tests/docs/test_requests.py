"""Every request in the texts is answered as they say."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pytest
from starlette.testclient import TestClient

from app import cli
from app.main import create_app
from app.settings import Settings
from tests.client import Client
from tests.docs.texts import API, LEFT_OUT, README, blocks, read


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
