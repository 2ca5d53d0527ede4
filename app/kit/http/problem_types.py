"""The kinds of problem there are: the title of each, and what helps. Their pages are on `/docs`."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """What every problem of a kind has in common."""

    title: str
    help: str


KINDS: dict[str, Kind] = {
    "bad-query": Kind(
        "The query cannot be understood",
        "A parameter is unknown, malformed, out of range or given twice; errors says which, and "
        "what would do.",
    ),
    "bad-request": Kind(
        "The request is no HTTP",
        "Percent-encode what is in the address; a method is written in capital letters.",
    ),
    "headers-too-large": Kind("The headers are too large", "Send less of them."),
    "request-timeout": Kind("The request took too long", "Send it again, in one go."),
    "bad-header": Kind(
        "A header cannot be understood",
        "Send If-Match as ETag gave it, its quotes included; an Idempotency-Key has 1 to 200 "
        "characters.",
    ),
    "malformed-json": Kind("The body is no JSON", "detail names the place, or what is refused."),
    "malformed-csv": Kind("The body is no CSV", "detail says what is wrong with it."),
    "unauthorised": Kind(
        "A good key is needed",
        "Send Authorization: Bearer <key>. Whoever runs the server makes one with "
        "“parley keys create”.",
    ),
    "scope-too-small": Kind("The key is not good for this", "Use a key of the scope admin."),
    "not-found": Kind(
        "There is nothing here",
        "Look the record up in its list; mind as_of and revision, if they are given.",
    ),
    "no-such-revision": Kind("There is no such revision yet", "errors gives the newest."),
    "method-not-allowed": Kind("The path does not take this method", "Allow lists those it takes."),
    "not-acceptable": Kind(
        "There is no such representation", "formats lists those there are; so does /docs."
    ),
    "id-taken": Kind(
        "The identifier is taken",
        "Change the record that has it, restore it if it was deleted, or choose another "
        "identifier; meetings and milestones share one space of them.",
    ),
    "likely-duplicate": Kind(
        "This may be there already",
        "candidates ranks what is like it. Cite or change that one; or send it again with "
        "?duplicate=allow.",
    ),
    "in-use": Kind(
        "Other records cite it",
        "cited_by lists them. Change those first, or merge this record into another.",
    ),
    "date-circle": Kind(
        "Dates would hang on each other in a circle",
        "circle lists them; take one of the anchors away.",
    ),
    "empty-date": Kind(
        "A date would have no day left",
        "Its anchors leave it none: loosen the dates that affected lists, or correct the anchor.",
    ),
    "deleted": Kind("The record was deleted", "history shows it; restoring brings it back."),
    "merged": Kind("The record was folded into another", "Follow Location, or address the other."),
    "stale": Kind(
        "The record has changed since",
        "current holds it as it is; look at the difference, then send again with its ETag.",
    ),
    "body-too-large": Kind("The body is too large", "Send less at once."),
    "uri-too-long": Kind("The query is too long", "Shorten it to 8,000 bytes."),
    "unsupported-media-type": Kind(
        "The body's media type is not accepted",
        "Accept lists those that are. curl -d alone sends a form: add Content-Type.",
    ),
    "invalid-body": Kind(
        "The body breaks a rule", "errors names each field, and what would be accepted."
    ),
    "rule-broken": Kind(
        "The record makes no sense",
        "errors names each field, and what would be accepted; affected lists others that the write "
        "would make no sense of.",
    ),
    "unknown-reference": Kind(
        "A citation names no record",
        "accepted gives the nearest known ones; correct it, or create the record first.",
    ),
    "unclear": Kind(
        "The mapping does not know this value", "Extend the mapping, or correct the row."
    ),
    "import-refused": Kind(
        "Rows of the import cannot be written",
        "rows holds the verdicts. Mend those rows; or send ?atomic=false to write the others.",
    ),
    "idempotency-key-reused": Kind(
        "The Idempotency-Key stood for another request", "Take a new key for a new request."
    ),
    "if-match-required": Kind(
        "Say which state of the record is to be changed",
        "Send If-Match with the tag that ETag gives.",
    ),
    "too-many-failures": Kind(
        "Too many requests with a wrong key", "Wait as long as Retry-After says."
    ),
    "internal-error": Kind("Something went wrong here", "Tell whoever runs the server."),
    "not-ready": Kind("The database does not answer", "Try again later."),
}
