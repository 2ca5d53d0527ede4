"""A copy of the program, to be added to: as a server and as commands, each a process of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2

from app.kit.schema.shapes import Document
from tests.repository import ROOT


def copy_program(folder: Path) -> Path:
    """Copy what the program consists of into a folder."""
    for name in ("app", "migrations", "seed_data"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def insert(file: Path, after: str, text: str) -> None:
    """Put a line, or a few, after one that is there once."""
    content = file.read_text("utf-8")
    assert content.count(after) == 1, (file, after)
    file.write_text(content.replace(after, after + text), "utf-8")


class Program:
    """A copy of the program, with a database."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.environment = {"PARLEY_DATABASE_URL": database_url, "PYTHONPATH": str(folder)}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "app.cli", *arguments]

    def run(self, *arguments: str) -> str:
        """What a command prints; it must succeed."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def served(self, **settings: str) -> Iterator[Server]:
        """The copy as a server, its database filled with the seed."""
        process = subprocess.Popen(
            self.command("serve", "--port", "0"),
            cwd=self.folder,
            env=self.environment | settings,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        try:
            address = process.stdout.readline().split()[4]
            with httpx2.Client(base_url=address, timeout=30) as client:
                wait_for(client, process)
                yield Server(self, client)
        finally:
            process.terminate()
            process.wait(20)
            process.stdout.close()


def wait_for(client: httpx2.Client, process: subprocess.Popen[str]) -> None:
    """Return when a server answers; its address is printed a moment before."""
    until = time.monotonic() + 60
    while True:
        try:
            client.get("/healthz")
        except httpx2.ConnectError:
            assert process.poll() is None, "the server has ended"
            assert time.monotonic() < until, "the server did not start in time"
            time.sleep(0.05)
        else:
            return


class Server:
    """A running copy, read and written to."""

    def __init__(self, program: Program, client: httpx2.Client) -> None:
        self.program = program
        self.client = client

    @cached_property
    def key(self) -> str:
        """A key to write to it, made when it is first needed."""
        made = self.program.run("keys", "create", "--scope", "admin", "--name", "tester")
        return made.split()[-1]

    def get(self, path: str, **headers: str) -> httpx2.Response:
        response = self.client.get(path, headers=headers)
        assert response.status_code == 200, response.text
        return response

    def read(self, path: str) -> Document:
        document: Document = self.get(path).json()
        return document

    def ids(self, path: str) -> list[str]:
        return [item["id"] for item in self.read(path)["items"]]

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        headers |= {"authorization": f"Bearer {self.key}"}
        if method in ("PATCH", "DELETE") or path.endswith("/merge"):
            headers["if-match"] = "*"
        return self.client.request(method, path, json=body, headers=headers)

    def write(self, method: str, path: str, body: Any = None, **headers: str) -> Document:
        response = self.send(method, path, body, **headers)
        assert response.is_success, response.text
        return response.json() if response.content else {}
