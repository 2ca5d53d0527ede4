"""Imports by the command: files, mappings, and real data that goes in whole."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from app import cli
from app.imports import files, mapping
from app.imports.files import FileOptions
from app.imports.importer import ImportOptions
from app.imports.templates import MappingError
from app.kit.sql.database import Database
from app.ledger.noun import RecordRef
from app.ledger.read.lookups import find_record
from app.ledger.snapshot import Snapshot, latest_revision
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.builders import RecordWriter, party
from tests.conftest import database_url
from tests.imports.import_rows import (
    filled,
    issue,
    ledger_of,
    lines,
    run,
    written,
)

ROOT = Path(__file__).resolve().parents[2]
MAPPING = ROOT / "docs" / "mappings" / "us-travels.yaml"


@pytest.fixture
def basis(database: Database) -> Database:
    return filled(database)


def command(database: Database, *arguments: str) -> int:
    return cli.main([*arguments, "--database-url", database_url(database)])


def test_the_command(basis: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, told = tmp_path / "some.ndjson", tmp_path / "verdicts"
    file.write_bytes(b"\n".join(lines([issue("one"), issue("two", broader="none")])))
    given = ["import", str(file), "--verdicts", str(told), "--author", "ann"]
    before = ledger_of(basis)
    for more in (["--dry-run"], ["--atomic"]):
        assert command(basis, *given, *more) == 1
        assert "nothing was written" in capsys.readouterr().out
        assert ledger_of(basis) == before
    assert command(basis, *given, "--progress") == 1
    shown = capsys.readouterr()
    assert "created 1, unchanged 0, changed 0, duplicate 0, refused 1" in shown.out
    assert "2/2" in shown.err
    verdicts = {v["row"]: v for v in map(json.loads, told.read_text().splitlines())}
    assert verdicts[1] == {"row": 1, "verdict": "created", "noun": "issue", "id": "one"}
    assert verdicts[2]["errors"][0]["field"] == "broader"
    last = written(basis)[-1]
    assert (last["author"], last["reason"]) == ("ann", "import of some.ndjson")
    for wrong in ([str(tmp_path / "none.csv")], [str(told)], [str(file), "--noun", "meetin"]):
        assert command(basis, "import", *wrong) == 2
        assert capsys.readouterr().err.startswith("parley: ")


def test_export_and_backup_by_command(
    basis: Database, databases: Any, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file, kept = tmp_path / "all.ndjson", tmp_path / "kept"
    assert command(basis, "export", str(file)) == 0
    assert command(basis, "export") == 0
    assert capfdbinary.readouterr().out == file.read_bytes()
    assert command(basis, "backup", str(kept)) == 0
    for arguments in (("import", str(file)), ("restore", str(kept))):
        url = databases.empty()
        assert cli.main([*arguments, "--database-url", url]) == 0
        found = Database(url)
        assert ledger_of(found) == ledger_of(basis)
        found.close()
        assert cli.main(["restore", str(kept), "--database-url", url]) == 2
        databases.give_back(url)


@pytest.mark.slow
def test_an_import_that_was_killed_goes_on(basis: Database, tmp_path: Path) -> None:
    rows = [issue(f"n-{number}", note="so many words " * 5) for number in range(1_500)]
    file = tmp_path / "many.ndjson"
    file.write_bytes(b"\n".join(lines(rows)))
    arguments = [sys.executable, "-m", "app.cli", "import", str(file), "--database-url",
                 database_url(basis), "--duplicate", "allow"]  # fmt: skip
    before = _newest(basis)
    child = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.DEVNULL)
    while _newest(basis) == before and child.poll() is None:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    there = _newest(basis) - before
    assert 0 < there < 1_500
    ledger_of(basis)
    outcome, _ = run(basis, rows, allow_duplicates=True)
    assert outcome.counts == {"unchanged": there, "created": 1_500 - there}
    ledger_of(basis)


def _newest(database: Database) -> int:
    with database.read_transaction() as connection:
        return latest_revision(connection)


# ---- mappings


def mapped(
    database: Database, tmp_path: Path, mapping: str, content: str
) -> list[tuple[str, Any, str]]:
    (tmp_path / "map.yaml").write_text(mapping, "utf-8")
    (tmp_path / "data.csv").write_text(content, "utf-8")
    told = tmp_path / "told"
    given = FileOptions(mapping=tmp_path / "map.yaml", verdicts=told)
    ledger = Ledger(database, NOUNS)
    files.import_rows(ledger, tmp_path / "data.csv", given, ImportOptions("mapper"))
    found = [json.loads(line) for line in told.read_text().splitlines()]
    return [
        (v["verdict"], v["id"], v.get("errors", [{"message": ""}])[0]["message"]) for v in found
    ]


SMALL = """
noun: issue
group_by: [code]
tables:
  codes:
    a: alpha
    b: {refuse: "two are called b"}
values:
  id: "{code|lower|lookup:codes}"
record:
  id: "{id}"
  name: "{first} {last|upper}"
  note:
    $choose:
      - if: {kind: [x, y], first: {contains: "A"}}
        then: "{kind|join: and }"
      - else: "{when|date:%d.%m.%Y}"
"""


def test_a_small_mapping(basis: Database, tmp_path: Path) -> None:
    content = (
        "code,first,last,kind,when\nA,Ada,Byron,x,\nA,Ada,Byron,y,\nB,B,B,,\nC,C,C,,\n"
        "a,one,two,,31.12.2023\na,one,two,,32.12.2023\n"
    )
    assert mapped(basis, tmp_path, SMALL, content) == [
        ("created", "alpha", ""),
        ("refused", None, "“b”: two are called b"),
        ("refused", None, "“c” is not in the table"),
        ("refused", None, "“32.12.2023” is not a date in the format %d.%m.%Y"),
    ]
    found = RecordWriter(Ledger(basis, NOUNS)).now("issue", "alpha") or {}
    assert (found["name"], found["note"]) == ("Ada BYRON", "x and y")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("noun: issue", "noun: isue"), "noun: 'isue' is not a noun"),
        (("group_by", "grouped"), "unknown section grouped"),
        (("[code]", "[cod]"), "no column 'cod'"),
        (("{first}", "{frist}"), "{frist} is not a column"),
        (("|upper", "|uper"), "|uper is not a filter"),
        (("lookup:codes", "lookup:coeds"), "does not name a table"),
        (("$choose", "$chose"), "$chose must be one of"),
        (("then:", "than:"), "each case of $choose requires"),
        (("{kind: ", "{sort: "), "no column 'sort'"),
        (('  id: "{code', '  last: "{code'), "already has a column with this name"),
        (("refuse:", "deny:"), "must be text or `refuse`"),
        (("record:", "recorded:"), "unknown section recorded"),
        (("noun: issue", "- noun"), "not valid YAML"),
    ],
)
def test_a_mapping_that_cannot_be_used(
    basis: Database, tmp_path: Path, change: tuple[str, str], why: str
) -> None:
    with pytest.raises(MappingError, match=why.replace("|", r"\|").replace("$", r"\$")):
        mapped(basis, tmp_path, SMALL.replace(*change), "code,first,last,kind,when\nA,A,B,x,\n")


# ---- the travels


@pytest.fixture(scope="module")
def travels() -> Path:
    given = os.environ.get("TEST_US_TRAVELS")
    if not given:
        pytest.skip("TEST_US_TRAVELS names no table of the travels, which is not kept here")
    return Path(given)


def visits(database: Database) -> list[dict[str, Any]]:
    query = (
        "SELECT v.document FROM record AS r JOIN revision_time AS t ON t.sort_key = r.sort_key"
        " JOIN revision AS v ON v.number = t.revision WHERE r.noun = 'meeting'"
    )
    with database.read_transaction() as connection:
        return [orjson.loads(bytes(row[0])) for row in connection.execute(text(query))]


@pytest.mark.slow
def test_the_travels_go_in_whole(database: Database, travels: Path, tmp_path: Path) -> None:
    with travels.open(encoding="utf-8", newline="") as file:
        told: dict[str, list[dict[str, str]]] = {}
        for line in csv.DictReader(file):
            told.setdefault(line["event_id"], []).append(line)
    assert len(told) == 3_984
    given = FileOptions(mapping=MAPPING, verdicts=tmp_path / "told")
    ledger = Ledger(database, NOUNS)
    outcome = files.import_rows(ledger, travels, given, ImportOptions("clerk"))
    refused = {v["row"]: v["errors"][0]["message"] for v in
               map(json.loads, (tmp_path / "told").read_text().splitlines())
               if v["verdict"] == "refused"}  # fmt: skip
    assert outcome.counts == {"created": 3_979, "refused": 5}
    assert all("is unclear" in why for why in refused.values())
    unclear = ("Kosovo)", "Rhodesia (Zimbabwe)")
    kept = [rows for rows in told.values() if not rows[0]["country"].endswith(unclear)]
    assert len(kept) == 3_979
    found = visits(database)
    assert Counter(v["participants"][0]["name"] for v in found) == Counter(
        rows[0]["name"] for rows in kept
    )
    assert Counter(v["date"]["earliest"][:4] for v in found) == Counter(
        rows[0]["date_start"][:4] for rows in kept
    )
    by_event = {v["id"].rpartition("-")[2]: v for v in found}
    for rows in kept:
        visit, own = by_event[rows[0]["event_id"]], rows[0]
        assert visit["date"]["earliest"] == own["date_start"]
        assert visit["date"]["latest"] == own["date_end"]
        places = dict.fromkeys(row["locale"].strip() for row in rows if row["locale"].strip())
        assert visit["place"]["name"] == ("; ".join(places) or own["country"])
        elect = "[Visit made as President-elect.]" in own["remarks"]
        office = "President" if own["visit_type"] == "president" else "Secretary of State"
        assert visit["participants"][0]["office"] == office + ("-elect" if elect else "")
        assert (visit["participants"][0]["level"] is None) == elect
        assert own["remarks"] not in str(visit) or not own["remarks"]
    assert sum(v["participants"][0]["office"] == "President-elect" for v in found) == 17
    before = ledger_of(database)
    outcome = files.import_rows(ledger, travels, given, ImportOptions("clerk"))
    assert outcome.counts == {"unchanged": 3_979, "refused": 5}
    assert ledger_of(database) == before


def test_the_mapping_of_the_travels(database: Database, tmp_path: Path) -> None:
    head = "event_id,visit_type,name,country,locale,remarks,date_start,date_end\n"
    content = head + (
        "0,president,Ada Byron,France,Paris,To open it.,1918-12-14,1918-12-25\n"
        "0,president,Ada Byron,France,Chaumont,To open it.,1918-12-14,1918-12-25\n"
        "1,secretary,Ada Byron,Vatican City,,Met President-elect X.,1920-01-01,1920-01-01\n"
        "2,president,Ada Byron,U.S.S.R.,Moscow,[Visit made as President-elect.],1930-01-01,"
        "1930-01-01\n"
        "3,secretary,Ada Byron,Atlantis,Here,,1930-01-02,1930-01-02\n"
        "4,secretary,Ada Byron,Antarctica,South Pole,,2016-11-10,2016-11-11\n"
        "5,secretary,Ada Byron,U.S.S.R.,Moscow,,1930-01-01,1930-01-01\n"
    )
    found = mapped(database, tmp_path, MAPPING.read_text("utf-8"), content)
    assert " ".join(v for v, _, _ in found) == "created created created refused created created"
    assert "“Atlantis” is not a known country" in found[3][2]
    writer = RecordWriter(Ledger(database, NOUNS))
    visit = writer.now("meeting", "1918-12-14-ada-byron-fra-0") or {}
    assert visit["place"]["name"] == "Paris; Chaumont"
    assert visit["date"]["edtf"] == "1918-12-14/1918-12-25"
    assert visit["parties"] == ["FRA", "USA"]
    offices = {v["id"][-1]: v["participants"][0]["office"] for v in visits(database)}
    secretary = dict.fromkeys("145", "Secretary of State")
    assert offices == {"0": "President", "2": "President-elect"} | secretary
    assert (writer.now("party", "SUN") or {})["name"] == "Soviet Union"
    assert (writer.now("meeting", "2016-11-10-ada-byron-ata-4") or {})["parties"] == ["USA"]
    assert mapping.load_mapping(MAPPING, NOUNS).vouches_distinct


def test_what_is_made_along_leaves_alone_what_is_there(database: Database, tmp_path: Path) -> None:
    writer = RecordWriter(Ledger(database, NOUNS))
    writer.write(party("USA", name="The United States of America", kind="state", note="ours"))
    head = "event_id,visit_type,name,country,locale,remarks,date_start,date_end\n"
    row = "0,president,Ada Byron,France,Paris,,1918-12-14,1918-12-25\n"
    mapped(database, tmp_path, MAPPING.read_text("utf-8"), head + row)
    assert (writer.now("party", "USA") or {})["note"] == "ours"
    with database.read_transaction() as connection:
        assert (
            find_record(Snapshot(connection, NOUNS), RecordRef("person", "ada-byron")) is not None
        )
