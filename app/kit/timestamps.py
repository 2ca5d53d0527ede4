"""Points in time as text, in the one form that is stored and compared."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_timestamp(time: datetime) -> str:
    """An aware datetime as UTC with microseconds: `2023-04-26T12:00:00.000000Z`.

    The year has four digits on every platform, so that texts sort as times do.
    """
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
