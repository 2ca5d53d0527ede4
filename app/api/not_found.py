"""Hints in the 404 of a path that does not exist: the path that the client may have meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from starlette.routing import BaseRoute

from app.kit.http.error_middleware import flatten_routes
from app.kit.http.problems import closest_match
from app.kit.schema.shapes import is_identifier
from app.ledger.noun import Nouns

_NOTHING = "This path does not exist"
_ID = "{id}"
_OTHER_PARAMETER = re.compile(r"\{(?!id\})")


class NotFoundHints:
    """Finds the existing path that is meant by one that does not exist."""

    def __init__(self, routes: Iterable[BaseRoute], nouns: Nouns) -> None:
        paths = {path for route in flatten_routes(routes) if (path := getattr(route, "path", ""))}
        # Files and suffixes have other parameters; nobody types their paths.
        self._paths = [p[1:].split("/") for p in sorted(paths) if not _OTHER_PARAMETER.search(p)]
        self._plural_by_name = {noun.name: noun.plural for noun in nouns}

    def detail(self, path: str) -> str:
        """The detail of the 404 for a path. It repeats no part of it but identifiers."""
        steps = path.strip("/").split("/")
        suggestion = self._intended_path(steps)
        if suggestion is not None:
            has_slash = path.endswith("/") and suggestion == path.rstrip("/")
            hint = "remove the trailing slash:" if has_slash else "did you mean"
            return f"{_NOTHING}; {hint} {suggestion}{'.' if has_slash else '?'}"
        record = self._match_steps(steps[:3]) if len(steps) > 3 else None
        if record is not None:
            return f"{_NOTHING}; a record's history is at {record}/history."
        return f"{_NOTHING}; see /v1 for the available resources and /docs for the documentation."

    def _intended_path(self, steps: Sequence[str]) -> str | None:
        with_version = ["v1", *steps]
        return (
            self._match_steps(with_version, fuzzy=False)
            or self._match_steps(steps)
            or self._match_steps(with_version)
        )

    def _match_steps(self, steps: Sequence[str], *, fuzzy: bool = True) -> str | None:
        """The existing path that these steps match once corrected; None if there is none."""
        paths = [path for path in self._paths if len(path) == len(steps)]
        matched = []
        for index, step in enumerate(steps):
            choices = {path[index] for path in paths}
            match = self._match_step(step, choices - {_ID}, fuzzy=fuzzy)
            if match is None and _ID in choices:
                match = _ID
            paths = [path for path in paths if path[index] == match]
            if match is None or not paths:
                return None
            matched.append(_shown_identifier(step) if match == _ID else match)
        return "/" + "/".join(matched)

    def _match_step(self, step: str, choices: set[str], *, fuzzy: bool) -> str | None:
        """The choice that a step means: a noun's name, as of one record, means its plural."""
        plurals = {name: p for name, p in self._plural_by_name.items() if p in choices}
        choice_by_word = {word: word for word in sorted(choices)} | plurals
        word = step.lower()
        if word in choice_by_word or not fuzzy:
            return choice_by_word.get(word)
        closest = closest_match(word, list(choice_by_word))
        return None if closest is None else choice_by_word[closest]


def _shown_identifier(step: str) -> str:
    return step if is_identifier(step) else _ID
