"""What is added to the program in few files: a filter, a format, a setting.

Each is added to a copy of it, and only to as many files as is said in CONTRIBUTING.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from filecmp import cmp
from pathlib import Path

import pytest

from tests.databases import SqliteDatabases
from tests.program import Program, copy_program, insert
from tests.repository import ROOT

pytestmark = pytest.mark.slow

FORMAT = """
from app.formats.entries import timeline_entries
from app.reads.output_format import OutputFormat

def _render(context):
    for entry in timeline_entries(context):
        yield f"{entry.title}\\t{entry.date_text}\\n".encode()

FORMAT = OutputFormat(
    "tsv", "text/tab-separated-values", "A title and a date a line.", _render,
    cited_nouns=frozenset(("party", "issue")),
)
"""


def changed_files(folder: Path) -> list[str]:
    """The files of a copy of the program that the program has not, or has otherwise."""
    files = [path.relative_to(folder) for path in folder.rglob("*.py")]
    return sorted(
        path.as_posix()
        for path in files
        if not (ROOT / path).exists() or not cmp(ROOT / path, folder / path, shallow=False)
    )


@pytest.fixture
def url(sqlite_databases: SqliteDatabases) -> Iterator[str]:
    url = sqlite_databases.empty()
    yield url
    sqlite_databases.give_back(url)


def test_a_filter_is_added_in_one_file(tmp_path: Path, url: str) -> None:
    folder = copy_program(tmp_path)
    Program(folder, url).run("seed")  # by a version that knows nothing of the filter
    insert(
        folder / "app" / "nouns" / "milestones.py",
        '        id_filter("tr-general-election-2023"),\n',
        '        flag_filter("noted", lambda document: document["note"] is not None, "Noted."),\n',
    )
    insert(folder / "app" / "nouns" / "milestones.py", "    field_value,\n", "    flag_filter,\n")
    assert changed_files(folder) == ["app/nouns/milestones.py"]
    with Program(folder, url).served() as server:
        milestones = server.read("/v1/milestones?sort=date")["items"]
        noted = [milestone["id"] for milestone in milestones if milestone["note"]]
        assert noted
        assert server.ids("/v1/milestones?noted=true&sort=date") == noted
        assert server.ids("/v1/timeline?noted=true&sort=date") == noted
        page = server.read("/v1/milestones?facets=noted&limit=0")
        assert page["facets"]["noted"]["true"] == len(noted)
        assert "accepted" in server.client.get("/v1/milestones?noted=perhaps").text
        parameters = server.read("/openapi.json")["paths"]["/v1/milestones"]["get"]["parameters"]
        assert "noted" in [parameter["name"] for parameter in parameters]


def test_a_format_is_added_in_one_file(tmp_path: Path, url: str) -> None:
    folder = copy_program(tmp_path)
    (folder / "app" / "formats" / "tsv.py").write_text(FORMAT)
    assert changed_files(folder) == ["app/formats/tsv.py"]
    with Program(folder, url).served() as server:
        text = server.get("/v1/timeline?format=tsv&type=milestone").text
        assert text.count("\n") == server.read("/v1/timeline?type=milestone")["total"]
        assert server.get("/v1/timeline.tsv?type=milestone").text == text
        accepting = server.get("/v1/timeline?type=milestone", accept="text/tab-separated-values")
        assert accepting.text == text
        get = server.read("/openapi.json")["paths"]["/v1/timeline"]["get"]
        assert "text/tab-separated-values" in get["responses"]["200"]["content"]
        assert "`tsv`" in str(get["parameters"])


def test_a_setting_is_added_in_the_settings_and_where_it_is_used(tmp_path: Path, url: str) -> None:
    folder = copy_program(tmp_path)
    insert(
        folder / "app" / "settings.py",
        '    log_level: str = _setting("info", "The log level: debug, info, warning or error.")\n',
        '    title: str = _setting("Parley", "The title of the interface.")\n',
    )
    main = folder / "app" / "main.py"
    main.write_text(main.read_text("utf-8").replace('title="Parley"', "title=settings.title"))
    assert changed_files(folder) == ["app/main.py", "app/settings.py"]
    program = Program(folder, url)
    assert "The title of the interface. [Parley]" in program.run("serve", "--help")
    with program.served(PARLEY_TITLE="Minutes") as server:
        assert server.read("/openapi.json")["info"]["title"] == "Minutes"
