"""Tables of cases of one rule: all are tried, and every failure is reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def check_every_case(cases: Iterable[tuple[Any, ...]], holds: Callable[..., None]) -> None:
    """Fail if a case does, with each that does and why."""
    failed = []
    tried = 0
    for case in cases:
        tried += 1
        try:
            holds(*case)
        except AssertionError as error:
            failed.append(f"{case!r:.200}\n    {error}")
        except Exception as error:
            error.add_note(f"The case was {case!r:.200}")
            raise
    assert tried, "there is no case"
    assert not failed, f"{len(failed)} of {tried} cases fail:\n" + "\n".join(failed)
