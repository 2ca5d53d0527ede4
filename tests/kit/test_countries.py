from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import countries as kit
from app.kit.countries import (
    Country,
    all_countries,
    country_by_code,
    find_country,
    similar_countries,
)


def test_the_table_is_whole() -> None:
    assert Counter(one.status for one in all_countries().values()) == {
        "current": 249,
        "former": 30,
        "own": 1,
    }
    assert list(all_countries()) == sorted(all_countries())


def test_the_codes_have_the_shape_of_codes() -> None:
    for alpha3, one in all_countries().items():
        assert one.alpha3 == alpha3
        assert re.fullmatch("[A-Z]{3}", one.alpha3), one
        assert re.fullmatch("[A-Z]{2}", one.alpha2), one


def test_an_alpha2_code_means_one_country_of_today() -> None:
    today = Counter(one.alpha2 for one in all_countries().values() if one.status != "former")
    assert set(today.values()) == {1}


def test_own_codes_come_from_the_range_left_to_users() -> None:
    own = [one.alpha3 for one in all_countries().values() if one.status == "own"]
    assert own == ["XKX"]
    assert all("XAA" <= code <= "XXZ" for code in own)


def test_names_are_neat() -> None:
    for one in all_countries().values():
        assert all(name and name == " ".join(name.split()) for name in one.names), one
        folded = [kit._fold(name) for name in one.names]
        assert len(folded) == len(set(folded)), one


def test_no_two_countries_of_today_share_a_name() -> None:
    bearers = Counter(
        kit._fold(name)
        for one in all_countries().values()
        if one.status != "former"
        for name in one.names
    )
    assert {name for name, times in bearers.items() if times > 1} == set()


def test_no_name_passes_for_the_code_of_another() -> None:
    for one in all_countries().values():
        for name in one.names:
            found = find_country(name)
            assert found is not None
            assert found == one or found.status == "current", (name, one, found)


def test_the_table_cannot_be_written_to() -> None:
    with pytest.raises(TypeError):
        all_countries()["AAA"] = all_countries()["FRA"]  # type: ignore[index]  # that it cannot be set is what is tried


@pytest.mark.parametrize("one", list(all_countries().values()), ids=lambda one: one.alpha3)
def test_every_country_is_found_by_its_code(one: Country) -> None:
    assert country_by_code(one.alpha3) is one
    assert find_country(one.alpha3) is one
    assert find_country(f" {one.alpha3.lower()} ") is one
    if one.status != "former":
        assert find_country(one.alpha2) is one


@pytest.mark.parametrize(
    ("text", "alpha3"),
    [
        ("Türkiye", "TUR"),
        ("turkiye", "TUR"),
        ("TURKEY", "TUR"),
        ("Cote d’Ivoire", "CIV"),
        ("CÔTE D'IVOIRE", "CIV"),
        ("Ivory Coast", "CIV"),
        ("the united states", "USA"),
        ("U.S.A.", "USA"),
        ("uk", "GBR"),
        ("St. Lucia", "LCA"),
        ("Bosnia & Herzegovina", "BIH"),
        ("Timor Leste", "TLS"),
        ("Korea, Republic of", "KOR"),
        ("Iran (Islamic Republic of)", "IRN"),
        ("Curacao", "CUW"),
        ("Congo", "COG"),
        ("Kosovo", "XKX"),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, alpha3: str) -> None:
    assert find_country(text) is all_countries()[alpha3]


@pytest.mark.parametrize(
    ("text", "alpha3"),
    [
        # A new name for the same country: the old one leads to the country of today ...
        ("Burma", "MMR"),
        ("Zaire", "COD"),
        ("Czech Republic", "CZE"),
        ("East Timor", "TLS"),
        # ... and the old code to the entry of then.
        ("BUR", "BUR"),
        ("ZAR", "ZAR"),
        # A country that is no more.
        ("Soviet Union", "SUN"),
        ("ussr", "SUN"),
        ("SU", "SUN"),
        ("Yugoslavia", "YUG"),
        ("East Germany", "DDR"),
        ("Czechoslovakia", "CSK"),
        # A code with a second life is its present bearer's.
        ("GE", "GEO"),
        ("SK", "SVK"),
    ],
)
def test_the_past_is_found(text: str, alpha3: str) -> None:
    assert find_country(text) is all_countries()[alpha3]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "Atlantis",
        "Korea",  # one of two
        "CS",  # Czechoslovakia's, then Serbia and Montenegro's, now nobody's
        "EU",  # an organisation
        "EUE",
    ],
)
def test_what_means_no_one_country_is_not_found(text: str) -> None:
    assert find_country(text) is None


def test_a_code_is_taken_as_it_is_written() -> None:
    assert country_by_code("fra") is None
    assert country_by_code("France") is None
    assert country_by_code("ZZZ") is None


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Germny", "DEU"),
        ("Frnace", "FRA"),
        ("Swizerland", "CHE"),
        ("Untied States", "USA"),
        ("Czechoslovaka", "CSK"),
        ("GER", "DEU"),
        ("congo", "COG"),
        ("soviet", "SUN"),
        ("türkiy", "TUR"),
    ],
)
def test_a_slip_is_forgiven(text: str, first: str) -> None:
    assert similar_countries(text)[0] is all_countries()[first]


def test_both_koreas_are_near_korea() -> None:
    assert [one.alpha3 for one in similar_countries("Korea", 2)] == ["KOR", "PRK"]


@pytest.mark.parametrize("text", ["", "?!", "zzzz", "qwertyuiop"])
def test_nothing_unlike_is_offered(text: str) -> None:
    assert similar_countries(text) == []


@given(st.text(max_size=40), st.integers(min_value=0, max_value=5))
def test_any_text_will_do(text: str, n: int) -> None:
    found = find_country(text)
    assert found is None or found is all_countries()[found.alpha3]
    offered = similar_countries(text, n)
    assert len(offered) <= n
    assert len({one.alpha3 for one in offered}) == len(offered)


def test_a_status_out_of_the_three_is_refused() -> None:
    line = {"alpha3": "AAA", "alpha2": "AA", "name": "A", "other_names": "", "status": "gone"}
    with pytest.raises(ValueError, match="AAA: no such status: gone"):
        kit._country_from_row(line)
