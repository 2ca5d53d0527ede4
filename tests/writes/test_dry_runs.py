"""`dry_run=true`: the answer that there would be, or the real error, and nothing of it kept."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from app.kit.schema.shapes import Document
from tests.cases import check_every_case
from tests.writes.api import Api, Reply
from tests.writes.base_records import DERIVED, NEW, PLURALS, UNCITED, a_meeting, changed

Try = Callable[[Api, str, str], Reply]

# Each way to write, as a function of the noun and of what follows the path.
TRIES: dict[str, Try] = {
    "create": lambda api, plural, query: api.post(f"{plural}{query}", NEW[plural]),
    "put new": lambda api, plural, query: api.put(f"{plural}/new-one{query}", NEW[plural]),
    "put": lambda api, plural, query: api.put(
        f"{plural}/{UNCITED[plural][0]}{query}",
        api.one(f"{plural}/{UNCITED[plural][0]}") | changed(plural),
        tag="*",
    ),
    "patch": lambda api, plural, query: api.patch(
        f"{plural}/{UNCITED[plural][0]}{query}", changed(plural)
    ),
    "merge": lambda api, plural, query: api.send(
        "POST", f"{plural}/{UNCITED[plural][0]}/merge{query}", {"into": UNCITED[plural][1]}, tag="*"
    ),
    "restore": lambda api, plural, query: api.send(
        "POST", f"{plural}/{UNCITED[plural][1]}/restore{query}"
    ),
}


def lasting(document: Document) -> Document:
    """Without the moment of recording."""
    found = {k: v for k, v in document.items() if k != "recorded_at"}
    for records in found.get("included", {}).values():
        for record in records.values():
            if record is not None:
                record.pop("recorded_at")
    return found


@pytest.mark.parametrize("way", TRIES)
def test_it_answers_as_the_write_itself_would_and_writes_nothing(api: Api, way: str) -> None:
    def holds(plural: str) -> None:
        if way == "restore":
            api.delete(f"{plural}/{UNCITED[plural][1]}").ok(204)
        before = api.revision()
        tried = TRIES[way](api, plural, "?dry_run=true")
        assert api.revision() == before
        done = TRIES[way](api, plural, "?dry_run=false")
        assert tried.status == 200
        assert done.status == (201 if way in ("create", "put new") else 200)
        assert lasting(tried.body) == lasting(done.body)
        assert tried.headers["location"] == done.headers["location"]
        assert tried.tag == done.tag

    check_every_case(product(["meetings", "people", "sources", "positions"]), holds)
    assert api.faults() == []


@pytest.mark.parametrize("plural", PLURALS)
def test_a_deletion_that_is_tried_deletes_nothing(api: Api, plural: str) -> None:
    path, before = f"{plural}/{UNCITED[plural][0]}", api.revision()
    for prefer in ("", "return=minimal"):
        tried = api.delete(f"{path}?dry_run=true", prefer=prefer).ok()
        assert (tried["id"], tried["action"], tried["revision"]) == (
            UNCITED[plural][0],
            "deleted",
            before + 1,
        )
        assert tried["touched"] == [{k: tried[k] for k in ("noun", "id", "action", "revision")}]
    assert api.revision() == before
    assert api.get(path).status == 200


def test_a_deletion_that_is_tried_tells_what_goes_along(api: Api) -> None:
    before = api.revision()
    tried = api.delete("meetings/2022-12-28-moscow?dry_run=true").ok()
    assert [(t["noun"], t["id"], t["revision"]) for t in tried["touched"]] == [
        ("meeting", "2022-12-28-moscow", before + 1),
        ("position", "p-moscow", before + 2),
    ]
    merge = "people/hulusi-akar/merge?dry_run=true"
    body = {"into": "jane-roe"}
    tried = api.send("POST", merge, body, tag="*", prefer="return=minimal").ok()
    assert tried["included"]["people"] == {"hulusi-akar": None}
    assert list(tried["included"]["meetings"]) == ["2022-12-28-moscow"]
    assert api.revision() == before


def test_the_error_is_the_real_one(api: Api) -> None:
    for query in ("?dry_run=true", "?dry_run=false"):
        assert (
            api.post(f"issues{query}", {"name": "Fishing quotas"}).problem_type
            == "likely-duplicate"
        )
        assert api.post(f"issues{query}", {"id": "fishing", "name": "x"}).problem_type == "id-taken"
        assert api.post(f"issues{query}", {"name": "x", "broader": "no"}).problem_type == (
            "unknown-reference"
        )
        assert api.post(f"issues{query}", {"nome": "x"}).problem_type == "invalid-body"
        assert api.post(f"issues{query}", raw=b"{").problem_type == "malformed-json"
        assert api.patch(f"issues/fishing{query}", {}, tag=None).problem_type == "if-match-required"
        assert api.patch(f"issues/fishing{query}", {}, tag='"1"').problem_type == "stale"
        assert api.delete(f"issues/withdrawal{query}").problem_type == "in-use"
        assert api.delete(f"issues/none{query}").problem_type == "not-found"
        held = a_meeting(id="x", status="held", date="2999")
        assert api.post(f"meetings{query}", held).problem_type == "rule-broken"
        assert (
            api.patch(f"milestones/election{query}", {"date": "2024"}).problem_type == "empty-date"
        )


def test_it_remembers_nothing_and_replays_nothing(api: Api) -> None:
    for _ in range(2):
        tried = api.post("issues?dry_run=true", {"name": "Tides"}, idempotency_key="k")
        assert tried.ok()["id"] == "tides"
        assert "idempotency-replayed" not in tried.headers
    assert api.sql("SELECT count(*) FROM idempotent_response") == [(0,)]
    assert api.post("issues", {"name": "Tides"}, idempotency_key="k").status == 201
    tried = api.post("issues?dry_run=true", {"name": "Tides"}, idempotency_key="k")
    assert tried.problem_type == "likely-duplicate"


def test_it_is_shown_even_where_little_is_wanted(api: Api) -> None:
    tried = api.post("issues?dry_run=true", {"name": "Tides"}, prefer="return=minimal")
    assert tried.ok()["name"] == "Tides"
    assert "preference-applied" not in tried.headers
    assert api.get(f"issues/{DERIVED['issues']}").status == 404


def test_what_is_created_along_is_not_kept_either(api: Api) -> None:
    seat = {"party": "TUR", "person": {"name": "Someone New"}}
    body = a_meeting(id="x", participants=[seat], positions=[])
    tried = api.post("meetings?dry_run=true", body).ok()
    assert tried["included"]["people"]["someone-new"]["name"] == "Someone New"
    assert api.get("people/someone-new").status == 404


@pytest.mark.parametrize("value", ["", "1", "yes", "TRUE", "True", "maybe"])
def test_only_true_and_false_are_understood(api_on_sqlite: Api, value: str) -> None:
    """To write where someone meant to try would be the worst answer."""
    before = api_on_sqlite.revision()
    reply = api_on_sqlite.post(f"issues?dry_run={value}", {"name": "Tides"})
    assert reply.summary() == (400, "bad-query")
    assert reply.fields == ["dry_run"]
    assert api_on_sqlite.revision() == before


@pytest.mark.parametrize(
    ("query", "near"),
    [("dryrun=true", "dry_run"), ("dry-run=true", "dry_run"), ("reson=x", "reason"), ("zzz=1", "")],
)  # fmt: skip
def test_unknown_parameters_are_refused_with_the_nearest(
    api_on_sqlite: Api, query: str, near: str
) -> None:
    before = api_on_sqlite.revision()
    for reply in (
        api_on_sqlite.post(f"issues?{query}", {"name": "Tides"}),
        api_on_sqlite.patch(f"issues/fishing?{query}", {"note": "x"}),
        api_on_sqlite.delete(f"issues/fishing?{query}"),
        api_on_sqlite.post(f"issues/fishing/restore?{query}"),
        api_on_sqlite.send("POST", f"issues/fishing/merge?{query}", {"into": "refugees"}, tag="*"),
    ):
        assert reply.summary() == (400, "bad-query")
        assert near in reply.body["errors"][0]["message"]
    assert api_on_sqlite.revision() == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_twin_is_allowed_only_where_one_is_looked_for(api_on_sqlite: Api, method: str) -> None:
    reply = api_on_sqlite.send(
        method, "issues/fishing?duplicate=allow", {"name": "Fishing"}, tag="*"
    )
    assert reply.summary() == (400, "bad-query")
    near = api_on_sqlite.post("issues?duplicates=allow", {"name": "Tides"}).body["errors"][0][
        "message"
    ]
    assert "did you mean `duplicate`" in near


@pytest.mark.parametrize(
    "query",
    ["dry_run=true&dry_run=false", "reason=a&reason=b", "duplicate=allow&duplicate=allow",
     "duplicate=yes", "duplicate="],
)  # fmt: skip
def test_parameters_that_cannot_be(api_on_sqlite: Api, query: str) -> None:
    assert api_on_sqlite.post(f"issues?{query}", {"name": "Tides"}).summary() == (400, "bad-query")
