"""The error of this package for text that is not accepted."""

from __future__ import annotations

import string

ANY_DATE = (
    "a day (2023-04-25), a month (2023-04), a year (2023), a season (2023-21), unknown "
    "digits (202X or 2023-04-XX), a qualifier (2023?, 2023~ or 2023%), an interval "
    "(2023-04-26/2023-05-25 or 2023-04-26/..) or a set ([2023,2024])"
)

_ECHO_LIMIT = 40
_DATE_CHARACTERS = frozenset(string.ascii_letters + string.digits + " -+.,:/?~%^{}[]")


class EdtfError(ValueError):
    """A text is not an accepted date.

    ``message`` says what is wrong, in English; it repeats at most 64 characters of the input, and
    only letters, digits and date punctuation. ``accepted`` says what is accepted instead.
    ``str(error)`` is the message.
    """

    def __init__(self, message: str, accepted: str = ANY_DATE) -> None:
        # ValueError gets both arguments, so that the error can be pickled.
        super().__init__(message, accepted)
        self.message = message
        self.accepted = accepted

    def __str__(self) -> str:
        return self.message


def quote_input(text: str) -> str:
    """Input quoted for a message: truncated, with "_" for characters that dates do not have."""
    safe = "".join(c if c in _DATE_CHARACTERS else "_" for c in text[:_ECHO_LIMIT])
    return f"'{safe}...'" if len(text) > _ECHO_LIMIT else f"'{safe}'"
