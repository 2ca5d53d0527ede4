"""From a request to a response: the shelf first, then the noun's own way."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.kit.cache import Answer, Shelf, satisfied
from app.kit.database import Database
from app.ledger import reading

Make = Callable[[Connection], Answer]


class Answers:
    """Gives answers, ready ones where nothing has moved since they were made."""

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self.database = database
        self.shelf = shelf
        self._seen: int | None = None
        self._newest = 0

    async def get(self, request: Request, make: Make, *, quick: bool = False) -> Response:
        """The response to a request that `make` answers.

        `quick` is for what takes SQLite some tens of microseconds: handing that to a thread
        would cost more than doing it here. Anything longer would hold up all other requests.
        """
        scope = request.scope
        key = scope["path"].encode() + b"?" + scope["query_string"]
        if not self.database.sqlite:
            answer = await run_in_threadpool(self._fresh, key, make)
        else:
            ready = self.shelf.get(key, self._stamp())
            if ready is not None:
                answer = ready
            elif quick:
                answer = self._made(make)
            else:
                answer = await run_in_threadpool(self._made, make)
            if ready is None:
                self.shelf.put(key, answer)
        return _response(request, answer)

    def _stamp(self) -> int:
        """The database's revision; asked for only after some process has committed."""
        changed = self.database.changed()
        if changed is None or changed != self._seen:
            with self.database.reading() as connection:
                self._newest = reading.newest(connection)
            self._seen = changed
        return self._newest

    def _made(self, make: Make) -> Answer:
        with self.database.reading() as connection:
            return make(connection)

    def _fresh(self, _key: bytes, make: Make) -> Answer:
        return self._made(make)


def _response(request: Request, answer: Answer) -> Response:
    headers = {"etag": answer.etag, "cache-control": answer.cache_control}
    if answer.link is not None:
        headers["link"] = answer.link
    if satisfied(request.headers.get("if-none-match"), answer.etag):
        return Response(status_code=304, headers=headers)
    return Response(answer.content, media_type=answer.media_type, headers=headers)
