"""The one error this package raises for text it refuses."""

from __future__ import annotations

import string

ANY_DATE = (
    "a day 2023-04-25, a month 2023-04, a year 2023, a season 2023-21, "
    "unknown digits 202X or 2023-04-XX, a qualifier 2023? 2023~ 2023%, "
    "an interval 2023-04-26/2023-05-25 or 2023-04-26/.., a set [2023,2024]"
)

_ECHO_LIMIT = 40
_WRITTEN = frozenset(string.ascii_letters + string.digits + " -+.,:/?~%^{}[]")


class EdtfError(ValueError):
    """Text that is not a date this package accepts.

    ``message`` says what is wrong, in English, and repeats at most 64 characters of the
    input, letters, digits and the marks of dates. ``accepted`` says what would be accepted instead.
    ``str(error)`` is the message.
    """

    def __init__(self, message: str, accepted: str = ANY_DATE) -> None:
        # Both go to ValueError so that the error survives pickling between processes.
        super().__init__(message, accepted)
        self.message = message
        self.accepted = accepted

    def __str__(self) -> str:
        return self.message


def quote_input(text: str) -> str:
    """Input made fit for a message: in quotes, only what dates are written with, cut short."""
    kept = "".join(c if c in _WRITTEN else "_" for c in text[:_ECHO_LIMIT])
    return f"'{kept}...'" if len(text) > _ECHO_LIMIT else f"'{kept}'"
