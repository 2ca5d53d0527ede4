"""Every dependency is pinned, by hashes, and no pin names where it comes from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.repository import ROOT, project, tracked_files

LOCK_FILES = {
    "Pipfile.lock",
    "bun.lock",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "pdm.lock",
    "pnpm-lock.yaml",
    "poetry.lock",
    "pylock.toml",
    "uv.lock",
    "yarn.lock",
}

CONSTRAINTS = ["constraints.txt", "constraints-dev.txt", "constraints-build.txt"]


def pins(name: str) -> dict[str, set[str]]:
    """Return the versions that a constraints file pins, by normalised name."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if pin := re.match(r"([a-z0-9][a-z0-9.-]*)==([^ ;]+)", line):
            found.setdefault(pin[1], set()).add(pin[2])
    return found


def test_there_is_no_lock_file() -> None:
    assert [path for path in tracked_files() if path.name in LOCK_FILES] == []


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_every_pin_has_its_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.findall(r"^\S.*(?:\n[ \t]+\S.*)*", text, re.MULTILINE)
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9][a-z0-9.-]*==[^ ]+ ", entry), entry
        hashes = re.findall(r"--hash=(\S*)", entry)
        assert hashes, entry
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", one) for one in hashes), entry


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_constraints_name_no_address_and_no_folder(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"://|^-|\s/\S+", text, re.MULTILINE) == []


@pytest.mark.parametrize("name", ["constraints.txt", "constraints-build.txt"])
def test_the_constraints_agree(name: str) -> None:
    everything = pins("constraints-dev.txt")
    assert {pin: everything.get(pin) for pin in pins(name)} == pins(name)


def test_every_dependency_is_pinned() -> None:
    table = project()["project"]
    run, extras = table["dependencies"], table["optional-dependencies"]
    assert isinstance(run, list)
    assert isinstance(extras, dict)

    def names(requirements: list[str]) -> set[str]:
        bare = (re.split(r"[^A-Za-z0-9._-]", one, maxsplit=1)[0] for one in requirements)
        return {re.sub(r"[-_.]+", "-", one).lower() for one in bare}

    assert names(run + extras["postgres"]) <= pins("constraints.txt").keys()
    assert names(sum(extras.values(), run)) <= pins("constraints-dev.txt").keys()


def test_every_package_from_npm_is_pinned() -> None:
    packages = [path for path in tracked_files() if path.name == "package.json"]
    assert Path(".ci/package.json") in packages
    for path in packages:
        package = json.loads((ROOT / path).read_text(encoding="utf-8"))
        named = package.get("dependencies", {}) | package.get("devDependencies", {})
        assert named, path
        for name, version in named.items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{path}: {name}"
