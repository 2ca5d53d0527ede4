"""Settings: read from an environment that others write to as well."""

from __future__ import annotations

import pytest

from app.settings import SettingError, Settings


def test_what_an_environment_sets() -> None:
    given = {"PARLEY_PORT": "8001", "PARLEY_SEED": "no", "PARLEY_NAME": "Talks", "OTHER": "x"}
    found = Settings.from_environment(given)
    assert (found.port, found.seed, found.name) == (8001, False, "Talks")
    assert (
        Settings.from_environment(given, port=9, seed=None).port == 9
    )  # a flag that was given wins


@pytest.mark.parametrize(("value", "seeds"), [("1", False), ("true", False), ("0", True)])
def test_what_is_a_flag_with_no_is_a_variable_with_no(value: str, seeds: bool) -> None:
    given = {"PARLEY_NO_SEED": value}
    assert Settings.from_environment(given).seed is seeds
    assert Settings.unknown_variables(given) == []


def test_what_sets_nothing_is_named_and_hinders_nothing() -> None:
    given = {"PARLEY_API_KEY": "x", "PARLEY_PROT": "1", "PARLEY_NO_PORT": "1", "PARLEY_PORT": "2"}
    assert Settings.from_environment(given).port == 2
    assert Settings.unknown_variables(given) == ["PARLEY_API_KEY", "PARLEY_NO_PORT", "PARLEY_PROT"]


@pytest.mark.parametrize(
    "given", [{"PARLEY_PORT": "x"}, {"PARLEY_SEED": "perhaps"}, {"PARLEY_LOG_LEVEL": "loud"}]
)
def test_what_cannot_be_used_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(SettingError):
        Settings.from_environment(given)
