"""Random lives of records over HTTP, against a plain model: exactly the revisions expected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.writes.api import Api, Reply

NAMES = ("ada", "ben", "cyd")
NOTES = (None, "One.", "Two.")
TAGS = ("right", "any", "none", "stale", "other")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["post", "put", "patch", "delete", "restore", "back", "merge", "cite"]),
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.sampled_from(NOTES),
        st.sampled_from(TAGS),
    ),
    min_size=4,
    max_size=14,
)


@dataclass
class Life:
    """What the model knows of one record."""

    note: str | None = None
    alive: bool = False
    merged: bool = False
    seen: list[tuple[int, str | None]] = field(default_factory=list)  # revisions, and their notes
    gave: tuple[str, int] | None = None  # the record that a merge changed, and the revision

    @property
    def tag(self) -> int:
        return self.seen[-1][0]


class World:
    """The issues of NAMES: nothing but dictionaries."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.lives: dict[str, Life] = {}
        self.revision = api.revision()

    def header(self, name: str, kind: str) -> str | None:
        life = self.lives.get(name)
        if kind == "none":
            return None
        if kind == "any":
            return "*"
        if kind == "other" or life is None or not life.seen:
            return '"999999"'
        wanted = life.seen[0][0] if kind == "stale" else life.tag
        return f'"{wanted}"'

    def fits(self, name: str, header: str | None) -> int | None:
        """The status that a header earns on a live record; None where it will do."""
        if header is None:
            return 428
        return None if header in ("*", f'"{self.lives[name].tag}"') else 412

    def wrote(self, name: str, note: str | None) -> None:
        """One revision of a record that now stands."""
        self.revision += 1
        life = self.lives.setdefault(name, Life())
        life.note, life.alive, life.merged = note, True, False
        life.seen.append((self.revision, note))

    def gone(self, name: str, *, merged: bool = False) -> None:
        self.revision += 1
        self.lives[name].alive, self.lives[name].merged = False, merged

    # ---- steps: each sends, says what must come, and moves the model on

    def post(self, name: str, _other: str, note: str | None, _kind: str) -> None:
        reply = self.api.post("issues?duplicate=allow", {"id": name, "name": name, "note": note})
        if name in self.lives:
            assert reply.summary() == (409, "id-taken")
        else:
            self.wrote(name, note)
            self.stands(reply, 201, name)

    def put(self, name: str, _other: str, note: str | None, kind: str) -> None:
        header, life = self.header(name, kind), self.lives.get(name)
        reply = self.api.put(f"issues/{name}", {"name": name, "note": note}, tag=header)
        if life is None:
            if header is not None:
                assert reply.summary() == (412, "stale")
                return
            self.wrote(name, note)
            self.stands(reply, 201, name)
        else:
            self.changed(reply, name, header, note)

    def patch(self, name: str, _other: str, note: str | None, kind: str) -> None:
        header = self.header(name, kind)
        reply = self.api.patch(f"issues/{name}", {"note": note}, tag=header)
        if name not in self.lives:
            assert reply.summary() == (404, "not-found")
        else:
            self.changed(reply, name, header, note)

    def changed(self, reply: Reply, name: str, header: str | None, note: str | None) -> None:
        life = self.lives[name]
        if not life.alive:
            assert reply.status == (308 if life.merged else 410)
        elif (status := self.fits(name, header)) is not None:
            assert reply.status == status
        else:
            if note != life.note:
                self.wrote(name, note)
            self.stands(reply, 200, name)

    def delete(self, name: str, _other: str, _note: str | None, kind: str) -> None:
        header, life = self.header(name, kind), self.lives.get(name)
        reply = self.api.delete(f"issues/{name}", tag=header)
        if life is None:
            assert reply.status == 404
        elif not life.alive:
            assert reply.status == (308 if life.merged else 410)
        elif (status := self.fits(name, header)) is not None:
            assert reply.status == status
        else:
            assert reply.status == 204
            self.gone(name)

    def restore(self, name: str, _other: str, _note: str | None, kind: str) -> None:
        header, life = self.header(name, kind), self.lives.get(name)
        reply = self.api.restore(f"issues/{name}", tag=header)
        if life is None:
            assert reply.status == 404
        elif life.alive:
            assert reply.status == (self.fits(name, header) or 422)
        else:
            undone = life.gave if life.merged else None
            self.wrote(name, life.note)
            if undone is not None:  # what the merge gave away is taken back, if it still stands
                target = self.lives[undone[0]]
                if target.alive and target.tag == undone[1]:
                    self.wrote(undone[0], None)
            self.stands(reply, 200, name)

    def back(self, name: str, _other: str, _note: str | None, kind: str) -> None:
        """Restore the first revision there ever was."""
        header, life = self.header(name, kind), self.lives.get(name)
        if life is None:
            return
        first, note = life.seen[0]
        reply = self.api.restore(f"issues/{name}", first, tag=header)
        if life.alive and (status := self.fits(name, header)) is not None:
            assert reply.status == status
            return
        if not life.alive or life.note != note:
            self.wrote(name, note)
        self.stands(reply, 200, name)

    def merge(self, name: str, other: str, _note: str | None, kind: str) -> None:
        header, life, target = self.header(name, kind), self.lives.get(name), self.lives.get(other)
        reply = self.api.merge(f"issues/{name}", other, tag=header)
        if life is None:
            assert reply.status == 404
        elif not life.alive:
            assert reply.status == (308 if life.merged else 410)
        elif (status := self.fits(name, header)) is not None:
            assert reply.status == status
        elif name == other or target is None or not target.alive:
            assert reply.summary() == (422, "invalid-body")
        else:
            self.gone(name, merged=True)
            life.gave = None
            if target.note is None and life.note is not None:
                self.wrote(other, life.note)
                life.gave = (other, self.revision)
            self.stands(reply, 200, other)

    def cite(self, name: str, _other: str, _note: str | None, _kind: str) -> None:
        """A citation that cannot be is refused; one that can be holds what it cites."""
        life, path = self.lives.get(name), f"issues/citing-{self.revision}"
        reply = self.api.put(path, {"name": "Citing", "broader": name})
        if life is None or not life.alive:
            assert reply.summary() == (422, "unknown-reference")
            return
        assert reply.status == 201
        assert self.api.delete(f"issues/{name}", tag="*").summary() == (409, "in-use")
        assert self.api.delete(path).status == 204
        self.revision += 2

    # ---- what must hold after every step

    def stands(self, reply: Reply, status: int, name: str) -> None:
        life = self.lives[name]
        document = reply.ok(status)
        assert (document["id"], document["note"]) == (name, life.note)
        assert document["revision"] == life.tag
        assert reply.tag == f'"{life.tag}"'

    def check(self) -> None:
        assert self.api.revision() == self.revision
        for name, life in self.lives.items():
            got = self.api.get(f"issues/{name}")
            assert got.status == (200 if life.alive else 308 if life.merged else 410)
            if life.alive:
                assert (got.body["note"], got.body["revision"]) == (life.note, life.tag)
            for revision, note in life.seen:
                then: dict[str, Any] = self.api.one(f"issues/{name}?revision={revision}")
                assert then["note"] == note


@given(STEPS)
@settings(max_examples=8)
def test_each_success_leaves_exactly_the_revisions_expected(
    api: Api, steps: list[tuple[str, str, str, str | None, str]]
) -> None:
    api.put_back()
    sample = World(api)
    for step, name, other, note, kind in steps:
        getattr(sample, step)(name, other, note, kind)
        assert api.revision() == sample.revision, (step, name, kind)
    sample.check()
    assert api.faults() == []
