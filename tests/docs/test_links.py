"""Links between the texts lead somewhere, and every text can be found."""

from __future__ import annotations

import re

import pytest

from tests.docs.texts import ROOT, read, texts


def _anchors(name: str) -> set[str]:
    content = re.sub(r"^```.*?^```$", "", read(name), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", content, re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', content))


@pytest.mark.parametrize("name", texts())
def test_links_lead_to_a_place_that_is_there(name: str) -> None:
    content = re.sub(r"^```.*?^```$|`[^`\n]*`", "", read(name), flags=re.DOTALL | re.MULTILINE)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", content):
        target, _, anchor = link.partition("#")
        if "://" in target:
            continue
        path = (ROOT / name).parent / target if target else ROOT / name
        if not path.exists():
            broken.append(link)
        elif anchor and path.suffix == ".md":
            inside = path.resolve().relative_to(ROOT).as_posix()
            broken += [link] if anchor not in _anchors(inside) else []
    assert broken == []


def test_every_text_can_be_found() -> None:
    index = read("docs/README.md")
    for path in sorted((ROOT / "docs").glob("*.md")):
        assert path.name == "README.md" or f"({path.name})" in index, path.name
    decisions = read("docs/decisions/README.md")
    numbers = []
    for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")):
        title = path.read_text(encoding="utf-8").splitlines()[0]
        number, _, words = title.removeprefix("# ").partition(": ")
        assert f"| [{number}]({path.name}) | {words} |" in decisions
        numbers.append(int(number))
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_decision_tells_why_what_and_what_follows() -> None:
    for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")):
        content = path.read_text(encoding="utf-8")
        headings = re.findall(r"^## (.+)$", content, re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], path.name
