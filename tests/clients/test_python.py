"""A Python client, generated from the OpenAPI document: typed throughout, and it works."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import GOLDEN, HERE, RunningServer, run

# What the generator says of bodies of which it can send one form alone.
EXCUSED = {"Unsupported content type application/x-ndjson", "Unsupported content type text/csv"}
_MYPY = """\
[mypy]
strict = true
warn_unreachable = true
# The generator's own file, the same for every API: its `__exit__` passes on what it is given.
[mypy-parley_client.client]
ignore_errors = true
"""


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the client in it, and a program that uses it."""
    folder = tmp_path_factory.mktemp("python")
    (folder / "config.yaml").write_text("post_hooks: []\n")
    said = run(
        *(sys.executable, "-m", "openapi_python_client", "generate", "--path", str(GOLDEN)),
        *("--config", "config.yaml", "--meta", "none", "--output-path", "parley_client"),
        at=folder,
    )
    assert (
        set(re.findall(r"^(?:Unsupported|Unable|Could not|Invalid).*$", said, re.MULTILINE))
        <= EXCUSED
    )
    shutil.copy(HERE / "generated_client_program.py", folder)
    return folder


def test_every_operation_has_a_function(generated: Path) -> None:
    paths = json.loads(GOLDEN.read_text("utf-8"))["paths"].values()
    operations = {one["operationId"] for path in paths for one in path.values()}
    made = {file.stem for file in generated.glob("parley_client/api/*/*.py")} - {"__init__"}
    assert made == operations


def test_every_type_has_a_name_of_its_own(generated: Path) -> None:
    schemas = set(json.loads(GOLDEN.read_text("utf-8"))["components"]["schemas"])
    text = (generated / "parley_client" / "models" / "__init__.py").read_text("utf-8")
    made = set(re.findall(r"^    \"(\w+)\",$", text, re.MULTILINE))
    assert schemas <= made
    # Maps by identifier or name: they are called by what holds them and by the member.
    assert made - schemas == {
        "DatasetCounts",
        "DatasetLinks",
        "ProblemFormats",
        *(name for name in made if name.startswith("Included") and name != "Included"),
    }
    # Nothing was numbered for want of a name.
    assert [name for name in made if re.search(r"\d|Type|Item|Body|AdditionalProperty", name)] == []


def test_a_program_is_typed_and_the_server_answers_as_typed(
    generated: Path, parley: RunningServer
) -> None:
    (generated / "mypy.ini").write_text(_MYPY)
    # What others wrote is read once; the client is new each time.
    cache = str(HERE.parents[1] / ".mypy_cache" / "clients")
    run(
        sys.executable,
        "-m",
        "mypy",
        "--cache-dir",
        cache,
        "generated_client_program.py",
        at=generated,
    )
    said = run(
        *(sys.executable, "-W", "error", "generated_client_program.py", parley.address, parley.key),
        at=generated,
    )
    assert said == "all of it holds\n"
