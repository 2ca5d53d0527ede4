"""Settings: `PARLEY_*` environment variables, the same names as the command line's flags."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

PREFIX = "PARLEY_"
LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingError(ValueError):
    """A setting has an invalid value; the message names it."""


def _setting(default: Any, description: str) -> Any:
    return field(default=default, metadata={"description": description})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, read once at the start."""

    database_url: str = _setting(
        "sqlite:///data/parley.sqlite3",
        "The database: `sqlite:///PATH` or `postgresql://USER@HOST/NAME`.",
    )
    host: str = _setting("127.0.0.1", "The address to listen on.")
    port: int = _setting(8000, "The port to listen on.")
    seed: bool = _setting(True, "Whether to fill an empty database with the example data.")
    name: str = _setting("Parley", "The name of the dataset, shown at `/v1`.")
    licence: str = _setting("CC-BY-4.0", "The licence of the data, as an SPDX identifier.")
    response_cache_bytes: int = _setting(
        64 * 1024 * 1024, "Memory for cached responses, in bytes; 0 disables the cache."
    )
    public_url: str = _setting(
        "",
        "The URL at which clients reach Parley, such as `https://parley.example`, for links in "
        "feeds and calendars. By default it is taken from each request.",
    )
    cache_seconds: int = _setting(
        0,
        "How many seconds caches may use a response without revalidating it.",
    )
    stale_seconds: int = _setting(
        0,
        "For how many more seconds caches may use a stale response while they revalidate it, or "
        "while Parley is unavailable.",
    )
    key_failures_per_minute: int = _setting(
        60, "How many requests with an unknown key an address may send per minute."
    )
    log_level: str = _setting("info", "The log level: debug, info, warning or error.")

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None, **overrides: object
    ) -> Settings:
        """The settings of an environment, by default the process's; overrides win unless None.

        Raises:
            SettingError: a value is invalid.
        """
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for setting in fields(cls):
            value_type, name = type(setting.default), setting.name.upper()
            variable, negated = PREFIX + name, f"{PREFIX}NO_{name}"
            if value_type is bool and negated in environment:  # as in the flag `--no-seed`
                values[setting.name] = not _parse_value(negated, environment[negated], value_type)
            if variable in environment:
                values[setting.name] = _parse_value(variable, environment[variable], value_type)
        values |= {name: value for name, value in overrides.items() if value is not None}
        if values.get("log_level", "info") not in LOG_LEVELS:
            raise SettingError(f"the log level must be one of {', '.join(LOG_LEVELS)}")
        return cls(**values)

    @classmethod
    def unknown_variables(cls, environment: Mapping[str, str] | None = None) -> list[str]:
        """The `PARLEY_*` variables of an environment that are not settings."""
        environment = os.environ if environment is None else environment
        known = {PREFIX + f.name.upper() for f in fields(cls)}
        known |= {f"{PREFIX}NO_{f.name.upper()}" for f in fields(cls) if type(f.default) is bool}
        return sorted(name for name in environment if name.startswith(PREFIX) and name not in known)

    @property
    def database_path(self) -> Path | None:
        """The path of a SQLite database; None for other databases."""
        head, _, path = self.database_url.partition("///")
        return Path(path) if head.startswith("sqlite") and path else None


def _parse_value(variable: str, text: str, value_type: type) -> object:
    try:
        if value_type is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
                text.lower()
            ]
        return value_type(text)
    except (KeyError, ValueError):
        accepted = "true or false" if value_type is bool else "a whole number"
        raise SettingError(f"{variable} must be {accepted}, not {text[:40]!r}") from None
