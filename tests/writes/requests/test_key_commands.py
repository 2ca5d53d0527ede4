"""`parley keys`: made once, shown once, kept nowhere, good until they are revoked."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.cli import main
from app.kit.http.api_keys import hash_key
from tests.conftest import database_url
from tests.writes.api import ADMIN, Api

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(api: Api, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs `parley keys …` on the test's database."""

    def run(*given: str) -> tuple[int, str, str]:
        code = main(["keys", "--database-url", database_url(api.database), *given])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_the_last_line_is_the_key_alone_and_the_key_is_good(cli: Cli, api: Api) -> None:
    code, out, err = cli("create", "--scope", "write", "--name", "Desk of Ankara")
    key = out.splitlines()[-1]
    assert (code, err) == (0, "")
    assert re.fullmatch(r"parley_[\w-]{43}", key)
    assert out.endswith(f"\n{key}\n")
    assert out.count(key) == 1
    api.patch("issues/fishing", {"note": "x"}, key=key).ok()
    assert api.one("issues/fishing/history")["items"][0]["author"] == "Desk of Ankara"
    assert api.merge("issues/fishing", "m4-highway", key=key).status == 403


def test_a_process_of_its_own_prints_the_key_last(api: Api) -> None:
    if not api.database.is_sqlite:
        pytest.skip("one process is enough")
    command = [
        sys.executable,
        "-m",
        "app.cli",
        "keys",
        "--database-url",
        database_url(api.database),
    ]
    command += ["create", "--name", "shell", "--scope", "admin"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert api.merge("issues/fishing", "m4-highway", key=done.stdout.split("\n")[-2]).status == 200


def test_whose_key_it_is_is_told_by_a_path_that_holds_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path, fresh = tmp_path / "data" / "parley.sqlite3", "so an empty one was created"
    for name, is_new in (("first", True), ("second", False)):
        given = ["--database-url", "sqlite:///data/parley.sqlite3", "create", "--name", name]
        assert main(["keys", *given]) == 0
        told = capsys.readouterr()
        assert told.out.startswith(f"An API key for {path}, with the scope write.\n")
        assert re.fullmatch(r"parley_[\w-]{43}", told.out.splitlines()[-1])
        assert (f"There was no database at {path}, {fresh}." in told.err) == is_new
        assert bool(told.err) == is_new


def test_keys_are_never_alike(cli: Cli) -> None:
    made = {cli("create", "--name", f"k{i}")[1].splitlines()[-1] for i in range(5)}
    assert len(made) == 5


def test_a_revoked_key_is_good_for_nothing_at_once(cli: Cli, api: Api) -> None:
    key = cli("create", "--name", "short-lived")[1].splitlines()[-1]
    assert api.patch("issues/fishing", {}, key=key).status == 200
    assert cli("revoke", "--name", "short-lived")[0] == 0
    refused = api.patch("issues/fishing", {}, key=key)
    assert refused.summary() == (401, "unauthorised")
    assert "revoked" in refused.body["detail"]


def test_revoking_twice_or_what_never_was_fails_and_says_so(cli: Cli) -> None:
    cli("create", "--name", "once")
    assert cli("revoke", "--name", "once")[0] == 0
    for name in ("once", "never"):
        code, out, err = cli("revoke", "--name", name)
        assert code != 0
        assert out == ""
        assert name in err


def test_a_key_expires_after_its_days(cli: Cli, api: Api) -> None:
    key = cli("create", "--name", "guest", "--days", "1")[1].splitlines()[-1]
    assert api.patch("issues/fishing", {}, key=key).status == 200
    [[until]] = api.sql("SELECT expires_at FROM api_key WHERE name = 'guest'")
    left = datetime.fromisoformat(until) - datetime.now(UTC)
    assert timedelta(hours=23, minutes=50) < left <= timedelta(days=1)
    just = (datetime.now(UTC) - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    api.sql("UPDATE api_key SET expires_at = :just WHERE name = 'guest'", just=just)
    refused = api.patch("issues/fishing", {}, key=key)
    assert refused.summary() == (401, "unauthorised")
    assert "expired" in refused.body["detail"]


def test_a_name_is_taken_for_good(cli: Cli) -> None:
    cli("create", "--name", "one")
    cli("revoke", "--name", "one")
    code, out, err = cli("create", "--name", "one")
    assert code == 2
    assert "parley_" not in out
    assert "one" in err


@pytest.mark.parametrize(
    "given",
    [
        (),
        ("create",),
        ("create", "--name"),
        ("create", "--name", "x", "--scope", "root"),
        ("create", "--name", "x", "--days", "0"),
        ("create", "--name", "x", "--days", "soon"),
        ("revoke",),
        ("remove", "--name", "x"),
    ],
    ids=" ".join,
)
def test_wrong_calls_make_no_key(cli: Cli, api: Api, given: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as left:
        cli(*given)
    assert left.value.code == 2
    assert api.sql("SELECT count(*) FROM api_key") == [(4,)]


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "two\nlines", "a\ttab", "\x1b[31mred"])
def test_a_name_that_cannot_stand_in_history_is_refused(cli: Cli, api: Api, name: str) -> None:
    code, out, err = cli("create", "--name", name)
    assert code == 2
    assert err.startswith("parley: ")
    assert "parley_" not in out
    assert api.sql("SELECT count(*) FROM api_key") == [(4,)]


def test_the_list_shows_every_key_and_no_secret(cli: Cli, api: Api) -> None:
    key = cli("create", "--name", "listed", "--days", "3")[1].splitlines()[-1]
    api.patch("issues/fishing", {}, key=key)
    cli("revoke", "--name", "listed")
    code, out, _ = cli("list")
    assert code == 0
    assert [line.split("\t")[0] for line in out.splitlines()] == [
        *sorted(["admin", "expired", "revoked", "writer"]),
        "listed",
    ]
    assert "revoked" in out.splitlines()[-1]
    for secret in (key, hash_key(key), ADMIN, hash_key(ADMIN)):
        assert secret not in out


def everything(api: Api) -> bytes:
    """All that the database holds, as bytes."""
    if api.database.is_sqlite:
        path = Path(api.database.url.database or "")
        return b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*"))
    found = []
    for (name,) in api.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        rows = api.sql(f'SELECT * FROM "{name}"')
        found += [
            bytes(v) if isinstance(v, memoryview) else str(v).encode() for r in rows for v in r
        ]
    return b"\n".join(found)


def test_a_key_is_nowhere_in_the_database(cli: Cli, api: Api) -> None:
    key = cli("create", "--name", "secret")[1].splitlines()[-1]
    api.post("issues", {"name": "Tides"}, key=key, idempotency_key="k").ok(201)
    api.post("issues", {"nome": "Tides"}, key=key).ok(422)
    kept = everything(api)
    assert hash_key(key).encode() in kept
    assert key.encode() not in kept
    assert key.removeprefix("parley_").encode() not in kept


_BREAKING = """
import sys
from starlette.testclient import TestClient
from app.main import create_app
from app.api import writes
from app.settings import Settings

def broken(*given):
    raise RuntimeError("broken on purpose")

writes._stored_response = broken
app = create_app(Settings(database_url=sys.argv[1], seed=False))
with TestClient(app) as client:
    headers = {"authorization": "Bearer " + sys.argv[2], "if-match": "*"}
    for body in ({"no": 1}, {"note": "x"}):
        print(client.patch("/v1/issues/fishing", json=body, headers=headers).status_code)
"""


def test_a_key_is_nowhere_in_the_logs(api_on_sqlite: Api) -> None:
    """Least of all when something breaks, and a traceback is logged."""
    command = [sys.executable, "-c", _BREAKING, database_url(api_on_sqlite.database), ADMIN]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    logged = done.stdout + done.stderr
    assert "422" in logged
    assert "500" in logged
    assert "broken on purpose" in logged
    assert ADMIN not in logged
