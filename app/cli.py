"""`parley`: serve, migrate, seed, verify and show the interface."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app import __version__
from app.kit import keys
from app.kit.database import Database
from app.ledger import archiving, exporting, migrating, reading
from app.ledger.rebuilding import rebuild_if_needed
from app.ledger.verifying import verify
from app.ledger.writes import Ledger
from app.records import import_files, seeding
from app.records.import_files import Given
from app.records.importing import Terms
from app.records.registry import NOUNS
from app.records.transfers import FORMATS
from app.records.verdicts import VERDICTS
from app.settings import SettingError, Settings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="parley", description="A diplomatic-timeline API.")
    parser.add_argument("--version", action="version", version=f"parley {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in _COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        for setting in fields(Settings):
            _add_setting(command, setting.name, setting.metadata["description"], setting.default)
        if name == "keys":
            _add_keys(command)
        if name in _TRANSFERS:
            _TRANSFERS[name](command)
        if name == "seed":
            command.add_argument("folder", nargs="?", type=Path, help="the seed's files")
    return parser


def _add_setting(command: argparse.ArgumentParser, name: str, text: str, default: object) -> None:
    flag = "--" + name.replace("_", "-")
    shown = text.replace("%", "%%")
    if isinstance(default, bool):
        action = argparse.BooleanOptionalAction
        command.add_argument(flag, action=action, default=None, help=shown)
    else:
        command.add_argument(flag, type=type(default), default=None, help=f"{shown} [{default}]")


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
    create.add_argument("--scope", choices=keys.SCOPES, default="write")
    create.add_argument("--days", type=_days, help="good for this many days [without end]")
    does.add_parser("list", help="show the keys there are, without the keys themselves")
    revoke = does.add_parser("revoke", help="make a key good for nothing")
    revoke.add_argument("--name", dest="key_name", required=True)


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


_TRANSFERS = {
    "import": _add_import,
    "export": _add_export,
    "backup": _add_file,
    "restore": _add_file,
}


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 36_500:
        raise argparse.ArgumentTypeError("should be 1 to 36500")
    return days


def _settings(arguments: argparse.Namespace) -> Settings:
    names = {setting.name for setting in fields(Settings)}
    return Settings.read(**{n: v for n, v in vars(arguments).items() if n in names})


def prepare(settings: Settings) -> None:
    """Migrate, rebuild what this version derives otherwise, and seed if that is wanted."""
    database = Database(settings.database_url)
    try:
        migrating.upgrade(database)
        rebuild_if_needed(database, NOUNS)
        if settings.seed:
            seeding.seed(Ledger(database, NOUNS))
    finally:
        database.close()


def _serve(settings: Settings) -> int:
    import uvicorn  # noqa: PLC0415 - the other commands start faster without it

    from app.main import create_app  # noqa: PLC0415

    prepare(settings)
    app = create_app(settings)
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"Parley is at http://{shown}:{settings.port} (documentation: /docs)")
    print("To write, make a key: parley keys create --scope write --name NAME", flush=True)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level,
        access_log=settings.log_level == "debug",
        server_header=False,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=65_536,
    )
    return 0


def _verify(settings: Settings) -> int:
    database = Database(settings.database_url)
    with database.reading() as connection:
        faults = 0
        for fault in verify(connection, NOUNS):
            print(fault)
            faults += 1
        newest = reading.newest(connection)
    database.close()
    print(f"{newest} revisions, {faults} faults" if faults else f"{newest} revisions hold")
    return 1 if faults else 0


def _keys(arguments: argparse.Namespace, settings: Settings) -> int:
    prepare(replace(settings, seed=False))
    database, now = Database(settings.database_url), datetime.now(UTC)
    try:
        with database.writing() as connection:
            if arguments.does == "create":
                days = arguments.days
                expires = None if days is None else now + timedelta(days=days)
                key = keys.create(connection, arguments.key_name, arguments.scope, now, expires)
                print("Keep this key: it is not shown again. Authorization: Bearer <key>")
                print(key)
            elif arguments.does == "list":
                for kept in keys.listed(connection):
                    state = kept.refusal(now) or f"last used {kept.last_used_at or 'never'}"
                    print(f"{kept.name}\t{kept.scope}\tcreated {kept.created_at}\t{state}")
            elif not keys.revoke(connection, arguments.key_name, now):
                print(f"parley: there is no such key in use: {arguments.key_name}", file=sys.stderr)
                return 1
    finally:
        database.close()
    return 0


def _import_file(arguments: argparse.Namespace, ledger: Ledger, path: Path) -> int:
    if arguments.mapping is None and import_files.is_ledger(path):
        done = import_files.import_ledger(ledger, path, arguments.progress)
        print(f"{done.written} revisions written, {done.found} were there; now {done.revision}")
        return 0
    terms = Terms(
        arguments.author or import_files.user(),
        arguments.reason or f"import of {arguments.file.name or 'standard input'}",
        atomic=arguments.atomic,
        dry_run=arguments.dry_run,
        allow_twins=arguments.duplicate == "allow",
    )
    form, progress = arguments.format, arguments.progress
    given = Given(arguments.noun, form, arguments.mapping, arguments.verdicts, progress)
    outcome = import_files.import_rows(ledger, path, given, terms)
    print(*(f"{name} {outcome.counts[name]}" for name in VERDICTS), sep=", ")
    print("" if outcome.written else "nothing was written; ", end="")
    print(f"the database is at revision {outcome.revision}")
    return 0 if outcome.clean else 1


def _export(path: Path | None, database: Database) -> int:
    with database.reading() as connection:
        if path is None:
            sys.stdout.buffer.writelines(exporting.lines(connection))
            return 0
        part = path.with_name(path.name + ".part")
        with part.open("wb") as file:
            file.writelines(exporting.lines(connection))
        part.replace(path)
    return 0


def _transfer(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.command != "restore":
        prepare(replace(settings, seed=False))
    database = Database(settings.database_url)
    try:
        if arguments.command == "import":
            with import_files.kept(arguments.file, arguments.format) as path:
                return _import_file(arguments, Ledger(database, NOUNS), path)
        if arguments.command == "export":
            return _export(arguments.file, database)
        does = archiving.take if arguments.command == "backup" else archiving.restore
        revision = does(database, NOUNS, arguments.file)
        print(f"{arguments.file}: everything up to revision {revision}")
    finally:
        database.close()
    return 0


def _openapi() -> int:
    from tempfile import TemporaryDirectory  # noqa: PLC0415

    from app.main import create_app  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/empty.sqlite3", seed=False)
        prepare(settings)
        app = create_app(settings)
        print(json.dumps(app.openapi(), indent=2, ensure_ascii=False))
        app.state.database.close()
    return 0


def _run(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    if arguments.command == "serve":
        return _serve(settings)
    if arguments.command in _TRANSFERS:
        return _transfer(arguments, settings)
    if arguments.command == "keys":
        return _keys(arguments, settings)
    if arguments.command == "verify":
        return _verify(settings)
    if arguments.command == "openapi":
        return _openapi()
    if arguments.command == "migrate":
        prepare(replace(settings, seed=False))
        return 0
    prepare(replace(settings, seed=False))
    database = Database(settings.database_url)
    written = seeding.seed(Ledger(database, NOUNS), arguments.folder)
    database.close()
    print(f"{written} revisions" if written else "The database is not empty; nothing was written.")
    return 0


FAULTS = (
    SettingError,
    seeding.SeedError,
    keys.KeyNameTaken,
    keys.KeyNameRefused,
    *import_files.FAULTS,
)


def main(given: Sequence[str] | None = None) -> int:
    """Run one command; 0 if all is well, 1 for faults found, 2 for a wrong call."""
    arguments = _parser().parse_args(given)
    try:
        return _run(arguments)
    except FAULTS as error:
        print(f"parley: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
