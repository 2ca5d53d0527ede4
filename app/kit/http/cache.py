"""Validators and the shelf: answers that are ready because nothing has moved."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

REVALIDATE = "no-cache"
IMMUTABLE = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer: its bytes and what is said about them."""

    content: bytes
    etag: str
    media_type: str = "application/json"
    cache_control: str = REVALIDATE
    link: str | None = None
    stamp: int = 0  # the database's revision that it was made at
    headers: tuple[tuple[str, str], ...] = ()
    encoding: str | None = None  # the coding that the content is compressed with


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that is made while it is sent; the same is said about it as about any."""

    pieces: Iterator[bytes]
    etag: str
    media_type: str
    cache_control: str = REVALIDATE
    link: str | None = None
    stamp: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    encoding: str | None = None


Begun = Answer | Stream


def policy(seconds: int, stale: int) -> str:
    """The `Cache-Control` of what may change, for those who would have a cache in front."""
    if seconds <= 0 and stale <= 0:
        return REVALIDATE
    more = f", stale-while-revalidate={stale}, stale-if-error={stale}" if stale > 0 else ""
    return f"public, max-age={max(0, seconds)}{more}"


def tag(revision: int, variant: Iterable[str | None] = ()) -> str:
    """A strong ETag: a revision, and what makes this representation differ from the plain one."""
    told = [part for part in variant if part]
    if not told:
        return f'"{revision}"'
    digest = blake2b("\x1f".join(told).encode(), digest_size=6).hexdigest()
    return f'"{revision}.{digest}"'


def satisfied(header: str | None, etag: str) -> bool:
    """Whether an `If-None-Match` header names this tag (weakly compared, RFC 9110)."""
    if header is None:
        return False
    if header.strip() == "*":
        return True
    return etag in (part.strip().removeprefix("W/") for part in header.split(","))


class Shelf:
    """Ready answers by request, the least used forgotten first; bounded in bytes.

    An answer is only given while the database's revision is the one it was made at, or if it can
    never change. Not for several threads at once.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        self._answers: OrderedDict[bytes, Answer] = OrderedDict()

    def get(self, key: bytes, stamp: int) -> Answer | None:
        """The ready answer for a request, if it still holds."""
        found = self._answers.get(key)
        if found is None:
            return None
        if found.stamp != stamp and found.cache_control is not IMMUTABLE:
            return None
        self._answers.move_to_end(key)
        return found

    def put(self, key: bytes, answer: Answer) -> None:
        """Keep an answer, unless it alone is an eighth of the room."""
        size = len(key) + len(answer.content)
        if size * 8 > self._capacity:
            return
        old = self._answers.pop(key, None)
        if old is not None:
            self._size -= len(key) + len(old.content)
        self._answers[key] = answer
        self._size += size
        while self._size > self._capacity:
            gone, answer = self._answers.popitem(last=False)
            self._size -= len(gone) + len(answer.content)
