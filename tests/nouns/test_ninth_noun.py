"""A ninth noun, added by one file, one line and one migration, has everything that the eight have.

It is added to a copy of the program, which then runs as it is installed: as a server and as
commands, each a process of its own.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.formats import OUTPUT_FORMATS
from tests.databases import Databases
from tests.program import Program, Server, copy_program, insert

ADDED = Path(__file__).parent / "ninth_noun"
RATIFIED = [{"party": "TUR", "instrument": "ratified"}, {"party": "SYR", "instrument": "acceded"}]
ADANA = {
    "title": "Adana agreement",
    "date": "1998-10-20",
    "status": "in_force",
    "deposits": RATIFIED,
    "sources": ["2023-04-26-moscow-talks"],
}


def add_noun(folder: Path) -> None:
    """Add treaties to a copy of the program: one file, one line, one migration."""
    shutil.copy(ADDED / "treaties.py", folder / "app" / "nouns")
    insert(folder / "app" / "nouns" / "registry.py", '    "positions",\n', '    "treaties",\n')
    versions = folder / "migrations" / "versions"
    head = max(path.name for path in versions.glob("0*.py"))[:4]
    text = (ADDED / "migration.py").read_text("utf-8")
    (versions / "9999_treaties.py").write_text(text.replace('"head"', f'"{head}"'))


@pytest.fixture(scope="session")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copy_program(tmp_path_factory.mktemp("ninth-noun"))
    add_noun(folder)
    return folder


@pytest.fixture(scope="session")
def served(extended: Path, databases: Databases) -> Iterator[Server]:
    """A server with the seed and one treaty."""
    url = databases.empty()
    with Program(extended, url).served() as server:
        server.write("POST", "/v1/treaties", ADANA)
        yield server
    databases.give_back(url)


def test_it_has_a_list_with_filters_facets_an_order_and_pages(served: Server) -> None:
    for year in (1923, 1936):
        served.write("POST", "/v1/treaties", {"title": "Straits", "date": str(year)})
    assert served.ids("/v1/treaties?q=straits&sort=-date") == ["straits-1936", "straits-1923"]
    assert served.ids("/v1/treaties?party=TUR&status=in_force") == ["adana-agreement-1998-10-20"]
    assert served.ids("/v1/treaties?from=1930&to=1940") == ["straits-1936"]
    facets = served.read("/v1/treaties?q=adana&limit=0&facets=instrument,party")["facets"]
    assert facets == {"instrument": {"acceded": 1, "ratified": 1}, "party": {"SYR": 1, "TUR": 1}}
    page = served.read("/v1/treaties?q=straits&sort=date&limit=1")
    assert [page["total"], *(item["id"] for item in page["items"])] == [2, "straits-1923"]
    assert served.ids(page["next"]) == ["straits-1936"]
    refused = served.client.get("/v1/treaties?statuss=signed")
    assert "did you mean `status`" in refused.text


def test_it_is_written_in_every_way(served: Server) -> None:
    served.write("PUT", "/v1/treaties/kars", {"title": "Kars"})
    changed = served.write("PATCH", "/v1/treaties/kars", {"date": "1921-10-13"})
    assert (changed["version"], changed["date"]["earliest"]) == (2, "1921-10-13")
    served.write("DELETE", "/v1/treaties/kars")
    assert served.client.get("/v1/treaties/kars").status_code == 410
    served.write("POST", "/v1/treaties/kars/restore")
    served.write("PUT", "/v1/treaties/kars-1921", {"title": "Treaty of Kars", "note": "Same."})
    served.write("POST", "/v1/treaties/kars-1921/merge", {"into": "kars"})
    assert served.read("/v1/treaties/kars")["note"] == "Same."
    moved = served.client.get("/v1/treaties/kars-1921")
    assert (moved.status_code, moved.headers["location"]) == (308, "/v1/treaties/kars")
    history = served.read("/v1/treaties/kars/history")["items"]
    actions = ["changed", "restored", "deleted", "changed", "created"]
    assert [revision["action"] for revision in history] == actions
    changes = served.read(f"/v1/changes?after={history[1]['revision']}")["items"]
    assert [(change["noun"], change["action"]) for change in changes if "kars" in change["id"]] == [
        ("treaty", "created"),
        ("treaty", "merged"),
        ("treaty", "changed"),
    ]


def test_its_rules_warnings_and_likely_duplicates_are_looked_at(served: Server) -> None:
    broken = served.send("POST", "/v1/treaties", {"title": "Sèvres", "status": "in_force"})
    assert [error["field"] for error in broken.json()["errors"]] == ["deposits"]
    written = served.write("POST", "/v1/treaties", {"title": "Lausanne", "date": "1923-07-24"})
    assert written["id"] == "lausanne-1923-07-24"
    assert written["warnings"] == ["sources: none is given"]
    again = served.send("POST", "/v1/treaties", {"title": "lausanne", "date": "1923-07-24"})
    assert again.json()["type"].endswith("likely-duplicate")
    assert [candidate["id"] for candidate in again.json()["candidates"]] == [written["id"]]
    assert again.json()["noun"] == "treaty"


def test_it_cites_and_is_cited(served: Server) -> None:
    meeting = served.ids("/v1/meetings?limit=1")[0]
    body = {"title": "Protocol", "meeting": meeting, "amends": {"title": "Alexandretta"}}
    protocol = served.write("POST", "/v1/treaties", body)
    assert protocol["amends"] == "alexandretta"
    included = served.read("/v1/treaties/protocol?include=meetings,treaties")["included"]
    assert list(included["meetings"]) == [meeting]
    assert included["treaties"]["alexandretta"]["title"] == "Alexandretta"
    circle = served.send("PATCH", "/v1/treaties/alexandretta", {"amends": "protocol"})
    assert circle.status_code == 422, circle.text
    kept = served.send("DELETE", "/v1/treaties/alexandretta")
    assert kept.json()["cited_by"] == [{"noun": "treaty", "id": "protocol"}]
    after = {"title": "Exchange", "date": {"after": "adana-agreement-1998-10-20"}}
    milestone = served.write("POST", "/v1/milestones", after)
    assert milestone["date"]["earliest"] == "1998-10-21"
    included = served.read("/v1/milestones/exchange?include=treaties")["included"]
    assert list(included["treaties"]) == ["adana-agreement-1998-10-20"]


def test_it_stands_on_the_timeline_in_every_format(served: Server) -> None:
    where = "/v1/timeline?type=treaty&q=adana"
    [entry] = served.read(where)["items"]
    assert (entry["type"], entry["id"]) == ("treaty", "adana-agreement-1998-10-20")
    assert entry["reported_on"] == "2023-04-26"
    assert served.read(f"{where}&as_of=2023-04-25")["total"] == 0
    for output_format in OUTPUT_FORMATS.all:
        response = served.get(f"{where}&format={output_format.name}")
        assert "Adana agreement" in response.text, output_format.name
        assert "reat" in response.text, output_format.name
    for suffix in OUTPUT_FORMATS.for_lists().names:
        assert "Adana agreement" in served.get(f"/v1/treaties.{suffix}?q=adana").text, suffix
    # Words, with the names of what it cites.
    [item] = served.read(f"{where}&format=jsonfeed")["items"]
    assert "Date: 20 October 1998" in item["content_text"]
    assert "Syria" in item["tags"]


def test_it_stands_on_the_pages(served: Server) -> None:
    page = served.get("/?q=adana", accept="text/html").text
    assert "Adana agreement" in page
    assert 'id="treaty/adana-agreement-1998-10-20"' in page
    assert '<option value="treaty"' in page
    assert 'href="/v1/treaties/adana-agreement-1998-10-20/history"' in page
    hangs = {"title": "Later", "date": {"after": "adana-agreement-1998-10-20"}}
    served.write("PUT", "/v1/milestones/later", hangs)
    assert 'href="#treaty/adana-agreement-1998-10-20"' in served.get("/?type=milestone").text


@pytest.mark.parametrize(
    ("way", "form"),
    [
        ("http", "ndjson"),
        ("http", "json"),
        ("http", "csv"),
        ("command", "ndjson"),
        ("command", "csv"),
    ],
)
def test_it_is_imported(served: Server, tmp_path: Path, way: str, form: str) -> None:
    title = f"Imported {way} {form}"
    row = {"noun": "treaty", "title": title, "deposits": [RATIFIED[0]]}
    content = {
        "ndjson": json.dumps(row),
        "json": json.dumps({"treaties": [row]}),
        "csv": f"noun,title,deposits.0.party,deposits.0.instrument\ntreaty,{title},TUR,ratified\n",
    }[form]
    if way == "http":
        types = {"ndjson": "application/x-ndjson", "json": "application/json", "csv": "text/csv"}
        headers = {"authorization": f"Bearer {served.key}", "content-type": types[form]}
        answer = served.client.post("/v1/imports", content=content.encode(), headers=headers)
        assert answer.json()["rows"][0]["verdict"] == "created", answer.text
    else:
        file = tmp_path / f"treaties.{form}"
        file.write_text(content, "utf-8")
        assert "created 1" in served.program.run("import", str(file))
    document = served.read(f"/v1/treaties/imported-{way}-{form}")
    assert document["deposits"] == [RATIFIED[0]]


@pytest.mark.slow
def test_it_is_exported_and_replayed(served: Server, databases: Databases, tmp_path: Path) -> None:
    file = tmp_path / "ledger.ndjson"
    served.program.run("export", str(file))
    again = databases.empty()
    program = Program(served.program.folder, again)
    program.run("import", str(file))
    assert "verified" in program.run("verify")
    program.run("export", str(tmp_path / "again.ndjson"))
    assert (tmp_path / "again.ndjson").read_bytes() == file.read_bytes()
    databases.give_back(again)


def test_it_is_described(served: Server) -> None:
    dataset = served.read("/v1")
    assert dataset["counts"]["treaties"] > 0
    assert dataset["links"]["treaties"] == "/v1/treaties"
    described = served.read("/openapi.json")
    assert json.loads(served.program.run("openapi")) == described
    paths, schemas = described["paths"], described["components"]["schemas"]
    for path in ("", "/{id}", "/{id}/history", "/{id}/merge", "/{id}/restore"):
        assert f"/v1/treaties{path}" in paths
    assert {"Treaty", "NewTreaty", "TreatyInput", "TreatyPatch", "TreatyHistory"} <= schemas.keys()
    assert {"TreatyChange", "TreatyEntry", "StaleTreaty"} <= schemas.keys()
    assert "treaty" in schemas["NounName"]["enum"]
    assert schemas["TreatyStatus"]["enum"] == ["signed", "in_force", "terminated"]
    assert schemas["Instrument"]["enum"] == ["ratified", "acceded"]
    tags = {tag["name"]: tag["description"] for tag in described["tags"]}
    assert tags["treaties"] == "What was signed, by whom, and whether it is in force."
    assert "/openapi.json" in served.get("/docs").text
