"""The arguments of the command line."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from app import __version__
from app.imports.readers import IMPORT_FORMATS
from app.kit.http import api_keys
from app.settings import Settings


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; every setting is a flag."""
    parser = argparse.ArgumentParser(prog="parley", description="A diplomatic-timeline API.")
    parser.add_argument("--version", action="version", version=f"parley {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in _COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        _add_settings(command)
        if name == "keys":
            _add_keys(command)
        if name in _ARGUMENTS_OF:
            _ARGUMENTS_OF[name](command)
        if name == "seed":
            command.add_argument(
                "folder",
                nargs="?",
                type=Path,
                help="the directory of YAML files [the example data]",
            )
    return parser


def _add_settings(command: argparse.ArgumentParser, *, again: bool = False) -> None:
    """Add the settings as flags; `again`: also after a subcommand, but without help."""
    unset = argparse.SUPPRESS if again else None
    for setting in fields(Settings):
        flag = "--" + setting.name.replace("_", "-")
        text, default = setting.metadata["description"].replace("%", "%%"), setting.default
        if again and flag == "--name":  # of the key, there
            continue
        if isinstance(default, bool):
            action = argparse.BooleanOptionalAction
            command.add_argument(flag, action=action, default=unset, help=text)
        else:
            help_text = argparse.SUPPRESS if again else f"{text} [{default}]"
            command.add_argument(flag, type=type(default), default=unset, help=help_text)


_COMMANDS = {
    "serve": "migrate the database, fill it with the example data if empty, and serve",
    "migrate": "migrate the database to this version's schema",
    "seed": "fill an empty database with example data",
    "keys": "create, list and revoke API keys",
    "import": "import records from a file, or replay an export",
    "export": "export the whole ledger, including history",
    "backup": "back up everything, including keys; the server can keep running",
    "restore": "restore a backup into an empty database",
    "verify": "check the hash chain, and all derived data against the documents",
    "openapi": "print the OpenAPI document",
}


def _add_keys(command: argparse.ArgumentParser) -> None:
    subcommands = command.add_subparsers(
        dest="key_command", required=True, metavar="create|list|revoke"
    )
    create = subcommands.add_parser(
        "create", help="create a key, shown only once, on the last line"
    )
    create.add_argument(
        "--name", dest="key_name", required=True, help="public, recorded in the history"
    )
    create.add_argument("--scope", choices=api_keys.SCOPES, default="write")
    create.add_argument("--days", type=_parse_days, help="expire after this many days [never]")
    subcommands.add_parser("list", help="list the keys, without showing them")
    revoke = subcommands.add_parser("revoke", help="revoke a key")
    revoke.add_argument("--name", dest="key_name", required=True)
    for subcommand in subcommands.choices.values():
        _add_settings(subcommand, again=True)


def _add_import(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "file", type=Path, help="NDJSON, JSON, CSV or an export; - for standard input"
    )
    command.add_argument("--noun", help="the noun of rows that do not give their own")
    command.add_argument(
        "--format", choices=IMPORT_FORMATS, help="the format of the file [from its name]"
    )
    command.add_argument("--mapping", type=Path, help="a mapping from a foreign CSV to records")
    command.add_argument("--atomic", action="store_true", help="write all rows or none")
    command.add_argument(
        "--dry-run", action="store_true", help="print the verdicts without writing anything"
    )
    command.add_argument(
        "--duplicate", choices=("allow",), help="write rows that have a likely duplicate"
    )
    command.add_argument("--author", help="the author recorded in the history [the current user]")
    command.add_argument("--reason", help="the reason recorded in the history [import of FILE]")
    command.add_argument("--verdicts", type=Path, help="write the verdict on each row to this file")
    help_text = "show progress [if on a terminal]"
    command.add_argument("--progress", action=argparse.BooleanOptionalAction, help=help_text)


def _add_export(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", nargs="?", type=Path, help="the file to write [standard output]")


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
        raise argparse.ArgumentTypeError("must be between 1 and 36500")
    return days
