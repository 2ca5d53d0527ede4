"""The ledger over HTTP: `/v1`, histories, changes."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from app import __version__
from app.nouns.registry import NOUNS
from tests.builders import RecordWriter, deletion, issue, meeting, milestone
from tests.reference_model import Model

CLOCKS: list[dict[str, Any]] = [
    {},
    {"revision": 20},
    {"revision": 44},
    {"as_of": "2023-03-31"},
    {"as_of": "2023-04-25"},
    {"revision": 50, "as_of": "2023-04-24"},
]


@pytest.mark.parametrize("clock", CLOCKS, ids=str)
def test_the_dataset_is_described_at_the_clock(
    sample: TestClient, model: Model, clock: dict[str, Any]
) -> None:
    found = sample.get("/v1", params=clock).json()
    shown = model.visible(**clock)
    assert found["counts"] == {
        noun.plural: sum(entry.noun == noun.name for entry in shown) for noun in NOUNS
    }
    upto = model.after_write_of(clock["revision"]) if "revision" in clock else model.newest
    assert found["revision"] == upto
    assert found["version"] == __version__
    assert (found["name"], found["licence"]) == ("Parley", "CC-BY-4.0")
    for link in found["links"].values():
        assert sample.get(link).status_code == 200


def test_the_latest_change_is_the_newest_revision(sample: TestClient, model: Model) -> None:
    assert sample.get("/v1").json()["latest_change"] == {
        "revision": model.newest,
        "noun": "issue",
        "id": "m4",
        "action": "changed",
        "recorded_at": "2024-01-12T09:00:00.000000Z",
        "author": "tester",
    }


def test_an_empty_dataset_is_described_too(client: TestClient) -> None:
    found = client.get("/v1").json()
    assert (found["revision"], found["latest_change"]) == (0, None)
    assert set(found["counts"].values()) == {0}
    assert client.get("/v1/meetings").json() == {"items": [], "next": None, "total": 0}
    assert client.get("/v1/changes").json() == {"items": [], "next": None, "total": 0}
    assert client.get("/v1?revision=1").status_code == 404


def test_the_changes_are_the_whole_ledger(sample: TestClient, model: Model) -> None:
    found = sample.get("/v1/changes?limit=200").json()["items"]
    assert [(c["revision"], c["write"], c["noun"], c["id"], c["document"]) for c in found] == [
        (e.seq, e.write, e.noun, e.id, e.document) for e in model.entries
    ]
    assert len({c["hash"] for c in found}) == len(found)


@pytest.mark.parametrize("clock", CLOCKS, ids=str)
@pytest.mark.parametrize("after", [0, 1, 40, 50, 10**6])
def test_the_changes_after_a_revision(
    sample: TestClient, model: Model, clock: dict[str, Any], after: int
) -> None:
    page = sample.get("/v1/changes", params={**clock, "after": after, "limit": 200}).json()
    upto = model.after_write_of(clock["revision"]) if "revision" in clock else model.newest
    day = clock.get("as_of", "9999")
    wanted = [
        entry.seq
        for entry in model.entries
        if after < entry.seq <= upto
        and (entry.document is None or (entry.document["reported_on"] or "") <= day)
    ]
    assert [change["revision"] for change in page["items"]] == wanted
    assert page["total"] == len(wanted)


def test_a_history_tells_who_when_why_and_what_changed(
    writer: RecordWriter, client: TestClient
) -> None:
    writer.write(milestone("x", "2023-05-14"), meeting("m", {"before": "x"}), at="2024-01-01T12:00")
    moved = milestone("x", "2023-05-28")
    writer.write(moved, author="ann", reason="a second round", at="2024-01-02T12:00")
    writer.write(deletion("meeting", "m"), author="ben", reason="a mistake", at="2024-01-03T12:00")
    page = client.get("/v1/meetings/m/history").json()
    assert page["total"] == 3
    dropped, changed, created = page["items"]
    assert (dropped["action"], dropped["author"], dropped["reason"]) == (
        "deleted",
        "ben",
        "a mistake",
    )
    assert (dropped["document"], dropped["version"], dropped["revision"]) == (None, 3, 5)
    # The cascade names the write that caused it.
    assert (changed["action"], changed["write"], changed["revision"]) == ("changed", 3, 4)
    assert changed["reason"] == "a second round"
    paths = {c["path"]: (c["from"], c["to"]) for c in changed["changes"]}
    assert paths["/date/latest"] == ("2023-05-13", "2023-05-27")
    assert set(paths) == {"/date/latest", "/date/display"}
    assert created["recorded_at"] == "2024-01-01T12:00:00.000000Z"
    assert {"path": "/title", "from": None, "to": "m"} in created["changes"]


@pytest.mark.parametrize("clock", CLOCKS, ids=str)
def test_a_history_is_read_at_a_clock(
    sample: TestClient, model: Model, clock: dict[str, Any]
) -> None:
    upto = model.after_write_of(clock["revision"]) if "revision" in clock else model.newest
    day = clock.get("as_of", "9999")
    for identifier in ("2023-04-25-moscow", "2023-03-visit", "foreign-ministers"):
        wanted = [
            entry.document
            for entry in reversed(model.entries)
            if (entry.noun, entry.id) == ("meeting", identifier)
            and entry.seq <= upto
            and (entry.document is None or (entry.document["reported_on"] or "") <= day)
        ]
        answer = sample.get(f"/v1/meetings/{identifier}/history", params=clock)
        if wanted:
            assert [e["document"] for e in answer.json()["items"]] == wanted
            assert answer.json()["total"] == len(wanted)
        else:
            assert answer.status_code == 404


def test_a_deleted_record_is_gone_but_its_history_is_there(
    writer: RecordWriter, client: TestClient
) -> None:
    writer.write(issue("a"))
    writer.write(deletion("issue", "a"))
    answer = client.get("/v1/issues/a")
    assert answer.status_code == 410
    problem = answer.json()
    assert (problem["revision"], problem["history"]) == (2, "/v1/issues/a/history")
    assert client.get(problem["history"]).json()["total"] == 2
    assert client.get("/v1/issues/a?revision=1").status_code == 200
    assert client.get("/v1/issues/a?revision=2").status_code == 410
    assert client.get("/v1/issues").json()["total"] == 0
    writer.write(issue("a", note="Back"))
    assert client.get("/v1/issues/a").json()["version"] == 3
    assert client.get("/v1/issues/a?revision=2").status_code == 410


def test_who_asks_for_a_revision_inside_a_write_is_told_of_its_end(
    writer: RecordWriter, client: TestClient
) -> None:
    writer.write(issue("a"), issue("b"), issue("c"))
    writer.write(issue("d"))
    writer.write(issue("e"))
    for path in ("/v1/issues/d", "/v1/issues/d/history"):
        detail = {
            revision: client.get(f"{path}?revision={revision}").json()["detail"]
            for revision in (2, 3)
        }
        end = "at revision 2 or at revision 3, where its write ends"
        assert detail[2] == f"There is no issue “d” {end}."
        assert detail[3] == "There is no issue “d” at revision 3."


def test_what_was_never_there_is_not_found(sample: TestClient) -> None:
    for path in ("/v1/issues/none", "/v1/issues/none/history", "/v1/meetings/m4"):
        answer = sample.get(path)
        assert answer.status_code == 404
        assert answer.json()["type"].endswith("not-found")


def test_health_and_readiness(sample: TestClient, model: Model) -> None:
    assert sample.get("/healthz").json() == {"status": "ok"}
    assert sample.get("/readyz").json() == {"status": "ok", "revision": model.newest}
    assert f"parley_revision {float(model.newest)}" in sample.get("/metrics").text


def test_what_was_served_is_counted(client: TestClient) -> None:
    def counted(method: str, status: int) -> float:
        found = client.get("/metrics").text
        line = f'parley_requests_total{{method="{method}",status="{status}"}} '
        return sum(float(t.removeprefix(line)) for t in found.splitlines() if t.startswith(line))

    asked = [("GET", 404), ("HEAD", 200), ("other", 405)]
    before = [counted(*one) for one in asked]
    client.get("/v1/nothing")
    client.get("/v1/meetings/none")
    client.head("/v1/meetings")
    client.request("BREW", "/v1/meetings")
    after = [counted(*one) for one in asked]
    assert [b - a for a, b in zip(before, after, strict=True)] == [2, 1, 1]
    assert "parley_request_seconds_total" in client.get("/metrics").text
