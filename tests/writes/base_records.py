"""The records that each test finds, and a valid body of every noun."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from app.kit.http.api_keys import hash_key
from app.kit.sql.database import Database
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.builders import record
from tests.writes.api import ADMIN, EXPIRED, REVOKED, WRITER

Body = dict[str, Any]

PLURALS = [noun.plural for noun in NOUNS]

# By noun: identifiers and bodies. Nothing cites what stands in SPARE.
BASE_RECORDS: list[tuple[str, str, Body]] = [
    ("party", "TUR", {"name": "Türkiye", "kind": "state"}),
    ("party", "SYR", {"name": "Syria", "kind": "state"}),
    ("party", "RUS", {"name": "Russia", "kind": "state"}),
    ("party", "IRN", {"name": "Iran", "kind": "state"}),
    ("party", "red-crescent", {"name": "Red Crescent", "kind": "organisation"}),
    ("party", "arab-league", {"name": "Arab League", "kind": "organisation"}),
    ("issue", "withdrawal", {"name": "Withdrawal of troops"}),
    ("issue", "refugees", {"name": "Return of refugees"}),
    ("issue", "fishing", {"name": "Fishing quotas"}),
    ("issue", "m4-highway", {"name": "The M4 highway"}),
    ("source", "s1", {"publisher": "Example News", "title": "Talks", "published": "2023-04-26"}),
    ("source", "s2", {"publisher": "Daily", "title": "A visit", "published": "2023-05-02"}),
    ("source", "s3", {"publisher": "Weekly", "title": "Looking back", "note": "Undated."}),
    ("process", "track", {"name": "Normalisation track", "parties": ["TUR", "SYR"]}),
    ("process", "astana", {"name": "Astana format"}),
    ("process", "geneva", {"name": "Constitutional committee"}),
    (
        "person",
        "hulusi-akar",
        {
            "name": "Hulusi Akar",
            "party": "TUR",
            "tenures": [
                {
                    "office": "Minister of Defence",
                    "level": "defence_minister",
                    "party": "TUR",
                    "from": "2018-07-10",
                    "to": "2023-06-04",
                }
            ],
        },
    ),
    ("person", "jane-roe", {"name": "Jane Roe"}),
    ("person", "max-muster", {"name": "Max Muster"}),
    ("milestone", "election", {"title": "General election", "date": "2023-05-14"}),
    ("milestone", "earthquake", {"title": "The earthquake", "date": "2023-02-06"}),
    ("milestone", "readmission", {"title": "Readmission of a member", "date": "2023-05-07"}),
    (
        "meeting",
        "2022-12-28-moscow",
        {
            "title": "Defence ministers' talks",
            "status": "held",
            "date": "2022-12-28",
            "place": {"name": "Moscow", "country": "RUS"},
            "participants": [
                {"party": "TUR", "person": "hulusi-akar", "office": "Minister of Defence"},
                {"party": "SYR"},
                {"party": "RUS", "role": "host"},
            ],
            "issues": ["withdrawal"],
            "sources": ["s1"],
        },
    ),
    (
        "meeting",
        "tehran-visit",
        {
            "title": "A visit to Tehran",
            "kind": "visit",
            "status": "planned",
            "date": {"edtf": "2023-06/2023-07", "after": "election"},
            "participants": [{"party": "IRN", "role": "host"}, {"party": "SYR"}],
            "sources": ["s2"],
        },
    ),
    (
        "meeting",
        "doha-call",
        {"title": "A telephone call", "kind": "call", "status": "proposed", "sources": ["s3"]},
    ),
    (
        "position",
        "p-moscow",
        {
            "party": "SYR",
            "issue": "withdrawal",
            "stance": "demands",
            "channel": "readout",
            "date": "2022-12-28",
            "meeting": "2022-12-28-moscow",
            "sources": ["s1"],
        },
    ),
    (
        "position",
        "p-tur",
        {
            "party": "TUR",
            "issue": "refugees",
            "stance": "proposes",
            "channel": "speech",
            "date": "2023-03",
        },
    ),
    (
        "position",
        "p-irn",
        {"party": "IRN", "issue": "withdrawal", "stance": "supports", "channel": "interview"},
    ),
]

# Two records of each noun that nothing cites and that are not alike.
UNCITED: dict[str, tuple[str, str]] = {
    "meetings": ("tehran-visit", "doha-call"),
    "people": ("jane-roe", "max-muster"),
    "parties": ("red-crescent", "arab-league"),
    "issues": ("fishing", "m4-highway"),
    "sources": ("s3x", "s4x"),
    "processes": ("astana", "geneva"),
    "milestones": ("earthquake", "readmission"),
    "positions": ("p-tur", "p-irn"),
}
BASE_RECORDS += [
    ("source", "s3x", {"publisher": "Gazette", "title": "Of quotas", "published": "2021"}),
    ("source", "s4x", {"publisher": "Herald", "title": "On highways", "published": "2022-02"}),
]

# A new record of each noun, with every kind of field that it has.
NEW: dict[str, Body] = {
    "meetings": {
        "title": "Foreign ministers' meeting",
        "process": "track",
        "kind": "conference",
        "status": "held",
        "date": {"edtf": "2023-05-10", "before": "election"},
        "start": "10:00",
        "end": "12:30",
        "timezone": "Europe/Moscow",
        "place": {"name": "Astana", "country": "KAZ", "latitude": 51.1694, "longitude": 71},
        "summary": "What was talked about.",
        "hedge": "reportedly",
        "participants": [
            {"party": "SYR", "level": "foreign_minister", "name": "Someone"},
            {"party": "RUS", "role": "host"},
            {"party": "IRN", "role": "observer", "office": "Ambassador", "level": "ambassador"},
        ],
        "issues": ["refugees", "withdrawal"],
        "readouts": [
            {
                "party": "RUS",
                "issuer": "Foreign Ministry",
                "quote": "Useful.",
                "issues": ["refugees"],
                "source": "s2",
            }
        ],
        "outcomes": [{"assessment": "progress", "by": "Example News", "source": "s1"}],
        "links": [{"relation": "follows", "meeting": "2022-12-28-moscow"}],
        "previous_dates": [{"date": "2023-04", "status": "planned", "reason": "Put off."}],
        "note": "A note.",
        "sources": ["s1", "s2"],
    },
    "people": {
        "name": "Émile Ångström",
        "names": ["E. Angstrom", {"name": "Эмиль", "language": "ru"}],
        "party": "RUS",
        "tenures": [{"office": "Envoy", "level": "special_envoy", "party": "RUS", "from": "2020"}],
        "note": "A note.",
        "sources": ["s1"],
    },
    "parties": {
        "name": "Gulf Council",
        "kind": "organisation",
        "names": ["Council of the Gulf"],
        "note": "A note.",
        "sources": ["s1"],
    },
    "issues": {"name": "Water rights", "broader": "refugees", "note": "A note."},
    "sources": {
        "publisher": "Morning Post",
        "title": "Ministers meet",
        "url": "https://example.org/ministers?x=1",
        "published": "2023-05-11",
        "language": "en-GB",
        "mirrored_by": "An archive",
        "reliability": "unrated",
        "note": "A note.",
    },
    "processes": {
        "name": "Grain corridor",
        "summary": "What it is about.",
        "parties": ["TUR", "RUS"],
        "note": "A note.",
        "sources": ["s1"],
    },
    "milestones": {
        "title": "Sanctions lifted",
        "date": {"edtf": None, "after": "election"},
        "process": "track",
        "note": "A note.",
        "sources": ["s1"],
    },
    "positions": {
        "party": "RUS",
        "person": "jane-roe",
        "office": "Envoy",
        "issue": "refugees",
        "stance": "calls_for",
        "text": "That they return.",
        "quote": "They should return.",
        "language": "en",
        "date": "2023-05-03",
        "meeting": "2022-12-28-moscow",
        "process": "track",
        "channel": "interview",
        "sources": ["s2"],
    },
}

# What each of them is called where the client does not say.
DERIVED = {
    "meetings": "2023-05-10-astana",
    "people": "emile-angstrom",
    "parties": "gulf-council",
    "issues": "water-rights",
    "sources": "2023-05-11-morning-post-ministers-meet",
    "processes": "grain-corridor",
    "milestones": "sanctions-lifted",
    "positions": "2023-05-03-rus-refugees",
}

# A field of free text that every record of the noun may have.
TEXT = dict.fromkeys(PLURALS, "note") | {"positions": "text"}


def changed(plural: str, text_: str = "Changed.") -> Body:
    """A patch that changes a record of this noun."""
    return {TEXT[plural]: text_}


def a_meeting(**more: Any) -> Body:
    """A small meeting that breaks no rule."""
    return {"title": "Some talks", "status": "planned", "sources": ["s1"]} | more


def a_position(**more: Any) -> Body:
    """A small position that breaks no rule."""
    given = {"party": "SYR", "issue": "withdrawal", "stance": "opposes", "channel": "reported"}
    return given | more


_KEY = text(
    "INSERT INTO api_key (name, key_hash, scope, created_at, expires_at, revoked_at)"
    " VALUES (:name, :hash, :scope, '2023-01-01T00:00:00.000000Z', :expires, :revoked)"
)
_PAST = "2024-01-01T00:00:00.000000Z"


def fill(database: Database) -> None:
    """Write the basis, and keys of every kind."""
    changes = [record(noun, identifier, **body) for noun, identifier, body in BASE_RECORDS]
    Ledger(database, NOUNS).write(changes, author="basis")
    kept = [
        ("writer", WRITER, "write", None, None),
        ("admin", ADMIN, "admin", None, None),
        ("expired", EXPIRED, "admin", _PAST, None),
        ("revoked", REVOKED, "admin", None, _PAST),
    ]
    names = ("name", "hash", "scope", "expires", "revoked")
    rows = [dict(zip(names, (n, hash_key(key), *rest), strict=True)) for n, key, *rest in kept]
    with database.write_transaction() as connection:
        connection.execute(_KEY, rows)
