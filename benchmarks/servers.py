"""The servers under test: one process each, on a core of its own where the system allows."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from benchmarks.client import HOST

_TICK = os.sysconf("SC_CLK_TCK")
_PATIENCE = 120  # seconds


def pin(pid: int, core: int) -> bool:
    """Keep a process on one core; says whether the system did."""
    if not hasattr(os, "sched_setaffinity") or core not in os.sched_getaffinity(0):
        return False
    os.sched_setaffinity(pid, {core})
    return True


def cores() -> tuple[int, int] | None:
    """A core for the server and one for the client; None on a machine with a single one."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    allowed = sorted(os.sched_getaffinity(0))
    return (allowed[0], allowed[-1]) if len(allowed) > 1 else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Server:
    """A server process; use it in a `with` statement."""

    def __init__(
        self,
        name: str,
        command: list[str],
        core: int | None,
        environment: dict[str, str],
        log: Path,
    ) -> None:
        self.name = name
        self.port = _free_port()
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command, "--port", str(self.port)],
                env=os.environ | environment,
                stdout=output,
                stderr=output,
            )
        if core is not None:
            pin(self.process.pid, core)

    def __enter__(self) -> Server:
        """Wait until it answers."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.process.returncode}")
            try:
                socket.create_connection((HOST, self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return self
        self.process.kill()
        raise RuntimeError(f"{self.name} does not answer")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it, this very process."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cpu(self) -> float:
        """Seconds of CPU that it has used, in user and in system mode."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text("ascii")
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK


def parley(database: str, core: int | None, log: Path, *, response_cache: bool) -> Server:
    """Parley as `parley serve` starts it; without its response cache, every answer is made anew."""
    command = ["app.cli", "serve", "--database-url", database, "--no-seed", "--host", HOST]
    command += ["--log-level", "warning"]
    if not response_cache:
        command += ["--response-cache-bytes", "0"]
    return Server(
        "Parley" if response_cache else "Parley, no response cache", command, core, {}, log
    )


def _uvicorn(application: str) -> list[str]:
    command = ["uvicorn", application, "--host", HOST, "--log-level", "warning"]
    return [*command, "--no-access-log", "--no-server-header"]


def bare(answers: Path, core: int | None, log: Path) -> Server:
    """uvicorn with recorded answers."""
    command = _uvicorn("benchmarks.comparisons.bare:app")
    return Server("bare uvicorn", command, core, {"BENCH_ANSWERS": str(answers)}, log)


def idiomatic(database: Path, core: int | None, log: Path) -> Server:
    """FastAPI with SQLAlchemy's asynchronous ORM."""
    command = _uvicorn("benchmarks.comparisons.idiomatic.app:app")
    environment = {"BENCH_DATABASE": str(database)}
    return Server("FastAPI + async ORM", command, core, environment, log)
