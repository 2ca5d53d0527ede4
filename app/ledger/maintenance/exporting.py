"""`parley export`: the whole ledger as lines of JSON, in the order in which it was written.

The first line says which format the lines have, and with which revision they end. Then comes a
line for each write, followed by a line for each of its revisions:

    {"parley":"export","format":2,"revision":3,"hash":"…"}
    {"write":1,"last":2,"recorded_at":"…","author":"…","reason":null}
    {"revision":1,"noun":"party","id":"TUR","version":1,"action":"created","merged_into":null,
     "hash":"…","document":{…}}

A document stands there byte for byte as it is stored, so that its hash still holds; a tombstone
has `null`. Keys, remembered answers and the secret that seals cursors are no part of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from app.kit.strict_json import dumps
from app.ledger.write.append import head

# Raise it when the lines change, or when a document that was valid may no longer be.
FORMAT_VERSION = 2
_BATCH = 500
_ENTRIES = text(
    "SELECT v.number, v.write, r.noun, r.id, v.version, v.action, v.merged_into, v.hash,"
    " v.document, w.last_revision, w.recorded_at, w.author, w.reason FROM revision AS v"
    " JOIN write AS w ON w.first_revision = v.write JOIN record AS r ON r.number = v.record"
    " WHERE v.number > :after ORDER BY v.number LIMIT :limit"
)


def lines(connection: Connection) -> Iterator[bytes]:
    """Every line of the export, from one snapshot, few of them in memory at a time."""
    top = head(connection)
    end = {"revision": top.seq, "hash": top.hash.hex()}
    yield dumps({"parley": "export", "format": FORMAT_VERSION, **end}) + b"\n"
    after = write = 0
    while entries := connection.execute(_ENTRIES, {"after": after, "limit": _BATCH}).all():
        for entry in entries:
            seq, own_write, noun, id_, version, action, into, hash_, document = entry[:9]
            if own_write != write:
                write = own_write
                yield _write_line(write, *entry[9:])
            told = {
                "revision": seq,
                "noun": noun,
                "id": id_,
                "version": version,
                "action": action,
                "merged_into": into,
                "hash": bytes(hash_).hex(),
            }
            content = b"null" if document is None else bytes(document)
            yield dumps(told)[:-1] + b',"document":' + content + b"}\n"
            after = seq


def _write_line(first: int, last: int, recorded_at: str, author: str, reason: str | None) -> bytes:
    told = {
        "write": first,
        "last": last,
        "recorded_at": recorded_at,
        "author": author,
        "reason": reason,
    }
    return dumps(told) + b"\n"
