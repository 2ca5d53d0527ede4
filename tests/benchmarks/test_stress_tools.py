"""The stress tools at small size: a race through two servers, and servers killed under writers."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.stress.crash import crash
from benchmarks.stress.race import race
from tests.databases import Databases

pytestmark = pytest.mark.slow


def test_a_race_loses_nothing(databases: Databases, tmp_path: Path) -> None:
    url = databases.empty()
    found = race(url, tmp_path / "log", clients=4, changes=25, same=10)
    assert found.holds, found
    assert found.statuses[200] == found.changes == 100
    databases.give_back(url)


def test_servers_killed_under_writers_keep_what_they_acknowledged(
    databases: Databases, tmp_path: Path
) -> None:
    url = databases.empty()
    # The first is followed by another server, the second by a look at what it left behind.
    found = crash(url, tmp_path / "log", kills=2, writers=4, seed=1, every=2)
    assert found.holds, found
    assert found.acknowledged > 0
    databases.give_back(url)
