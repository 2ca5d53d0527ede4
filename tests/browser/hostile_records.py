"""Records that try to be more than text."""

from __future__ import annotations

from app.ledger.write.ledger import Ledger
from tests.builders import (
    RecordWriter,
    issue,
    meeting,
    milestone,
    participant,
    party,
    position,
    source,
)

SCRIPT = "<script>document.title='taken'</script>"
IMAGE = '"><img src=x onerror="document.title=\'taken\'">'
TEMPLATE = "{{ 7 * 7 }}${7 * 7}<%= 7 * 7 %>"
BIDI = "\u202egnihton\u202c \u2066around\u2069 \u202eleft open"
LINES = "first\r\nContent-Security-Policy: default-src *\n\nlast"
LONG = "unbroken" * 50
TITLES = (SCRIPT, IMAGE, TEMPLATE, BIDI, LONG)


def fill(ledger: Ledger) -> None:
    """Write what is hostile into every field that a page shows."""
    RecordWriter(ledger).write(
        source("leaflet", "2023-04-26", title=SCRIPT, publisher=IMAGE, note=SCRIPT),
        source("link", "2023-04-27", url="https://example.org/'onmouseover=alert(1)//"),
        party("TUR", name=f"Türkiye {IMAGE}"),
        party("SYR", name=f"Syria {BIDI}"),
        issue("withdrawal", name=SCRIPT),
        milestone("anchor", "2023-05", title=IMAGE, note=LINES),
        *(
            meeting(
                f"meeting-{number}",
                {"edtf": "2023-04-26/..", "before": "anchor"} if number % 2 else "2023-04-25",
                title=title,
                summary=LINES,
                hedge=SCRIPT,
                status="planned" if number % 2 else "held",
                place={"name": IMAGE},
                participants=[
                    participant("TUR", name=SCRIPT, office=IMAGE),
                    participant("SYR", office=BIDI),
                ],
                issues=["withdrawal"],
                readouts=[
                    {"party": "TUR", "issuer": IMAGE, "quote": SCRIPT, "issues": ["withdrawal"]},
                    {"party": "SYR", "text": LINES, "quote": BIDI, "source": "leaflet"},
                ],
                outcomes=[{"assessment": "progress", "text": IMAGE, "by": SCRIPT}],
                note=TEMPLATE,
                sources=["leaflet", "link"],
            )
            for number, title in enumerate(TITLES)
        ),
        position("claim", "2023-04-25", meeting="meeting-0", quote=SCRIPT, text=IMAGE),
    )
