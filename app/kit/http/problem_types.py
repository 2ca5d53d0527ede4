"""The problem types: the title of each, and what to do about it. They are documented on `/docs`."""

from __future__ import annotations

from typing import NamedTuple


class ProblemType(NamedTuple):
    """What all problems of a type have in common."""

    title: str
    help: str


PROBLEM_TYPES: dict[str, ProblemType] = {
    "bad-query": ProblemType(
        "The query cannot be understood",
        "A parameter is unknown, malformed, out of range or given twice; errors says which, and "
        "what would do.",
    ),
    "bad-request": ProblemType(
        "The request is no HTTP",
        "Percent-encode what is in the address; a method is written in capital letters.",
    ),
    "headers-too-large": ProblemType("The headers are too large", "Send less of them."),
    "request-timeout": ProblemType("The request took too long", "Send it again, in one go."),
    "bad-header": ProblemType(
        "A header cannot be understood",
        "Send If-Match as ETag gave it, its quotes included; an Idempotency-Key has 1 to 200 "
        "characters.",
    ),
    "malformed-json": ProblemType(
        "The body is no JSON", "detail names the place, or what is refused."
    ),
    "malformed-csv": ProblemType("The body is no CSV", "detail says what is wrong with it."),
    "unauthorised": ProblemType(
        "A good key is needed",
        "Send Authorization: Bearer <key>. Whoever runs the server makes one with "
        "“parley keys create”.",
    ),
    "scope-too-small": ProblemType("The key is not good for this", "Use a key of the scope admin."),
    "not-found": ProblemType(
        "There is nothing here",
        "Look the record up in its list; mind as_of and revision, if they are given.",
    ),
    "no-such-revision": ProblemType("There is no such revision yet", "errors gives the newest."),
    "method-not-allowed": ProblemType(
        "The path does not take this method", "Allow lists those it takes."
    ),
    "not-acceptable": ProblemType(
        "There is no such representation", "formats lists those there are; so does /docs."
    ),
    "id-taken": ProblemType(
        "The identifier is taken",
        "Change the record that has it, restore it if it was deleted, or choose another "
        "identifier; meetings and milestones share one space of them.",
    ),
    "likely-duplicate": ProblemType(
        "This may be there already",
        "candidates ranks what is like it. Cite or change that one; or send it again with "
        "?duplicate=allow.",
    ),
    "in-use": ProblemType(
        "Other records cite it",
        "cited_by lists them. Change those first, or merge this record into another.",
    ),
    "date-circle": ProblemType(
        "Dates would hang on each other in a circle",
        "circle lists them; take one of the anchors away.",
    ),
    "empty-date": ProblemType(
        "A date would have no day left",
        "Its anchors leave it none: loosen the dates that affected lists, or correct the anchor.",
    ),
    "deleted": ProblemType("The record was deleted", "history shows it; restoring brings it back."),
    "merged": ProblemType(
        "The record was folded into another", "Follow Location, or address the other."
    ),
    "stale": ProblemType(
        "The record has changed since",
        "current holds it as it is; look at the difference, then send again with its ETag.",
    ),
    "body-too-large": ProblemType("The body is too large", "Send less at once."),
    "uri-too-long": ProblemType("The query is too long", "Shorten it to 8,000 bytes."),
    "unsupported-media-type": ProblemType(
        "The body's media type is not accepted",
        "Accept lists those that are. curl -d alone sends a form: add Content-Type.",
    ),
    "invalid-body": ProblemType(
        "The body breaks a rule", "errors names each field, and what would be accepted."
    ),
    "rule-broken": ProblemType(
        "The record makes no sense",
        "errors names each field, and what would be accepted; affected lists others that the write "
        "would make no sense of.",
    ),
    "unknown-reference": ProblemType(
        "A citation names no record",
        "accepted gives the nearest known ones; correct it, or create the record first.",
    ),
    "unclear": ProblemType(
        "The mapping does not know this value", "Extend the mapping, or correct the row."
    ),
    "import-refused": ProblemType(
        "Rows of the import cannot be written",
        "rows holds the verdicts. Mend those rows; or send ?atomic=false to write the others.",
    ),
    "idempotency-key-reused": ProblemType(
        "The Idempotency-Key stood for another request", "Take a new key for a new request."
    ),
    "if-match-required": ProblemType(
        "Say which state of the record is to be changed",
        "Send If-Match with the tag that ETag gives.",
    ),
    "too-many-failures": ProblemType(
        "Too many requests with a wrong key", "Wait as long as Retry-After says."
    ),
    "internal-error": ProblemType("Something went wrong here", "Tell whoever runs the server."),
    "not-ready": ProblemType("The database does not answer", "Try again later."),
}
