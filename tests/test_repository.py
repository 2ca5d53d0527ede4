"""What holds for the working copy as a whole, whatever the code in it does."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from functools import cache
from pathlib import Path

import pytest

import app

ROOT = Path(__file__).resolve().parent.parent

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

#: Left by tools and by running; looked at only where git cannot say what is ours.
LEFT_BY_TOOLS = {
    ".git",
    ".hypothesis",
    ".import_linter_cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    ".venv-tools",
    "__pycache__",
    "build",
    "data",
    "dist",
    "node_modules",
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


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return every file that is committed or could be, relative to the top."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listed = subprocess.run(
            [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if listed.returncode == 0:
            names = {name for name in listed.stdout.split("\0") if name}
            return tuple(sorted(Path(name) for name in names if (ROOT / name).is_file()))
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in LEFT_BY_TOOLS]
        found += [(Path(folder) / name).relative_to(ROOT) for name in files]
    return tuple(sorted(found))


@cache
def project() -> dict[str, dict[str, object]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(name: str) -> dict[str, set[str]]:
    """Return the versions that a constraints file pins, by normalised name."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if pin := re.match(r"([a-z0-9][a-z0-9.-]*)==([^ ;]+)", line):
            found.setdefault(pin[1], set()).add(pin[2])
    return found


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


def test_there_is_no_lock_file() -> None:
    assert [path for path in tracked_files() if path.name in LOCK_FILES] == []


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


# ---------------------------------------------------------------------------- dependencies


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
