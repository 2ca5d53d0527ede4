"""What the seed says: every claim of its one source, and nothing besides."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from app.imports import seed
from app.kit.sql.database import Database
from app.kit.words import split_words
from app.ledger.maintenance import migrate
from app.ledger.read import history
from app.ledger.snapshot import Snapshot
from app.ledger.write.ledger import Ledger
from app.main import create_app
from app.nouns.registry import NOUNS
from app.settings import Settings
from tests.asking import Client

Records = dict[tuple[str, str], dict[str, Any]]

ARTICLE = "TEST_ARTICLE"  # names the file that holds the article, which is not kept here
LONGEST_RUN = 6  # so many words in a row may be the article's own by chance
SOURCE = "2023-04-26-moscow-talks"
PROCESS = "syria-turkiye-normalisation"
DECEMBER, VISIT, DEPUTIES = "2022-12-28-moscow", "2023-03-russia-visit", "2023-04-04-moscow"
APRIL, MINISTERS, SUMMIT = "2023-04-25-moscow", "2023-foreign-ministers", "syria-turkiye-summit"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('seed') / 'parley.sqlite3'}"
    database = Database(url)
    migrate.upgrade(database)
    seed.seed(Ledger(database, NOUNS))
    database.close()
    return url


@pytest.fixture(scope="module")
def records(url: str) -> Records:
    database = Database(url)
    with database.read_transaction() as connection:
        listed = history.changes(Snapshot(connection, NOUNS), after=0, limit=10_000)
    database.close()
    return {(one.noun, one.id): orjson.loads(one.document or b"") for one in listed}


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[TestClient]:
    with Client(create_app(Settings(database_url=url))) as client:
        yield client


def at(record: Any, path: str) -> Any:
    """Return what stands at a path such as ``outcomes.0.by``."""

    def step(value: Any, part: str) -> Any:
        return value[int(part) if part.isdigit() else part]

    return reduce(step, path.split("."), record)


# ---------------------------------------------------------------------------- the whole


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


# ---------------------------------------------------------------------------- who

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
    assert "since when and until when is not told" in person["note"]


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


# ---------------------------------------------------------------------------- when and where

# The first and the last possible day, and how finely the date is given.
DATES = [
    ("milestone", "syrian-war-outbreak", "2011-01-01", "2011-12-31", "year"),
    ("milestone", "iran-joins-normalisation", "2023-01-01", "2023-04-25", "set"),
    ("milestone", "tr-general-election-2023", "2023-05-01", "2023-05-31", "month"),
    ("meeting", DECEMBER, "2022-12-28", "2022-12-28", "day"),
    ("meeting", VISIT, "2023-03-01", "2023-03-31", "month"),
    ("meeting", DEPUTIES, "2023-04-04", "2023-04-04", "day"),
    ("meeting", APRIL, "2023-04-25", "2023-04-25", "day"),
    ("meeting", MINISTERS, "2023-04-26", "2023-05-30", "interval"),
    ("meeting", SUMMIT, "2023-04-27", None, "interval"),
    ("position", "2023-03-syr-withdrawal", "2023-03-01", "2023-03-31", "month"),
    ("position", "2023-04-04-syr-withdrawal", "2023-04-04", "2023-04-04", "day"),
    ("position", "2023-04-25-syr-withdrawal", "2023-04-25", "2023-04-25", "day"),
    ("position", "tur-kurdish-forces", None, "2023-04-26", "interval"),
    ("position", "tur-refugees", None, "2023-04-26", "interval"),
]


@pytest.mark.parametrize(("noun", "name", "earliest", "latest", "precision"), DATES)
def test_an_event_has_the_day_that_is_told_and_no_finer(
    records: Records,
    noun: str,
    name: str,
    earliest: str | None,
    latest: str | None,
    precision: str,
) -> None:
    date = records[noun, name]["date"]
    assert (date["earliest"], date["latest"], date["precision"]) == (earliest, latest, precision)


def test_every_dated_record_is_in_that_table(records: Records) -> None:
    dated = {key for key, record in records.items() if "date" in record}
    assert dated == {(noun, name) for noun, name, *_ in DATES}


MOSCOW = {"name": "Moscow", "country": "RUS", "latitude": 55.7558, "longitude": 37.6173}
RUSSIA = {"name": "Russia", "country": "RUS", "latitude": None, "longitude": None}
PLACES = [
    (DECEMBER, MOSCOW),
    (VISIT, RUSSIA),
    (DEPUTIES, MOSCOW),
    (APRIL, MOSCOW),
    (MINISTERS, None),
    (SUMMIT, None),
]


@pytest.mark.parametrize(("meeting", "place"), PLACES)
def test_a_meeting_has_the_place_that_is_told(
    records: Records, meeting: str, place: dict[str, Any] | None
) -> None:
    assert records["meeting", meeting]["place"] == place


# ---------------------------------------------------------------------------- claims

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


CLAIMS = [
    ("source", SOURCE, "published.edtf", "2023-04-26"),
    ("source", SOURCE, "language", "en"),
    ("source", SOURCE, "mirrored_by", "SOUTH FRONT"),
    ("source", SOURCE, "publisher", None),
    ("source", SOURCE, "title", None),
    ("source", SOURCE, "url", None),
    ("party", "TUR", "name", "Türkiye"),
    ("party", "TUR", "names.0.name", "Turkey"),
    ("party", "SYR", "names.0.name", "Syrian Arab Republic"),
    ("party", "RUS", "names.0.name", "Russian Federation"),
    ("party", "IRN", "names.0.name", "Islamic Republic of Iran"),
    ("person", "recep-tayyip-erdogan", "names.0.name", "Recep Tayyip Erdoğan"),
    ("process", PROCESS, "parties", ["SYR", "TUR", "RUS", "IRN"]),
    ("meeting", MINISTERS, "date.before", "tr-general-election-2023"),
    ("meeting", SUMMIT, "date.after", MINISTERS),
    ("meeting", DECEMBER, "issues", []),
    ("meeting", VISIT, "issues", ["withdrawal-of-troops"]),
    ("meeting", DEPUTIES, "issues", ["withdrawal-of-troops"]),
    ("issue", "kurdish-forces", "broader", "situation-in-northern-syria"),
    ("issue", "counter-terrorism", "broader", "security-in-syria"),
]


@pytest.mark.parametrize(("noun", "name", "path", "value"), CLAIMS)
def test_a_record_says(records: Records, noun: str, name: str, path: str, value: Any) -> None:
    assert at(records[noun, name], path) == value


# What has no field of its own, and where the source is vague: a note says it.
NOTES = [
    ("source", SOURCE, "neither the first publisher nor a title"),
    ("source", SOURCE, "worked out"),
    ("party", "SYR", "once an ally of Türkiye"),
    ("party", "TUR", "once an ally of Syria"),
    ("party", "TUR", "back the rebels"),
    ("party", "TUR", "large parts of northern Syria"),
    ("party", "RUS", "bring Ankara and Damascus back together"),
    ("party", "IRN", "iran-joins-normalisation"),
    ("issue", "withdrawal-of-troops", "its president spoke of an occupation"),
    ("issue", "security-in-syria", "practical steps to strengthen it"),
    ("issue", "counter-terrorism", "does not say which groups are meant"),
    ("issue", "situation-in-northern-syria", "without further detail"),
    ("issue", "kurdish-forces", "they are an issue here and not a party"),
    ("issue", "m4-highway", "special agreement about movement"),
    ("issue", "refugees", "Ankara's own refugee crisis"),
    ("person", "recep-tayyip-erdogan", "indirectly"),
    ("process", PROCESS, "bear on it directly"),
    ("milestone", "syrian-war-outbreak", "only the year is told"),
    ("milestone", "iran-joins-normalisation", "earlier in that year"),
    ("milestone", "tr-general-election-2023", "results will bear directly on the process"),
    ("milestone", "tr-general-election-2023", "year is worked out"),
    ("meeting", DECEMBER, "year is worked out"),
    ("meeting", DECEMBER, "both stand"),
    ("meeting", VISIT, "year is worked out"),
    ("meeting", VISIT, "no city is named"),
    ("meeting", DEPUTIES, "year is worked out"),
    ("meeting", DEPUTIES, "level is not told"),
    ("meeting", APRIL, "year is worked out"),
    ("meeting", APRIL, "quoted without their speaker"),
    ("meeting", APRIL, "read from the context"),
    ("meeting", MINISTERS, "year is worked out"),
    ("meeting", MINISTERS, "neither day nor place is told"),
    ("meeting", SUMMIT, "success of the ministers' meeting"),
]


@pytest.mark.parametrize(("noun", "name", "said"), NOTES)
def test_a_note_says(records: Records, noun: str, name: str, said: str) -> None:
    assert " ".join(split_words(said)) in " ".join(split_words(records[noun, name]["note"]))


UNTOLD = [
    ("2023-03-syr-withdrawal", "in what form is not told"),
    ("2023-03-syr-withdrawal", "year is worked out"),
    ("2023-04-04-syr-withdrawal", "who said so is not told"),
    ("2023-04-04-syr-withdrawal", "year is worked out"),
    ("2023-04-25-syr-withdrawal", "year is worked out"),
    ("tur-kurdish-forces", "calls_for is the nearest stance"),
    ("tur-refugees", "calls_for is the nearest stance"),
]


@pytest.mark.parametrize(("position", "said"), UNTOLD)
def test_a_position_says_in_its_text_what_is_not_told(
    records: Records, position: str, said: str
) -> None:
    assert said in records["position", position]["text"].lower().replace("\n", " ")


# ---------------------------------------------------------------------------- found

FOUND = [
    ("issues?q=M4", {"m4-highway"}),
    ("meetings?q=M4", {APRIL}),
    ("parties?q=Turkey", {"TUR"}),
    ("people?q=Erdoğan", {"recep-tayyip-erdogan"}),
    ("people?q=Sergei", {"sergey-shoigu"}),
    ("people?q=Шойгу", {"sergey-shoigu"}),
    ("people?q=آشتیانی", {"mohammad-reza-ashtiani"}),
    ("people?q=محمود عباس", {"ali-mahmoud-abbas"}),
    ("people?q=الأسد", {"bashar-al-assad"}),
    ("meetings?issue=withdrawal-of-troops", {VISIT, DEPUTIES, APRIL}),
    ("meetings?outcome=no_clear_progress", {DECEMBER, DEPUTIES, APRIL}),
    ("meetings?outcome=breakthrough", {DECEMBER}),
    ("meetings?level=intelligence_chief", {APRIL}),
    ("meetings?named=true", {VISIT, SUMMIT}),
    ("meetings?party=IRN", {DEPUTIES, APRIL, MINISTERS}),
    ("meetings?as_of=2023-04-25", set()),
]


@pytest.mark.parametrize(("query", "names"), FOUND)
def test_a_question_finds(client: TestClient, query: str, names: set[str]) -> None:
    answer = client.get(f"/v1/{query}")
    assert answer.status_code == 200, answer.text
    assert {item["id"] for item in answer.json()["items"]} == names


# ---------------------------------------------------------------------------- words

#: Spellings are levelled, so that a sentence is not hidden by the one that Parley keeps to.
SPELLINGS = [
    ("defence", "defense"),
    ("turkiye", "turkey"),
    ("isation", "ization"),
    ("ising", "izing"),
]


@pytest.fixture(scope="module")
def article() -> str:
    path = os.environ.get(ARTICLE)
    if not path:
        pytest.skip(f"the article is not kept here; {ARTICLE} names no file that holds it")
    return Path(path).read_text(encoding="utf-8")


def levelled(text: str) -> list[str]:
    return reduce(lambda t, pair: t.replace(*pair), SPELLINGS, " ".join(split_words(text))).split()


def runs(text: str) -> set[tuple[str, ...]]:
    """Return every run of words that is too long to be shared by chance."""
    told = levelled(text)
    return {tuple(told[i : i + LONGEST_RUN + 1]) for i in range(len(told) - LONGEST_RUN)}


def texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Give every string of a record with the field that it stands in."""
    if isinstance(value, dict):
        for field, inner in value.items():
            yield from texts(inner, field)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, name)
    elif isinstance(value, str):
        yield name, value


def written() -> Iterator[tuple[str, str]]:
    for _, changes in seed.read(seed.folder(), NOUNS):
        for change in changes:
            yield from texts(change.body)


def test_quotes_are_short() -> None:
    quotes = [text for field, text in written() if field == "quote"]
    assert len(quotes) == 4
    assert all(len(split_words(quote)) < 30 for quote in quotes)


def test_no_sentence_is_the_articles(article: str) -> None:
    taken = runs(article)
    readme = (seed.folder() / "README.md").read_text(encoding="utf-8")
    for field, text in (*written(), ("README.md", readme)):
        if field != "quote":
            assert runs(text) & taken == set(), field


def test_what_is_quoted_is_what_someone_said(article: str) -> None:
    said = re.findall(r"“([^”]*)”", article)
    for field, text in written():
        for passage in text.split(" … ") if field == "quote" else []:
            assert any(passage in one for one in said), passage
