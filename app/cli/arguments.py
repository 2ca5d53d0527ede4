"""What the command line takes."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from app import __version__
from app.imports.readers import FORMATS
from app.kit.http import api_keys
from app.settings import Settings


def build_parser() -> argparse.ArgumentParser:
    """Every command with its flags; each setting is one."""
    found = argparse.ArgumentParser(prog="parley", description="A diplomatic-timeline API.")
    found.add_argument("--version", action="version", version=f"parley {__version__}")
    commands = found.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in _COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        _add_settings(command)
        if name == "keys":
            _add_keys(command)
        if name in _ARGUMENTS_OF:
            _ARGUMENTS_OF[name](command)
        if name == "seed":
            command.add_argument("folder", nargs="?", type=Path, help="the seed's files")
    return found


def _add_settings(command: argparse.ArgumentParser, *, again: bool = False) -> None:
    """The settings as flags; `again`: those of a command, once more behind what it is to do."""
    unset = argparse.SUPPRESS if again else None
    for setting in fields(Settings):
        flag = "--" + setting.name.replace("_", "-")
        text, default = setting.metadata["description"].replace("%", "%%"), setting.default
        if again and flag == "--name":  # the key's, there
            continue
        if isinstance(default, bool):
            action = argparse.BooleanOptionalAction
            command.add_argument(flag, action=action, default=unset, help=text)
        else:
            help_ = argparse.SUPPRESS if again else f"{text} [{default}]"
            command.add_argument(flag, type=type(default), default=unset, help=help_)


_COMMANDS = {
    "serve": "migrate, fill an empty database with the seed, and serve",
    "migrate": "bring the database to this version's schema",
    "seed": "fill an empty database",
    "keys": "create, list and revoke the keys that writing needs",
    "import": "write the records of a file, or replay an export",
    "export": "write the whole ledger down, history included",
    "backup": "copy everything, keys included, while the server runs",
    "restore": "bring a backup into a database that holds nothing",
    "verify": "check the hash chain, and what is derived against the documents",
    "openapi": "print the OpenAPI document",
}


def _add_keys(command: argparse.ArgumentParser) -> None:
    does = command.add_subparsers(dest="does", required=True, metavar="create|list|revoke")
    create = does.add_parser("create", help="make a key; it is shown once, on the last line")
    create.add_argument("--name", dest="key_name", required=True, help="public: stands in history")
    create.add_argument("--scope", choices=api_keys.SCOPES, default="write")
    create.add_argument("--days", type=_parse_days, help="good for this many days [without end]")
    does.add_parser("list", help="show the keys there are, without the keys themselves")
    revoke = does.add_parser("revoke", help="make a key good for nothing")
    revoke.add_argument("--name", dest="key_name", required=True)
    for command_ in does.choices.values():
        _add_settings(command_, again=True)


def _add_import(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, help="NDJSON, JSON, CSV or an export; - for the input")
    command.add_argument("--noun", help="the noun of every row that does not say its own")
    command.add_argument("--format", choices=FORMATS, help="what the file is [by its name]")
    command.add_argument("--mapping", type=Path, help="says how a foreign CSV becomes records")
    command.add_argument("--atomic", action="store_true", help="all rows or none")
    command.add_argument("--dry-run", action="store_true", help="give the verdicts, write nothing")
    command.add_argument("--duplicate", choices=("allow",), help="write what has a likely twin")
    command.add_argument("--author", help="who stands in history [the user of this machine]")
    command.add_argument("--reason", help="why; stands in history [import of FILE]")
    command.add_argument("--verdicts", type=Path, help="write the verdict on each row to this file")
    shown = "show how far it has come [on a terminal]"
    command.add_argument("--progress", action=argparse.BooleanOptionalAction, help=shown)


def _add_export(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", nargs="?", type=Path, help="[standard output]")


def _add_file(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path)


_ARGUMENTS_OF = {
    "import": _add_import,
    "export": _add_export,
    "backup": _add_file,
    "restore": _add_file,
}


def _parse_days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 36_500:
        raise argparse.ArgumentTypeError("should be 1 to 36500")
    return days
