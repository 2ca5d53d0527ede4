"""Whatever is sent, the answer is an answer: never a server's error."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.writes.api import Api
from tests.writes.base_records import NEW, PLURALS, TEXT, UNCITED

_SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from(["TUR", "s1", "election", "2023-04-25", "2023/..", "held", "", "id", "en"]),
)
JSON: st.SearchStrategy[Any] = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)


def _places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [way] if way else []
    within = dict(enumerate(value)) if isinstance(value, list) else value
    for name, item in within.items() if isinstance(within, dict) else ():
        found += _places(item, (*way, name))
    return found


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A valid body with one to three values in it replaced by whatever."""
    plural = draw(st.sampled_from(PLURALS))
    body: dict[str, Any] = json.loads(json.dumps(NEW[plural]))
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(_places(body)))
        here: Any = body
        for step in way:
            here = here[step]
        here[last] = draw(JSON)
    return plural, body


def sound(api: Api, method: str, path: str, body: Any) -> None:
    raw = json.dumps(body).encode()
    reply = api.send(method, path, raw=raw, tag="*")
    assert reply.status < 500, (method, path, raw, reply.content)
    if reply.status >= 400:
        assert reply.problem_type
        if reply.status in (400, 422):
            assert reply.fields


def restored(api: Api, plural: str) -> None:
    """Bring back what a lucky body deleted or merged."""
    for identifier in UNCITED[plural]:
        if api.get(f"{plural}/{identifier}").status != 200:
            api.restore(f"{plural}/{identifier}")


@given(st.sampled_from(PLURALS), JSON)
@settings(max_examples=20)
def test_random_values_as_bodies(api: Api, plural: str, body: Any) -> None:
    one = f"{plural}/{UNCITED[plural][0]}"
    sound(api, "POST", plural, body)
    sound(api, "PUT", one, body)
    sound(api, "PATCH", one, body)
    sound(api, "POST", f"{one}/restore", body)
    sound(api, "POST", f"{one}/merge", body)
    restored(api, plural)


@given(spoiled())
@settings(max_examples=40)
def test_valid_bodies_with_something_else_in_them(
    api: Api, case: tuple[str, dict[str, Any]]
) -> None:
    plural, body = case
    sound(api, "POST", f"{plural}?dry_run=true", body)
    sound(api, "PUT", f"{plural}/some-one?dry_run=true", body)
    sound(api, "PATCH", f"{plural}/{UNCITED[plural][0]}?dry_run=true", body)


@given(st.binary(max_size=60))
@settings(max_examples=15)
def test_random_bytes(api: Api, raw: bytes) -> None:
    for method, path in (("POST", "issues"), ("PUT", "issues/x"), ("PATCH", "issues/fishing")):
        assert api.send(method, path, raw=raw, tag="*").status in (400, 422)


@given(st.text(max_size=60), st.text(max_size=30))
@settings(max_examples=12)
def test_random_names_get_identifiers_that_can_be_used(api: Api, name: str, other: str) -> None:
    for plural, field in (("issues", "name"), ("milestones", "title"), ("sources", "publisher")):
        body = {field: name, TEXT[plural]: other or None}
        raw = json.dumps(body).encode()
        reply = api.post(f"{plural}?duplicate=allow", raw=raw)
        assert reply.status in (201, 400, 422)
        if reply.status == 201:
            path = f"{plural}/{reply.body['id']}"
            # That a former record had the name is a warning of the answer alone.
            assert api.one(path) == {k: v for k, v in reply.body.items() if k != "warnings"}
            api.delete(path).ok(204)
