"""The texts, and what is shown in them: parts, tables, code."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README, API, DATA, OPERATIONS = (
    "README.md",
    "docs/api.md",
    "docs/data-model.md",
    "docs/operations.md",
)

#: Stands for what an answer on paper leaves out: further members, items, or a whole value.
LEFT_OUT = "…"


@cache
def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def texts() -> list[str]:
    """Every text of ours that a reader may come by."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
    found += sorted((ROOT / "docs").rglob("*.md"))
    return [path.relative_to(ROOT).as_posix() for path in found if "node_modules" not in path.parts]


def blocks(name: str) -> list[tuple[str, str]]:
    """Each fenced block of a text: its language and what stands in it."""
    return re.findall(r"^```([a-z]*)\n(.*?)^```$", read(name), re.DOTALL | re.MULTILINE)


def section(name: str, heading: str) -> str:
    """What stands below a heading, or a paragraph's bold beginning, up to the next of its kind."""
    end = r"^#" if heading.startswith("#") else r"^#|^\*\*"
    beginning = rf"^{re.escape(heading)}(?!\w)[^\n]*\n"
    found = re.search(rf"{beginning}(.*?)(?={end}|\Z)", read(name), re.DOTALL | re.MULTILINE)
    assert found, f"{name} has no part {heading}"
    return found[1]


def rows(part: str) -> list[list[str]]:
    """The cells of the rows of all tables, their heads and rules left out."""
    lines = re.sub(r"^\|.*\n\|[-| ]+\|$", "", part, flags=re.MULTILINE).splitlines()
    cells = (re.split(r" *\| *", line[1:-1].strip()) for line in lines if line.startswith("|"))
    return list(cells)


def named(part: str) -> set[str]:
    """Everything that stands in code."""
    return set(re.findall(r"`([^`\n]+)`", part))
