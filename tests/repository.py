"""The files of the working copy."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


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
