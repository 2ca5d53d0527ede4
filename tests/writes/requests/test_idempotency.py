"""Idempotency-Key: the same request sent twice is done once, and answered alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from tests.cases import check_every_case
from tests.writes.api import ADMIN, WRITER, Api, Reply
from tests.writes.base_records import NEW, PLURALS, UNCITED, changed


def replayed(reply: Reply) -> bool:
    return reply.headers.get("idempotency-replayed") == "true"


@pytest.mark.parametrize("plural", PLURALS)
def test_a_creation_is_replayed(api: Api, plural: str) -> None:
    first = api.post(plural, NEW[plural], idempotency_key="k1")
    after = api.revision()
    again = api.post(plural, NEW[plural], idempotency_key="k1")
    assert (first.status, again.status) == (201, 201)
    assert (replayed(first), replayed(again)) == (False, True)
    assert again.content == first.content
    for name in ("location", "etag", "content-type"):
        assert again.headers[name] == first.headers[name]
    assert api.revision() == after


def test_every_change_is_replayed_before_its_tag_is_judged(api: Api) -> None:
    def holds(plural: str) -> None:
        path = f"{plural}/{UNCITED[plural][0]}"
        whole = api.one(path) | changed(plural, "Put.")

        def thrice(method: str, where: str, body: object) -> None:
            tag = api.get(path).headers.get("etag")
            first = api.send(method, where, body, tag=tag, idempotency_key="k")
            assert first.status in (200, 204)
            after = api.revision()
            for _ in range(2):  # by now the tag is stale
                again = api.send(method, where, body, tag=tag, idempotency_key="k")
                assert replayed(again)
                assert (again.status, again.content) == (first.status, first.content)
            assert api.revision() == after

        thrice("PUT", path, whole)
        thrice("PATCH", path, changed(plural, "Patched."))
        thrice("DELETE", path, None)
        thrice("POST", f"{path}/restore", None)
        thrice("POST", f"{path}/merge", {"into": UNCITED[plural][1]})

    check_every_case(product(PLURALS), holds)
    assert api.faults() == []


def test_a_key_stands_for_one_body(api: Api) -> None:
    api.post("issues", {"name": "Tides"}, idempotency_key="k").ok(201)
    before = api.revision()
    for raw in (b'{"name": "Waves"}', b'{"name":"Tides"}', b'{"name": "Tides", "note": null}'):
        reply = api.post("issues", raw=raw, idempotency_key="k")
        assert reply.summary() == (422, "idempotency-key-reused")
        assert reply.fields == ["Idempotency-Key"]
    query = api.post("issues?duplicate=allow", {"name": "Tides"}, idempotency_key="k")
    assert query.summary() == (422, "idempotency-key-reused")
    assert api.revision() == before


def test_it_is_a_key_per_key_method_and_path(api: Api) -> None:
    for number, (method, path, key) in enumerate([
        ("POST", "issues", ADMIN), ("POST", "issues", WRITER), ("POST", "people", ADMIN),
        ("PUT", "issues/fishing", ADMIN), ("PATCH", "issues/fishing", ADMIN),
        ("PATCH", "issues/m4-highway", ADMIN),
    ]):  # fmt: skip
        reply = api.send(
            method, path, {"name": f"Name of {number}"}, tag="*", key=key, idempotency_key="same"
        )
        assert reply.status in (200, 201)
        assert not replayed(reply)


def test_only_successes_are_remembered(api: Api) -> None:
    failing: list[tuple[str, str, object, str | None]] = [
        ("POST", "issues", {"nome": "x"}, None),
        ("POST", "issues", {"name": "Fishing quotas"}, None),
        ("PATCH", "issues/fishing", {"note": "x"}, None),
        ("PATCH", "issues/fishing", {"note": "x"}, '"1"'),
        ("DELETE", "issues/withdrawal", None, "*"),
        ("POST", "issues/none/restore", None, None),
    ]
    for method, path, body, tag in failing:
        for _ in range(2):
            reply = api.send(method, path, body, tag=tag, idempotency_key="k")
            assert reply.status >= 400
            assert not replayed(reply)
    assert api.sql("SELECT count(*) FROM idempotent_response") == [(0,)]
    # What failed may be sent again, mended, under the same key.
    assert api.post("issues", {"name": "x"}, idempotency_key="k").status == 201
    assert api.patch("issues/fishing", {"note": "x"}, idempotency_key="k").status == 200


def test_minimal_answers_are_replayed_as_they_were(api: Api) -> None:
    first = api.post("issues", {"name": "x"}, idempotency_key="k", prefer="return=minimal")
    again = api.post("issues", {"name": "x"}, idempotency_key="k")
    assert (again.status, again.content) == (first.status, b"") == (201, b"")


def move(api: Api, by: timedelta) -> None:
    """Make everything remembered older."""
    [[until]] = api.sql("SELECT expires_at FROM idempotent_response")
    left = datetime.fromisoformat(until) - datetime.now(UTC)
    assert timedelta(hours=23, minutes=50) < left <= timedelta(hours=24)
    moved = (datetime.fromisoformat(until) - by).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    api.sql("UPDATE idempotent_response SET expires_at = :moved", moved=moved)


@pytest.mark.parametrize(("hours", "again"), [(23.8, True), (24.2, False), (2000, False)])
def test_a_success_is_remembered_for_a_day(api: Api, hours: float, again: bool) -> None:
    api.patch("issues/fishing", {"note": "x"}, idempotency_key="k").ok()
    move(api, timedelta(hours=hours))
    reply = api.patch("issues/fishing", {"note": "x"}, idempotency_key="k")
    assert reply.status == 200
    assert replayed(reply) is again
    # The old one is swept away.
    assert len(api.sql("SELECT key_hash FROM idempotent_response")) == 1


def test_a_revoked_key_replays_nothing(api: Api) -> None:
    api.post("issues", {"name": "x"}, key=WRITER, idempotency_key="k").ok(201)
    api.sql("UPDATE api_key SET revoked_at = '2024' WHERE name = 'writer'")
    assert api.post("issues", {"name": "x"}, key=WRITER, idempotency_key="k").status == 401


@pytest.mark.parametrize("key", ["", "   ", "x" * 201])
def test_keys_that_cannot_be(api_on_sqlite: Api, key: str) -> None:
    reply = api_on_sqlite.post("issues", {"name": "x"}, idempotency_key=key)
    assert reply.summary() == (400, "bad-header")
    assert reply.fields == ["Idempotency-Key"]


@pytest.mark.parametrize("key", ["x" * 200, "0", "ключ", '"quoted"', "a b"])
def test_keys_that_can(api: Api, key: str) -> None:
    for number in range(2):
        reply = api.post("issues", {"name": "x"}, idempotency_key=key)
        assert (reply.status, replayed(reply)) == (201, number == 1)


def test_concurrent_twins_make_one_record(api: Api) -> None:
    before = api.revision()

    def send(_number: int) -> Reply:
        return api.post("issues", {"name": "Tides"}, idempotency_key="once")

    with ThreadPoolExecutor(12) as pool:
        replies = list(pool.map(send, range(24)))
    assert {r.status for r in replies} == {201}
    assert len({r.content for r in replies}) == 1
    assert [replayed(r) for r in replies].count(False) == 1
    assert api.revision() == before + 1


def test_concurrent_writers_of_one_record_lose_nothing(api: Api) -> None:
    before = api.revision()

    def add(number: int) -> int:
        tries = 0
        while True:
            tries += 1
            got = api.get("issues/fishing")
            note = f"{got.body['note'] or ''}{number},"
            reply = api.patch("issues/fishing", {"note": note}, tag=got.tag)
            if reply.status == 200:
                return tries
            assert reply.summary() == (412, "stale")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(add, range(18)))
    numbers = api.one("issues/fishing")["note"].strip(",").split(",")
    assert sorted(map(int, numbers)) == list(range(18))
    assert api.revision() == before + 18
    assert api.faults() == []


NAMES = ("Grain", "Pipelines", "Water rights")
ROWS = [{"noun": "issue", "id": f"row-{n}", "name": name} for n, name in enumerate(NAMES)]


@pytest.mark.parametrize("query", ["", "?atomic=false"])
def test_an_import_is_replayed(api: Api, query: str) -> None:
    first = api.post(f"imports{query}", ROWS, idempotency_key="k")
    after = api.revision()
    api.delete("issues/row-1").ok(204)
    again = api.post(f"imports{query}", ROWS, idempotency_key="k")
    assert (first.status, again.status) == (200, 200)
    assert (replayed(first), replayed(again)) == (False, True)
    assert first.body["created"] == 3
    assert again.content == first.content
    assert api.revision() == after + 1
    assert api.post(f"imports{query}", ROWS[:2], idempotency_key="k").summary() == (
        422,
        "idempotency-key-reused",
    )
    assert api.post(f"imports{query}", ROWS, idempotency_key=" ").summary() == (400, "bad-header")
    assert api.faults() == []


def test_an_import_that_fails_or_tries_is_not_remembered(api: Api) -> None:
    bad = [*ROWS, {"noun": "issue", "id": "bad"}]
    before = api.revision()
    for rows, query in ((bad, ""), (ROWS, "?dry_run=true")):
        for _ in range(2):
            reply = api.post(f"imports{query}", rows, idempotency_key="k")
            assert not replayed(reply)
    assert api.revision() == before
    assert api.post("imports?atomic=false", bad, idempotency_key="k").body["created"] == 3
    assert replayed(api.post("imports?atomic=false", bad, idempotency_key="k"))


def test_concurrent_twins_of_an_import_write_once(api: Api) -> None:
    with ThreadPoolExecutor(6) as pool:
        sent = [pool.submit(api.post, "imports", ROWS, idempotency_key="k") for _ in range(6)]
        replies = [one.result() for one in sent]
    assert {reply.content for reply in replies} == {replies[0].content}
    assert sorted(map(replayed, replies)) == [False] + [True] * 5
    assert replies[0].body["created"] == 3
