"""What holds for the working copy as a whole, whatever the code in it does."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import app
from tests.repository import ROOT, project, tracked_files

#: What may lie at the top, and what it is for.
TOP_LEVEL = {
    ".ci": "the checks that decide about a change",
    ".dockerignore": "what the image is built of",
    ".editorconfig": "layout, for editors",
    ".gitattributes": "what git should know of some files",
    ".github": "forms for those who write to us",
    ".gitignore": "what is never committed",
    "CHANGELOG.md": "what changed for users",
    "CONTRIBUTING.md": "how to work on Parley",
    "Dockerfile": "the image",
    "LICENSE": "the licence",
    "Makefile": "the commands",
    "README.md": "the front door",
    "SECURITY.md": "whom to tell of a weakness",
    "app": "the program",
    "benchmarks": "how fast it is",
    "compose.yaml": "the image at work",
    "constraints-build.txt": "pins: what building takes",
    "constraints-dev.txt": "pins: everything",
    "constraints.txt": "pins: what running takes",
    "docs": "texts longer than the front door",
    "migrations": "the tables and their changes",
    "pyproject.toml": "the package and its tools",
    "seed_data": "the records to begin with",
    "tests": "what Parley does",
}


#: Where packages come from is a matter of each machine and no matter of the project's. The names
#: are put together here, so that this file does not hold what it looks for.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("unpkg", "com"),
        ("jsdelivr", "net"),
        ("deb", "debian", "org"),
        ("proxy", "golang", "org"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("anaconda", "org"),
    ]
]


# ---------------------------------------------------------------------------- the tree


def test_no_file_names_the_host_of_a_package_registry() -> None:
    pattern = re.compile("|".join(map(re.escape, REGISTRY_HOSTS)).encode(), re.IGNORECASE)
    named = [
        f"{path}: {hit[0].decode()}"
        for path in tracked_files()
        for hit in [pattern.search((ROOT / path).read_bytes())]
        if hit
    ]
    assert named == []


def test_nothing_unexpected_lies_at_the_top() -> None:
    assert {path.parts[0] for path in tracked_files()} - TOP_LEVEL.keys() == set()


def test_no_file_holds_the_marks_of_a_conflict() -> None:
    # At the start of a line, and put together for the same reason as above.
    pattern = re.compile(rb"^(?:<{7}|>{7}) ", re.MULTILINE)
    assert [path for path in tracked_files() if pattern.search((ROOT / path).read_bytes())] == []


@pytest.mark.skipif(os.name != "posix", reason="only POSIX marks a file as executable")
def test_what_is_run_can_be_run() -> None:
    scripts = [path for path in tracked_files() if (ROOT / path).read_bytes()[:3] == b"#!/"]
    assert Path(".ci/run") in scripts
    assert [path for path in scripts if not os.access(ROOT / path, os.X_OK)] == []


# ---------------------------------------------------------------------------- files of others

VENDOR = ROOT / "app" / "web" / "vendor"


def test_the_files_of_others_are_as_they_came() -> None:
    table = (VENDOR / "VENDOR.md").read_text(encoding="utf-8")
    written = dict(re.findall(r"^\| `([^`]+)` \| `([0-9a-f]{64})` \|$", table, re.MULTILINE))
    present = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "VENDOR.md"
    }
    assert present == written


def test_the_files_of_others_come_with_their_licence() -> None:
    for folder in VENDOR.iterdir():
        assert not folder.is_dir() or (folder / "LICENSE").is_file(), folder


def test_the_style_sheets_of_others_fetch_nothing() -> None:
    sheets = sorted(VENDOR.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        text = sheet.read_text(encoding="utf-8")
        fetched = re.findall(r"url\(\s*[\"']?(?!data:|#)([^\"')\s]{1,80})", text)
        assert fetched == [], sheet
        assert "@import" not in text, sheet


# ---------------------------------------------------------------------------- the package


def test_the_version_is_the_same_everywhere() -> None:
    version = project()["project"]["version"]
    assert app.__version__ == version
    assert f"image: parley:{version}\n" in (ROOT / "compose.yaml").read_text(encoding="utf-8")


def test_the_wheel_carries_what_a_working_copy_has(tmp_path: Path) -> None:
    if not (ROOT / "README.md").is_file():
        pytest.skip("nothing can be built before there is a README.md")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    [wheel] = tmp_path.glob("parley-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        carried = set(archive.namelist())
    expected = {
        (path if path.parts[0] == "app" else Path("app/_bundled", path)).as_posix()
        for path in tracked_files()
        if path.parts[0] in {"app", "migrations", "seed_data"}
    }
    assert {name for name in carried if name.startswith("app/")} == expected


# ---------------------------------------------------------------------------- the texts


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))


def named_in(text: str) -> set[str]:
    """Return the targets that a text names, as in ``make test``, in code."""
    code = re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)
    return set(re.findall(r"\bmake ([a-z-]+)", "\n".join(code)))


def test_every_command_is_in_the_text_for_those_who_work_on_parley() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert named_in(text) == targets()


def test_the_front_door_names_the_commands_to_begin_with() -> None:
    readme = ROOT / "README.md"
    if not readme.is_file():
        pytest.skip("there is no README.md yet")
    named = named_in(readme.read_text(encoding="utf-8"))
    assert {"run", "test"} <= named
    assert named <= targets()


def test_every_declared_target_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    phony = re.search(r"^\.PHONY:(.*)$", makefile, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == targets()


def test_links_between_the_texts_lead_somewhere() -> None:
    broken = []
    for path in tracked_files():
        if path.suffix != ".md":
            continue
        text = (ROOT / path).read_text(encoding="utf-8")
        text = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            target = link.split("#")[0]
            if target and "://" not in target and not (ROOT / path.parent / target).exists():
                broken.append(f"{path}: {link}")
    assert broken == []


# ---------------------------------------------------------------------------- the tests


def test_what_is_skipped_or_expected_to_fail_says_why() -> None:
    silent = []
    for path in tracked_files():
        if path.suffix != ".py" or path.parts[0] != "tests":
            continue
        nodes = list(ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))))
        explained = [
            node.func
            for node in nodes
            if isinstance(node, ast.Call) and any(word.arg == "reason" for word in node.keywords)
        ]
        silent += [
            f"{path}:{node.lineno}: {node.attr}"
            for node in nodes
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Attribute)
            and node.value.attr == "mark"
            and node.attr in {"skip", "skipif", "xfail"}
            and node not in explained
        ]
    assert silent == []
