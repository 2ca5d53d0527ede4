"""Who may write: every operation asks for a good key, before it looks at anything else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from app.kit.http.api_keys import hash_key
from tests.writes.api import ADMIN, EXPIRED, REVOKED, WRITER, Api, operations, unread
from tests.writes.base_records import PLURALS, UNCITED, changed

# What a request may carry in place of a good key; None: nothing at all.
BAD: dict[str, str | None] = {
    "none": None,
    "empty": "",
    "blank": "   ",
    "the scheme alone": "Bearer",
    "the scheme and blanks": "Bearer    ",
    "the key alone": ADMIN,
    "another scheme": f"Basic {ADMIN}",
    "a scheme of our own": f"Key {ADMIN}",
    "no blank": f"Bearer{ADMIN}",
    "unknown": "Bearer parley_nobody-has-this",
    "not of our making": "Bearer x",
    "what is kept": f"Bearer {hash_key(ADMIN)}",
    "in capitals": f"Bearer {ADMIN.upper()}",
    "cut": f"Bearer {ADMIN[:-1]}",
    "with more": f"Bearer {ADMIN} x",
    "twice": f"Bearer {ADMIN},{ADMIN}",
    "quoted": f'Bearer "{ADMIN}"',
    "not ASCII": "Bearer ключ".encode().decode("latin-1"),
    "long": "Bearer " + "x" * 10_000,
    "with SQL": "Bearer ' OR 1=1 --",
    "expired": f"Bearer {EXPIRED}",
    "revoked": f"Bearer {REVOKED}",
}
GARBAGE = b'\xff\xfe{"id": NaN, "id": "\x00'


def path_of(route: str) -> str:
    """A route's path with the identifier of a record that is there."""
    plural = route.split("/")[2]
    return re.sub(r"{\w+}", UNCITED[plural][0] if plural in UNCITED else "x", route)


def test_every_noun_has_its_six_writing_operations(api: Api) -> None:
    expected = {("POST", f"/v1/{plural}") for plural in PLURALS}
    for plural in PLURALS:
        one = f"/v1/{plural}/{{id}}"
        expected |= {(method, one) for method in ("PUT", "PATCH", "DELETE")}
        expected |= {("POST", f"{one}/restore"), ("POST", f"{one}/merge")}
    found = set(operations(api.app))
    assert expected <= found
    # Whatever else writes must be known here.
    assert {path for _, path in found - expected} <= {"/v1/imports"}


@pytest.mark.parametrize("case", BAD)
def test_without_a_good_key_every_operation_is_refused_unread(
    api_on_sqlite: Api, case: str
) -> None:
    given = BAD[case]
    headers = {} if given is None else {"authorization": given}
    before = api_on_sqlite.revision()
    wanted = [(method, path_of(route)) for method, route in operations(api_on_sqlite.app)]
    assert unread(api_on_sqlite.app, wanted, headers) == [401] * len(wanted)
    assert api_on_sqlite.revision() == before


def _making(scope: str) -> str:
    command = f"parley keys create --scope {scope} --name NAME"
    return f"To create a key, run `{command}` against the server's database."


def refused(api: Api, method: str, route: str, body: bytes, given: str) -> None:
    path = path_of(route).removeprefix("/v1/")
    reply = api.send(method, f"{path}?nonsense=1", raw=body, authorization=given)
    assert reply.summary() == (401, "unauthorised"), (method, route)
    assert reply.headers["www-authenticate"] == 'Bearer realm="parley"'
    scope = "admin" if route.endswith(("/merge", "/imports")) else "write"
    assert reply.body["detail"].endswith(_making(scope))
    assert reply.fields == ["Authorization"]
    assert given.removeprefix("Bearer ").encode() not in reply.content


def test_a_refusal_says_what_to_do_and_never_what_is_wrong_with_the_body(api: Api) -> None:
    for method, route in operations(api.app):
        refused(api, method, route, GARBAGE, f"Bearer {EXPIRED}")
        if "/issues" in route:
            refused(api, method, route, GARBAGE * 150_000, "Bearer wrong")


def test_merging_takes_an_admin(api: Api) -> None:
    wanted = [(m, path_of(route)) for m, route in operations(api.app) if route.endswith("/merge")]
    assert len(wanted) == len(PLURALS)
    headers = {"authorization": f"Bearer {WRITER}"}
    assert unread(api.app, wanted, headers) == [403] * len(wanted)
    for method, path in wanted:
        reply = api.send(method, path.removeprefix("/v1/"), raw=GARBAGE, key=WRITER)
        assert reply.summary() == (403, "scope-too-small")
        assert f"this request requires `admin`. {_making('admin')}" in reply.body["detail"]


@pytest.mark.parametrize("plural", PLURALS)
def test_a_writer_may_do_everything_else(api: Api, plural: str) -> None:
    path = f"{plural}/{UNCITED[plural][0]}"
    api.patch(path, changed(plural), key=WRITER).ok()
    api.delete(path, key=WRITER).ok(204)
    api.restore(path, key=WRITER).ok()


def test_bearer_is_written_in_any_case(api: Api) -> None:
    for scheme in ("bearer", "BEARER"):
        assert api.patch("issues/fishing", {}, authorization=f"{scheme} {ADMIN}").status == 200


def test_reading_needs_no_key_and_looks_at_none(api: Api) -> None:
    for given in BAD.values():
        headers = {} if given is None else {"authorization": given}
        assert api.get("issues/fishing", **headers).status == 200


def test_who_wrote_stands_in_history_and_among_the_changes(api: Api) -> None:
    api.patch("issues/fishing", {"note": "One."}, key=WRITER).ok()
    api.patch("issues/fishing?reason=Said+so", {"note": "Two."}, key=ADMIN).ok()
    items = api.one("issues/fishing/history")["items"]
    assert [(i["author"], i["reason"]) for i in items] == [
        ("admin", "Said so"),
        ("writer", None),
        ("basis", None),
    ]


def test_the_last_use_of_a_key_is_kept(api: Api) -> None:
    assert api.sql("SELECT last_used_at FROM api_key WHERE name = 'writer'") == [(None,)]
    api.patch("issues/fishing", {"note": "One."}, key=WRITER).ok()
    [[used]] = api.sql("SELECT last_used_at FROM api_key WHERE name = 'writer'")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", used)
    assert api.sql("SELECT last_used_at FROM api_key WHERE name = 'admin'") == [(None,)]
    # What came to nothing was a use too.
    for attempt in (
        lambda: api.patch("issues/fishing?dry_run=true", {"note": "Two."}).ok(),
        lambda: api.patch("issues/fishing", {"note": "Two."}, tag='"1"').summary(),
    ):
        api.sql("UPDATE api_key SET last_used_at = NULL WHERE name = 'admin'")
        attempt()
        assert api.sql("SELECT last_used_at FROM api_key WHERE name = 'admin'") != [(None,)]


def test_who_guesses_keys_is_slowed_down(apis: Callable[..., Api]) -> None:
    api = apis(key_failures_per_minute=5)
    guesses = [api.post("issues", {"name": "x"}, key="wrong") for _ in range(8)]
    assert [g.status for g in guesses] == [401] * 5 + [429] * 3
    assert guesses[-1].problem_type == "too-many-failures"
    assert 1 <= int(guesses[-1].headers["retry-after"]) <= 60
    assert api.get("issues/fishing").status == 200  # reading goes on


def test_every_operation_counts_its_failures_together(apis: Callable[..., Api]) -> None:
    api = apis(key_failures_per_minute=5)
    wanted = [(method, path_of(r)) for method, r in operations(api.app)]
    found = unread(api.app, wanted, {"authorization": "Bearer wrong"})
    assert found == [401] * 5 + [429] * (len(found) - 5)


def test_only_guesses_count_and_they_hinder_nobody_else(apis: Callable[..., Api]) -> None:
    api = apis(key_failures_per_minute=3)
    for key in (EXPIRED, REVOKED, EXPIRED, REVOKED):
        assert api.post("issues", {"name": "x"}, key=key).status == 401
    wanted = [(method, path_of(r)) for method, r in operations(api.app)]
    for headers in ({}, {"authorization": "Basic eDp5"}, {"authorization": "Bearer"}):
        assert unread(api.app, wanted, headers) == [401] * len(wanted)
    guesses = [api.post("issues", {"name": "x"}, key="wrong") for _ in range(5)]
    assert [g.status for g in guesses] == [401] * 3 + [429] * 2
    # From the same address.
    api.patch("issues/fishing", {"note": "One."}, key=WRITER).ok()
    assert api.merge("issues/fishing", "m4-highway", key=WRITER).status == 403


def test_good_requests_and_too_small_scopes_are_no_failures(apis: Callable[..., Api]) -> None:
    api = apis(key_failures_per_minute=2)
    for _ in range(5):
        assert api.merge("issues/fishing", "m4-highway", key=WRITER).status == 403
        assert api.patch("issues/fishing", {}).status == 200
        assert api.patch("issues/fishing", {"no": 1}).status == 422
