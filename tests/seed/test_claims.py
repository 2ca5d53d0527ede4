"""What each record of the seed claims: every claim of its one source."""

from __future__ import annotations

import pytest

from tests.seed.claims import APRIL, DECEMBER, DEPUTIES, MINISTERS, SUMMIT, VISIT, Records

STATUS = [
    (DECEMBER, "meeting", "held", None),
    (VISIT, "visit", "held", None),
    (DEPUTIES, "meeting", "held", None),
    (APRIL, "meeting", "held", None),
    (MINISTERS, "meeting", "planned", "reportedly"),
    (SUMMIT, "meeting", "proposed", "could"),
]


@pytest.mark.parametrize(("meeting", "kind", "status", "hedge"), STATUS)
def test_a_meeting_is_as_certain_as_the_source_has_it(
    records: Records, meeting: str, kind: str, status: str, hedge: str | None
) -> None:
    record = records["meeting", meeting]
    assert (record["kind"], record["status"], record["hedge"]) == (kind, status, hedge)


LINKS = [
    (DECEMBER, []),
    (VISIT, []),
    (DEPUTIES, []),
    (APRIL, [("follows", DECEMBER)]),
    (MINISTERS, [("follows", APRIL)]),
    (SUMMIT, [("conditional_on", MINISTERS)]),
]


@pytest.mark.parametrize(("meeting", "links"), LINKS)
def test_a_meeting_stands_to_others_as_told(
    records: Records, meeting: str, links: list[tuple[str, str]]
) -> None:
    found = [(one["relation"], one["meeting"]) for one in records["meeting", meeting]["links"]]
    assert found == links


OUTCOMES = [
    (DECEMBER, ["breakthrough", "no_clear_progress"]),
    (VISIT, []),
    (DEPUTIES, ["no_clear_progress"]),
    (APRIL, ["no_clear_progress"]),
    (MINISTERS, []),
    (SUMMIT, []),
]


@pytest.mark.parametrize(("meeting", "outcomes"), OUTCOMES)
def test_it_is_the_source_itself_that_assesses(
    records: Records, meeting: str, outcomes: list[str]
) -> None:
    found = records["meeting", meeting]["outcomes"]
    assert [one["assessment"] for one in found] == outcomes
    assert all(one["by"] is None for one in found)


READOUTS = [
    (
        "RUS",
        "Russian Ministry of Defence",
        ["security-in-syria", "normalisation-of-relations", "counter-terrorism"],
        "counter terrorist threats and combat extremist groups in Syria",
    ),
    (
        "SYR",
        "Syrian Ministry of Defence",
        ["situation-in-northern-syria", "withdrawal-of-troops", "m4-highway"],
        (
            "implementing the special agreement related to movements along the"
            " M4 international highway"
        ),
    ),
]


def test_two_ministries_gave_an_account_of_25_april(records: Records) -> None:
    assert [
        (one["party"], one["issuer"], one["issues"], one["quote"])
        for one in records["meeting", APRIL]["readouts"]
    ] == READOUTS
    assert not any(r["readouts"] for (n, i), r in records.items() if n == "meeting" and i != APRIL)


POSITIONS = [
    ("2023-03-syr-withdrawal", "demands", "reported", VISIT, "illegal occupation"),
    ("2023-04-04-syr-withdrawal", "calls_for", "reported", DEPUTIES, None),
    (
        "2023-04-25-syr-withdrawal",
        "reports",
        "readout",
        APRIL,
        "discussed the issue of withdrawing Turkish troops from Syrian territory",
    ),
    ("tur-kurdish-forces", "calls_for", "reported", None, None),
    ("tur-refugees", "calls_for", "reported", None, None),
]


@pytest.mark.parametrize(("position", "stance", "channel", "meeting", "quote"), POSITIONS)
def test_a_position_was_voiced_in_this_way(
    records: Records,
    position: str,
    stance: str,
    channel: str,
    meeting: str | None,
    quote: str | None,
) -> None:
    record = records["position", position]
    assert (record["stance"], record["channel"]) == (stance, channel)
    assert (record["meeting"], record["quote"]) == (meeting, quote)
    assert record["language"] == ("en" if quote else None)


VOICES = [
    ("2023-03-syr-withdrawal", "SYR", "withdrawal-of-troops", "bashar-al-assad", "President"),
    ("2023-04-04-syr-withdrawal", "SYR", "withdrawal-of-troops", None, None),
    ("2023-04-25-syr-withdrawal", "SYR", "withdrawal-of-troops", None, "Ministry of Defence"),
    ("tur-kurdish-forces", "TUR", "kurdish-forces", None, None),
    ("tur-refugees", "TUR", "refugees", None, None),
]


@pytest.mark.parametrize(("position", "party", "issue", "person", "office"), VOICES)
def test_a_position_is_this_sides_on_this_issue(
    records: Records,
    position: str,
    party: str,
    issue: str,
    person: str | None,
    office: str | None,
) -> None:
    record = records["position", position]
    assert (record["party"], record["issue"]) == (party, issue)
    assert (record["person"], record["office"]) == (person, office)
