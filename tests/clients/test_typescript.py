"""A TypeScript client, generated from the OpenAPI document: typed throughout, and it works."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.browser.conftest import installed, missing
from tests.clients.conftest import GOLDEN, HERE, RunningServer, run


def tool(name: str) -> str:
    """A command that npm has installed."""
    return str(installed(HERE, f".bin/{name}"))


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the types in it, and a program that uses them."""
    node = shutil.which("node")
    if node is None:
        missing("Node")
    folder = tmp_path_factory.mktemp("typescript")
    run(tool("openapi-typescript"), str(GOLDEN), "--output", "api.ts", at=folder)
    for name in ("reader.ts", "tsconfig.json", "package.json"):
        shutil.copy(HERE / name, folder)
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    return folder


def test_nothing_documented_is_unknown(generated: Path) -> None:
    text = (generated / "api.ts").read_text("utf-8")
    code = re.sub(r"/\*\*.*?\*/", "", text, flags=re.DOTALL)
    untyped = re.findall(r"^ *(.*\b(?:any|unknown)\b(?!\").*)$", code, re.MULTILINE)
    # Headers beyond those that are told, values of any field before and after a change, and the
    # fields of a row to be imported, which may be of any kind of record.
    assert set(untyped) == {
        "[name: string]: unknown;",
        "from: unknown;",
        "to: unknown;",
        "[key: string]: unknown;",
    }
    assert untyped.count("[key: string]: unknown;") == 1


def test_a_program_compiles_and_the_server_answers_as_typed(
    generated: Path, parley: RunningServer
) -> None:
    run(tool("tsc"), at=generated)
    assert run("node", "reader.js", parley.address, parley.key, at=generated) == (
        "all of it holds\n"
    )
