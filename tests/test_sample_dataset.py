"""The dataset that other tests read is what they take it for."""

from __future__ import annotations

from starlette.testclient import TestClient

from app.nouns.registry import NOUNS
from tests.folding import folded
from tests.reference_model import DATED, PROPERTIES, Model, bounds, values

CASES = [(noun.name, tag.name) for noun in NOUNS for tag in noun.filters]


def test_the_model_knows_every_filter_that_there_is() -> None:
    assert {noun: set(named) for noun, named in PROPERTIES.items()} == {
        noun.name: {tag.name for tag in noun.filters} for noun in NOUNS
    }


def test_the_world_has_records_on_both_sides_of_every_filter(model: Model) -> None:
    for noun, name in CASES:
        found = [values(e, name) for e in model.visible() if e.noun == noun]
        every = set().union(*found)
        assert every, f"no {noun} has a {name}"
        assert any(every - one for one in found), f"every {noun} has the same {name}"


def test_the_world_has_dates_of_every_kind(model: Model) -> None:
    found = {bounds(e) and tuple(b is None for b in bounds(e) or ()) for e in model.visible()}
    dated = {b for b in found if b is not None}
    assert None in found
    assert {(False, False), (True, False), (False, True)} <= dated
    assert {e.noun for e in model.visible() if bounds(e)} == set(DATED)


def test_the_world_has_what_a_clock_can_tell_apart(sample: TestClient) -> None:
    days = {
        sample.get(f"/v1?as_of={day}").text for day in ("2023-03-31", "2023-04-24", "2023-05-02")
    }
    assert len(days) == 3


def test_the_model_folds_as_a_reader_would() -> None:
    assert folded("Türkiye") == folded("TURKIYE") == "turkiye"
