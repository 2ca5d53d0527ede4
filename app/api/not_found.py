"""Where to go from a path at which there is nothing: said in its 404."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from starlette.routing import BaseRoute

from app.kit.http.error_middleware import flatten_routes
from app.kit.http.problems import closest_match
from app.kit.schema.shapes import is_identifier
from app.ledger.noun import Nouns

_NOTHING = "There is nothing at this path"
_ID = "{id}"
_OTHER_PARAMETER = re.compile(r"\{(?!id\})")


class NotFoundHints:
    """Knows the paths that there are, and finds the one that was meant."""

    def __init__(self, routes: Iterable[BaseRoute], nouns: Nouns) -> None:
        paths = {path for route in flatten_routes(routes) if (path := getattr(route, "path", ""))}
        # Files and suffixes have parameters of other names; nobody asks for them by hand.
        self._paths = [
            path[1:].split("/") for path in sorted(paths) if not _OTHER_PARAMETER.search(path)
        ]
        self._plurals = {noun.name: noun.plural for noun in nouns}

    def detail(self, path: str) -> str:
        """What to answer for a path. Of the path itself it repeats no more than an identifier."""
        steps = path.strip("/").split("/")
        meant = self._intended_path(steps)
        if meant is not None:
            slash = path.endswith("/") and meant == path.rstrip("/")
            hint = "there is without the slash at its end:" if slash else "did you mean"
            return f"{_NOTHING}; {hint} {meant}{'.' if slash else '?'}"
        record = self._match_steps(steps[:3]) if len(steps) > 3 else None
        if record is not None:
            return f"{_NOTHING}; below a record there is its history: {record}/history."
        return f"{_NOTHING}; /v1 lists what there is, /docs describes it."

    def _intended_path(self, steps: Sequence[str]) -> str | None:
        versioned = ["v1", *steps]
        return (
            self._match_steps(versioned, near=False)
            or self._match_steps(steps)
            or self._match_steps(versioned)
        )

    def _match_steps(self, steps: Sequence[str], *, near: bool = True) -> str | None:
        """The path that these steps, put right, lead along; None where there is none."""
        paths = [path for path in self._paths if len(path) == len(steps)]
        found = []
        for at, step in enumerate(steps):
            fixed = {path[at] for path in paths}
            taken = self._match_step(step, fixed - {_ID}, near=near)
            if taken is None and _ID in fixed:
                taken = _ID
            paths = [path for path in paths if path[at] == taken]
            if taken is None or not paths:
                return None
            found.append(_shown_identifier(step) if taken == _ID else taken)
        return "/" + "/".join(found)

    def _match_step(self, step: str, known: set[str], *, near: bool) -> str | None:
        """The fixed step of a path that is meant: one record's noun means that of all."""
        plurals = {one: many for one, many in self._plurals.items() if many in known}
        words = {word: word for word in sorted(known)} | plurals
        word = step.lower()
        if word in words or not near:
            return words.get(word)
        like = closest_match(word, list(words))
        return None if like is None else words[like]


def _shown_identifier(step: str) -> str:
    return step if is_identifier(step) else _ID
