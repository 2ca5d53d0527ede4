"""Applications for tests. To make one takes longer than most tests do, so they serve again."""

from __future__ import annotations

from typing import Any
from unittest import mock

from fastapi import FastAPI

from app import main
from app.api.authentication import Authenticator
from app.api.responses import ReadHandler
from app.settings import Settings


def application(url: str) -> FastAPI:
    """A new application over a migrated database."""
    return main.create_app(Settings(database_url=url, seed=False))


class _CachedApplication:
    """An application that forgets what it has answered, and who guessed at keys."""

    def __init__(self, url: str) -> None:
        self._handlers: list[ReadHandler] = []
        self._authenticators: list[Authenticator] = []
        with (
            mock.patch.object(main, "ReadHandler", self._handler_noted),
            mock.patch.object(main, "Authenticator", self._authenticator_noted),
        ):
            self.app = application(url)

    def _handler_noted(self, *arguments: Any) -> ReadHandler:
        self._handlers.append(ReadHandler(*arguments))
        return self._handlers[-1]

    def _authenticator_noted(self, *given: Any) -> Authenticator:
        self._authenticators.append(Authenticator(*given))
        return self._authenticators[-1]

    def forget(self) -> None:
        """Be as new."""
        for handler in self._handlers:
            handler.forget()
        for authenticator in self._authenticators:
            authenticator.forget()


_CACHED: dict[str, _CachedApplication] = {}


def cached_application(url: str) -> FastAPI:
    """The application over a database of `Databases.migrated`, which the next test has anew."""
    if url in _CACHED:
        _CACHED[url].forget()
    else:
        _CACHED[url] = _CachedApplication(url)
    return _CACHED[url].app
