"""What questions to the seed find."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.seed.claims import APRIL, DECEMBER, DEPUTIES, MINISTERS, SUMMIT, VISIT

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
