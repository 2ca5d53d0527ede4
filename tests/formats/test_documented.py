"""docs/formats.md tells of every format what the program says of it, and its commands work."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from starlette.testclient import TestClient

from app.formats import OUTPUT_FORMATS
from app.kit.http.cors import EXPOSED_HEADERS

TEXT = (Path(__file__).parents[2] / "docs" / "formats.md").read_text()


def test_the_table_is_that_of_the_program() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)` \| (\w+) \| (.*?) ?\|$", TEXT, re.MULTILINE)
    told = {
        name: (media_type, gives == "pages", tuple(re.findall(r"`([^`]+)`", unsaid)))
        for name, media_type, gives, unsaid in rows
    }
    assert told == {f.name: (f.media_type, f.is_paged, f.not_expressed) for f in OUTPUT_FORMATS.all}


def test_its_requests_are_answered(seeded: TestClient) -> None:
    commands = re.findall(r"^curl (.*)$", TEXT, re.MULTILINE)
    assert len(commands) > 10
    for command in commands:
        words = shlex.split(command)
        url = next(word for word in words if word.startswith("http://localhost:8000"))
        headers = {}
        if "-H" in words:
            name, _, value = words[words.index("-H") + 1].partition(": ")
            headers[name] = value
        answer = seeded.get(url.removeprefix("http://localhost:8000"), headers=headers)
        assert answer.status_code == 200, command


def test_the_headers_it_names_are_exposed() -> None:
    part = TEXT.partition("## From pages of other sites")[2].partition("##")[0]
    for name in ("ETag", "Link", "Location", "Retry-After", "Parley-Not-Expressed"):
        assert f"`{name}`" in part
        assert name in EXPOSED_HEADERS
