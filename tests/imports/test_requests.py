"""Imports over HTTP: forms, answers, and what is refused at the door."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from app.kit.http import api_keys
from app.kit.sql.database import Database
from tests.imports.import_rows import (
    filled,
    issue,
    lines,
)


@pytest.fixture
def basis(database: Database) -> Database:
    return filled(database)


@pytest.fixture
def admin(basis: Database, client: TestClient) -> TestClient:
    with basis.write_transaction() as connection:
        key = api_keys.create_key(connection, "clerk", "admin", datetime.now(UTC))
    client.headers["authorization"] = f"Bearer {key}"
    return client


def post(client: TestClient, content: Any, kind: str = "application/json", query: str = "") -> Any:
    body = content if isinstance(content, bytes | str) else orjson.dumps(content)
    return client.post(f"/v1/imports{query}", content=body, headers={"content-type": kind})


NDJSON, CSV = "application/x-ndjson", "text/csv"
FORMS: dict[str, tuple[str, Any, str]] = {
    "list": ("application/json", [issue("one"), issue("two")], ""),
    "by noun": ("application/json", {"issues": [{"id": i, "name": i} for i in ("one", "two")]}, ""),
    "noun": ("application/json", [{"id": i, "name": i} for i in ("one", "two")], "?noun=issue"),
    "lines": (NDJSON, b"\n".join(lines([issue("one"), issue("two")])), ""),
    "blank lines": (NDJSON, b"\n\n".join(lines([issue("one"), issue("two")])) + b"\n\n", ""),
    "csv": (CSV, "id,name\none,one\ntwo,two\n", "?noun=issue"),
    "csv of excel": (CSV, b"\xef\xbb\xbfid,name\r\none,one\r\ntwo,two\r\n", "?noun=issue"),
    "csv with nouns": (CSV, "noun,id,name\nissue,one,one\nissues,two,two\n", ""),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_forms(admin: TestClient, form: str) -> None:
    kind, content, query = FORMS[form]
    answer = post(admin, content, kind, query)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    counts = {"total": 2, "created": 2, "unchanged": 0, "changed": 0, "duplicate": 0, "refused": 0}
    assert {name: found[name] for name in counts} == counts
    assert (found["dry_run"], found["written"]) == (False, True)
    assert found["revision"] == admin.get("/v1").json()["revision"]
    assert found["rows"][1] == {"row": 2, "verdict": "created", "noun": "issue", "id": "two"}
    assert post(admin, content, kind, query).json()["unchanged"] == 2
    assert admin.get("/v1").json()["latest_change"]["author"] == "clerk"


def test_a_csv_with_everything(admin: TestClient) -> None:
    head = ("id,title,status,kind,date,place.name,place.country,place.latitude,sources,"
            "participants.0.party,participants.0.role,participants.1.party,outcomes\n")  # fmt: skip
    row = (
        'one,"Talks, again",held,visit,2024-05-02/2024-05-04,'
        "Geneva,CHE,46.2,paper|other,TUR,host,SYR,"
    )
    outcome = '"[{""assessment"": ""progress""}]"\n'
    content = "id,title\nother,Another paper\n"
    assert post(admin, content, CSV, "?noun=source").status_code == 200
    answer = post(admin, head + row + outcome, CSV, "?noun=meeting&reason=from+a+sheet")
    assert answer.status_code == 200, answer.text
    found = admin.get("/v1/meetings/one").json()
    assert found["sources"] == ["paper", "other"]
    assert found["place"]["latitude"] == 46.2
    assert [(p["party"], p["role"]) for p in found["participants"]] == [
        ("TUR", "host"),
        ("SYR", "participant"),
    ]
    assert found["outcomes"][0]["assessment"] == "progress"
    assert admin.get("/v1/meetings/one/history").json()["items"][0]["reason"] == "from a sheet"


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ("one,two,three", "row"),
        ("one", "row"),
        ("one,\x00", "row"),
        ("one,", "name"),
    ],
)
def test_a_bad_line_of_csv_is_one_row(admin: TestClient, cells: str, field: str) -> None:
    content = f"id,name\na,a\n{cells}\nb,b\n"
    found = post(admin, content, CSV, "?noun=issue&atomic=false").json()
    assert [row["verdict"] for row in found["rows"]] == ["created", "refused", "created"]
    assert found["rows"][1]["errors"][0]["field"] == field


def test_all_or_nothing_over_http(admin: TestClient) -> None:
    rows = [issue("one"), issue("two", broader="nothing")]
    answer = post(admin, rows)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert (found["created"], found["refused"], found["total"]) == (1, 1, 2)
    assert [row["verdict"] for row in found["rows"]] == ["created", "refused"]
    assert (found["dry_run"], found["written"]) == (False, False)
    assert admin.get("/v1/issues/one").status_code == 404
    dry = post(admin, rows, query="?dry_run=true")
    assert (dry.status_code, dry.json()["rows"]) == (200, found["rows"])
    assert dry.json()["written"] is False
    loose = post(admin, rows, query="?atomic=false")
    assert (loose.status_code, loose.json()["created"]) == (200, 1)
    assert loose.json()["written"] is True
    assert admin.get("/v1/issues/one").status_code == 200


WRONG: dict[str, tuple[str, Any, str, int, str]] = {
    "unknown parameter": ("application/json", [], "?atomik=false", 400, "atomik"),
    "twice": ("application/json", [], "?atomic=true&atomic=true", 400, "atomic"),
    "bad value": ("application/json", [], "?atomic=1", 400, "atomic"),
    "bad noun": ("application/json", [], "?noun=meetin", 400, "noun"),
    "empty reason": ("application/json", [], "?reason=+", 400, "reason"),
    "bad type": ("text/plain", b"x", "", 415, "Content-Type"),
    "no type": ("", b"x", "", 415, "Content-Type"),
    "no json": ("application/json", b"{", "", 400, "body"),
    "no list": ("application/json", b"1", "", 422, "body"),
    "singular": ("application/json", b'{"issue":[]}', "", 422, "“issue”"),
    "not a list": ("application/json", b'{"issues":{}}', "", 422, "issues"),
    "empty csv": (CSV, b"", "", 400, "body"),
    "no utf-8": (CSV, b"id\n\xff\n", "", 400, "body"),
    "a column twice": (CSV, b"id,id\n1,2\n", "", 400, "body"),
    "too large": ("application/json", b" " * (32 * 1024 * 1024 + 1), "", 413, "body"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_requests(admin: TestClient, case: str) -> None:
    kind, content, query, status, field = WRONG[case]
    answer = post(admin, content, kind, query)
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"][0]["field"] == field


def test_a_media_type_that_is_none_of_an_import_is_told_those_that_are(admin: TestClient) -> None:
    answer = post(admin, b"x", "text/plain").json()
    assert answer["detail"] == (
        "The body must be application/x-ndjson or application/json or text/csv."
    )


@pytest.mark.parametrize(("scope", "status"), [(None, 401), ("write", 403)])
def test_the_key_is_looked_at_first(
    basis: Database, client: TestClient, scope: str | None, status: int
) -> None:
    if scope is not None:
        with basis.write_transaction() as connection:
            key = api_keys.create_key(connection, "small", scope, datetime.now(UTC))
        client.headers["authorization"] = f"Bearer {key}"
    assert post(client, b"{", "text/plain", "?what").status_code == status
    assert client.get("/v1/imports").status_code == 405
