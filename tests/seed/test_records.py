"""What there is in the seed: every record and who took part, and nothing besides."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.seed.claims import (
    APRIL,
    DECEMBER,
    DEPUTIES,
    MINISTERS,
    PROCESS,
    SOURCE,
    SUMMIT,
    VISIT,
    Records,
)


def test_there_is_so_much_of_each_and_no_more(records: Records) -> None:
    assert Counter(noun for noun, _ in records) == {
        "source": 1,
        "party": 4,
        "issue": 8,
        "person": 6,
        "process": 1,
        "milestone": 3,
        "meeting": 6,
        "position": 5,
    }


def test_every_record_cites_the_source(records: Records) -> None:
    for (noun, name), record in records.items():
        if noun not in {"source", "issue"}:  # these two have no sources of their own
            assert record["sources"] == [SOURCE], name
        assert record["reported_on"] == (None if noun == "issue" else "2023-04-26"), name


def test_every_account_and_assessment_cites_the_source(records: Records) -> None:
    for (_, name), record in records.items():
        for part in (*record.get("readouts", []), *record.get("outcomes", [])):
            assert part["source"] == SOURCE, name


def test_every_account_and_assessment_is_summed_up(records: Records) -> None:
    for (noun, name), record in records.items():
        if noun in {"process", "meeting"}:
            assert record["summary"], name
        for part in (*record.get("readouts", []), *record.get("outcomes", [])):
            assert part["text"], name


def test_what_has_a_process_is_in_the_one_there_is(records: Records) -> None:
    assert {r["process"] for r in records.values() if "process" in r} == {PROCESS}


def test_every_participant_with_a_name_is_a_person_on_record(records: Records) -> None:
    for (noun, name), record in records.items():
        for seat in record["participants"] if noun == "meeting" else []:
            if seat["person"] is None:
                assert seat["name"] is None, name
                continue
            person = records["person", seat["person"]]
            [tenure] = person["tenures"]
            assert seat["name"] == person["name"], name
            assert [seat[part] for part in ("office", "level", "party")] == [
                tenure[part] for part in ("office", "level", "party")
            ], name


def test_every_issue_is_spoken_of(records: Records) -> None:
    spoken = {issue for r in records.values() for issue in r.get("issues", [])}
    spoken |= {record["issue"] for (noun, _), record in records.items() if noun == "position"}
    assert spoken == {name for noun, name in records if noun == "issue"}


def test_a_meeting_lists_the_issues_of_its_readouts(records: Records) -> None:
    for (noun, name), record in records.items():
        if noun == "meeting":
            told = {issue for account in record["readouts"] for issue in account["issues"]}
            assert told <= set(record["issues"]), name


def test_no_time_of_day_is_told(records: Records) -> None:
    clocks = [
        [r["start"], r["end"], r["timezone"]] for (n, _), r in records.items() if n == "meeting"
    ]
    assert clocks == [[None, None, None]] * 6


def test_nobody_is_said_to_have_mediated_or_observed(records: Records) -> None:
    meetings = [record for (noun, _), record in records.items() if noun == "meeting"]
    assert {s["role"] for m in meetings for s in m["participants"]} == {"participant", "host"}


PEOPLE = [
    ("sergey-shoigu", "Sergey Shoigu", "RUS", "Minister of Defence", "defence_minister"),
    (
        "mohammad-reza-ashtiani",
        "Mohammad-Reza Ashtiani",
        "IRN",
        "Minister of Defence",
        "defence_minister",
    ),
    ("ali-mahmoud-abbas", "Ali Mahmoud Abbas", "SYR", "Minister of Defence", "defence_minister"),
    ("hulusi-akar", "Hulusi Akar", "TUR", "Minister of Defence", "defence_minister"),
    ("bashar-al-assad", "Bashar al-Assad", "SYR", "President", "head_of_state"),
    ("recep-tayyip-erdogan", "Recep Tayyip Erdogan", "TUR", "President", "head_of_state"),
]


@pytest.mark.parametrize(("who", "name", "party", "office", "level"), PEOPLE)
def test_a_person_has_a_name_and_an_office_of_unknown_duration(
    records: Records, who: str, name: str, party: str, office: str, level: str
) -> None:
    person = records["person", who]
    assert (person["name"], person["party"]) == (name, party)
    assert person["tenures"] == [
        {"office": office, "level": level, "party": party, "from": None, "to": None}
    ]
    assert "start and end dates are not given" in person["note"]


SEATS = [
    (
        DECEMBER,
        "trilateral",
        [
            "SYR - Minister of Defence",
            "TUR - Minister of Defence",
            "RUS - - host",
        ],
    ),
    (VISIT, "bilateral", ["SYR Bashar al-Assad President", "RUS - - host"]),
    (
        DEPUTIES,
        "quadrilateral",
        [
            "SYR - Deputy Minister of Foreign Affairs",
            "TUR - Deputy Minister of Foreign Affairs",
            "IRN - -",
            "RUS - - host",
        ],
    ),
    (
        APRIL,
        "quadrilateral",
        [
            "RUS Sergey Shoigu Minister of Defence host",
            "IRN Mohammad-Reza Ashtiani Minister of Defence",
            "SYR Ali Mahmoud Abbas Minister of Defence",
            "TUR Hulusi Akar Minister of Defence",
            "SYR - Intelligence chief",
            "TUR - Intelligence chief",
        ],
    ),
    (
        MINISTERS,
        "quadrilateral",
        [f"{party} - Minister of Foreign Affairs" for party in ("RUS", "TUR", "IRN", "SYR")],
    ),
    (
        SUMMIT,
        "bilateral",
        ["SYR Bashar al-Assad President", "TUR Recep Tayyip Erdogan President"],
    ),
]
LEVELS = {
    "President": "head_of_state",
    "Minister of Foreign Affairs": "foreign_minister",
    "Deputy Minister of Foreign Affairs": "deputy_foreign_minister",
    "Minister of Defence": "defence_minister",
    "Intelligence chief": "intelligence_chief",
    None: None,
}


@pytest.mark.parametrize(("meeting", "form", "seats"), SEATS)
def test_these_took_part_in_these_offices(
    records: Records, meeting: str, form: str, seats: list[str]
) -> None:
    record = records["meeting", meeting]
    found = [
        f"{s['party']} {s['name'] or '-'} {s['office'] or '-'}"
        + (" host" if s["role"] == "host" else "")
        for s in record["participants"]
    ]
    assert found == seats
    assert record["format"] == form
    assert all(s["level"] == LEVELS[s["office"]] for s in record["participants"])
