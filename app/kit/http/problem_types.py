"""The problem types: the title of each, and what to do about it. They are documented on `/docs`."""

from __future__ import annotations

from typing import NamedTuple


class ProblemType(NamedTuple):
    """What all problems of a type have in common."""

    title: str
    help: str


PROBLEM_TYPES: dict[str, ProblemType] = {
    "bad-query": ProblemType(
        "Invalid query",
        "A parameter is unknown, malformed, out of range or repeated. errors names it and says "
        "what would be accepted.",
    ),
    "bad-request": ProblemType(
        "Invalid HTTP request",
        "Percent-encode the URL and write the method in uppercase.",
    ),
    "headers-too-large": ProblemType("Headers too large", "Send fewer or shorter headers."),
    "request-timeout": ProblemType("Request timeout", "Send the request again without pauses."),
    "bad-header": ProblemType(
        "Invalid header",
        "Send If-Match exactly as received in ETag, including the quotes. An Idempotency-Key must "
        "have 1 to 200 characters.",
    ),
    "malformed-json": ProblemType(
        "The body is not valid JSON", "detail says where the error is, or what is not accepted."
    ),
    "malformed-csv": ProblemType("The body is not valid CSV", "detail says what is wrong."),
    "unauthorised": ProblemType(
        "A valid API key is required",
        "Send Authorization: Bearer <key>. The operator of the server creates keys with “parley "
        "keys create”.",
    ),
    "scope-too-small": ProblemType("Insufficient scope", "Use an API key with the scope admin."),
    "not-found": ProblemType(
        "Not found",
        "Look up the record in its list, and check as_of and revision if you sent them.",
    ),
    "no-such-revision": ProblemType(
        "Revision does not exist yet", "errors gives the latest revision."
    ),
    "method-not-allowed": ProblemType(
        "Method not allowed", "Allow lists the methods that the path accepts."
    ),
    "not-acceptable": ProblemType(
        "No acceptable format", "formats lists the available formats, as does /docs."
    ),
    "id-taken": ProblemType(
        "Identifier already taken",
        "Change the record that has it, restore it if it was deleted, or choose another "
        "identifier. Meetings and milestones share one set of identifiers.",
    ),
    "likely-duplicate": ProblemType(
        "Likely duplicate",
        "candidates lists similar records, most similar first. Cite or change one of them, or "
        "send the record again with ?duplicate=allow.",
    ),
    "in-use": ProblemType(
        "Record in use",
        "cited_by lists the records that cite it. Change those first, or merge this record into "
        "another.",
    ),
    "date-circle": ProblemType(
        "Circular dates",
        "circle lists the records. Remove one of the anchors.",
    ),
    "empty-date": ProblemType(
        "No possible day left",
        "The anchors leave no possible day. Widen the dates that affected lists, or correct the "
        "anchor.",
    ),
    "deleted": ProblemType(
        "Record deleted", "See history for its revisions, or restore the record."
    ),
    "merged": ProblemType(
        "Record merged", "Follow Location, or use the identifier of the other record."
    ),
    "stale": ProblemType(
        "Record has changed",
        "current holds the current version. Review the differences, then send the request again "
        "with its ETag.",
    ),
    "body-too-large": ProblemType("Body too large", "Send less data per request."),
    "uri-too-long": ProblemType("Query too long", "Shorten the query to at most 8,000 bytes."),
    "unsupported-media-type": ProblemType(
        "Unsupported media type",
        "Accept lists the supported media types. curl -d sends form data unless you add a "
        "Content-Type header.",
    ),
    "invalid-body": ProblemType(
        "Invalid body", "errors names each field and says what would be accepted."
    ),
    "rule-broken": ProblemType(
        "Rule violated",
        "errors names each field and says what would be accepted. affected lists other records "
        "that the change would make invalid.",
    ),
    "unknown-reference": ProblemType(
        "Unknown reference",
        "accepted lists the closest matches. Correct the identifier, or create the record first.",
    ),
    "unclear": ProblemType(
        "Value not covered by the mapping", "Extend the mapping, or correct the row."
    ),
    "import-refused": ProblemType(
        "Import refused",
        "rows holds the verdicts. Correct the rows that were not accepted, or send ?atomic=false "
        "to write the others.",
    ),
    "idempotency-key-reused": ProblemType(
        "Idempotency-Key reused", "Use a new key for each new request."
    ),
    "if-match-required": ProblemType(
        "If-Match required",
        "Send If-Match with the ETag of the record.",
    ),
    "too-many-failures": ProblemType(
        "Too many invalid API keys", "Wait for as long as Retry-After says."
    ),
    "internal-error": ProblemType("Internal error", "Report it to the operator of the server."),
    "not-ready": ProblemType("Database not available", "Try again later."),
}
