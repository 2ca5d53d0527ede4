"""What each command does. A settings object in, an exit status out."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import sys
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from sqlalchemy import make_url

from app.imports import files, seed
from app.imports.files import FileOptions
from app.imports.importer import ImportOptions
from app.imports.verdicts import VERDICTS
from app.kit.http import api_keys
from app.kit.sql.database import Database
from app.ledger.maintenance import backup, migrate
from app.ledger.maintenance.exports import export_lines
from app.ledger.maintenance.rebuild import rebuild_if_needed
from app.ledger.maintenance.verify import verify
from app.ledger.snapshot import latest_revision
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from app.settings import SettingError, Settings


def _settings(arguments: argparse.Namespace) -> Settings:
    for name in Settings.unknown_variables():
        print(f"parley: {name} sets nothing; see parley serve --help", file=sys.stderr)
    names = {setting.name for setting in fields(Settings)}
    return Settings.from_environment(**{n: v for n, v in vars(arguments).items() if n in names})


def _announce_rebuild(revisions: int) -> None:
    """A minute's work for some forty thousand revisions, during which nothing else is said."""
    if revisions > 1_000:
        text = f"Making tables and index anew from {revisions} revisions; this version needs it."
        print(text, file=sys.stderr, flush=True)


def prepare_database(settings: Settings) -> None:
    """Migrate, rebuild what this version derives otherwise, and seed if that is wanted."""
    database = Database(settings.database_url)
    try:
        migrate.upgrade(database)
        rebuild_if_needed(database, NOUNS, _announce_rebuild)
        if settings.seed:
            seed.seed_database(Ledger(database, NOUNS))
    finally:
        database.close()


def _serve(settings: Settings) -> int:
    import uvicorn  # noqa: PLC0415 - the other commands start faster without it

    from app.main import create_app  # noqa: PLC0415 - loads FastAPI, which other commands need not

    try:
        from app.kit.http.uvicorn_protocol import StrictHttpProtocol  # noqa: PLC0415 - its parser is not to be had on Windows
    except ImportError:
        http: type[asyncio.Protocol] | Literal["auto"] = "auto"
    else:
        http = StrictHttpProtocol

    with _listening_socket(settings) as listening:
        prepare_database(settings)
        app = create_app(settings)
        shown = f"[{settings.host}]" if ":" in settings.host else settings.host
        port = listening.getsockname()[1]
        print(f"Parley is at http://{shown}:{port} (documentation: /docs)")
        print(f"To write, make a key: {_create_key_command(settings)}", flush=True)
        config = uvicorn.Config(
            app,
            http=http,
            log_level=settings.log_level,
            access_log=settings.log_level == "debug",
            server_header=False,
            timeout_graceful_shutdown=10,
            h11_max_incomplete_event_size=65_536,
        )
        uvicorn.Server(config).run(sockets=[listening])
    return 0


def _create_key_command(settings: Settings) -> str:
    """The command that makes a key to this database, as it can be given where we were started."""
    program = Path(sys.argv[0])
    here = os.path.relpath(program) if program.is_absolute() else str(program)
    shown = "parley" if shutil.which("parley") else min(str(program), here, key=len)
    url = make_url(settings.database_url).render_as_string(hide_password=True)
    own = "" if settings.database_url == Settings().database_url else f" --database-url {url}"
    return f"{shown} keys create{own} --scope write --name NAME"


def _listening_socket(settings: Settings) -> socket.socket:
    """The socket to serve on: taken first, so that nothing is promised that cannot be kept.

    It refuses connections until the server listens: whoever waits for it must not wait in vain.
    """
    found = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((settings.host, settings.port))
    except (OSError, OverflowError) as error:
        found.close()
        where = f"{settings.host} port {settings.port}"
        text = f"cannot listen on {where} ({error}); choose another with --host or --port"
        raise SettingError(text) from None
    return found


def _verify(settings: Settings) -> int:
    path = settings.database_path
    if path is not None and not path.exists():
        raise SettingError(f"there is no database at {path}; see --database-url")
    database = Database(settings.database_url)
    with database.read_transaction() as connection:
        faults = 0
        for fault in verify(connection, NOUNS):
            print(fault)
            faults += 1
        newest = latest_revision(connection)
    database.close()
    print(f"{newest} revisions, {faults} faults" if faults else f"{newest} revisions hold")
    return 1 if faults else 0


def _database_location(settings: Settings) -> str:
    """The database as it is found from any folder, without its password."""
    path = settings.database_path
    if path is not None:
        return str(path.resolve())
    return make_url(settings.database_url).render_as_string(hide_password=True)


def _keys(arguments: argparse.Namespace, settings: Settings) -> int:
    path = settings.database_path
    is_new = path is not None and not path.exists()
    prepare_database(replace(settings, seed=False))
    if is_new:
        # Whoever stands in another folder than the server would never learn why a key is no good.
        location = _database_location(settings)
        text = f"There was no database at {location}; it was made just now and is empty."
        print(f"parley: {text} A server on another knows no key of it.", file=sys.stderr)
    database, now = Database(settings.database_url), datetime.now(UTC)
    try:
        with database.write_transaction() as connection:
            if arguments.does == "create":
                days = arguments.days
                expires = None if days is None else now + timedelta(days=days)
                key = api_keys.create_key(
                    connection, arguments.key_name, arguments.scope, now, expires
                )
                print(f"A key to {_database_location(settings)}, of the scope {arguments.scope}.")
                print("Keep it: it is not shown again. Authorization: Bearer <key>")
                print(key)
            elif arguments.does == "list":
                for kept in api_keys.list_keys(connection):
                    print("\t".join(_key_columns(kept, now)))
            elif not api_keys.revoke_key(connection, arguments.key_name, now):
                print(f"parley: there is no such key in use: {arguments.key_name}", file=sys.stderr)
                return 1
    finally:
        database.close()
    return 0


def _key_columns(key: api_keys.ApiKey, now: datetime) -> list[str]:
    """A key as it is listed: all but the key."""
    state = key.rejection_reason(now)
    if state is None and key.expires_at is not None:
        state = f"expires {key.expires_at}"
    used = f"last used {key.last_used_at or 'never'}"
    return [key.name, key.scope, f"created {key.created_at}", state or "good without end", used]


def _import_file(arguments: argparse.Namespace, ledger: Ledger, path: Path) -> int:
    if arguments.mapping is None and files.is_ledger_export(path):
        done = files.replay_export(ledger, path, arguments.progress)
        print(f"{done.written} revisions written, {done.existing} were there; now {done.revision}")
        return 0
    terms = ImportOptions(
        arguments.author or files.default_author(),
        arguments.reason or f"import of {arguments.file.name or 'standard input'}",
        atomic=arguments.atomic,
        dry_run=arguments.dry_run,
        allow_duplicates=arguments.duplicate == "allow",
    )
    form, progress = arguments.format, arguments.progress
    given = FileOptions(arguments.noun, form, arguments.mapping, arguments.verdicts, progress)
    outcome = files.import_rows(ledger, path, given, terms)
    for line in outcome.summary_lines():
        print(line, file=sys.stderr)
    print(*(f"{name} {outcome.counts[name]}" for name in VERDICTS), sep=", ")
    print("" if outcome.written else "nothing was written; ", end="")
    print(f"the database is at revision {outcome.revision}")
    return 0 if outcome.is_clean else 1


def _export(path: Path | None, database: Database) -> int:
    with database.read_transaction() as connection:
        if path is None:
            sys.stdout.buffer.writelines(export_lines(connection))
            return 0
        part = path.with_name(path.name + ".part")
        with part.open("wb") as file:
            file.writelines(export_lines(connection))
        part.replace(path)
    return 0


def _run_on_database(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.command != "restore":
        prepare_database(replace(settings, seed=False))
    database = Database(settings.database_url)
    try:
        if arguments.command == "import":
            with files.local_copy(arguments.file, arguments.format) as path:
                return _import_file(arguments, Ledger(database, NOUNS), path)
        if arguments.command == "export":
            return _export(arguments.file, database)
        does = backup.back_up if arguments.command == "backup" else backup.restore_backup
        revision = does(database, NOUNS, arguments.file)
        print(f"{arguments.file}: everything up to revision {revision}")
    finally:
        database.close()
    return 0


def _openapi() -> int:
    from app.main import create_app  # noqa: PLC0415 - loads FastAPI, which other commands need not

    with TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/empty.sqlite3", seed=False)
        prepare_database(settings)
        app = create_app(settings)
        print(json.dumps(app.openapi(), indent=2, ensure_ascii=False))
        app.state.database.close()
    return 0


def run_command(arguments: argparse.Namespace) -> int:
    """Run the command that these arguments name."""
    settings = _settings(arguments)
    if arguments.command == "serve":
        return _serve(settings)
    if arguments.command in ("import", "export", "backup", "restore"):
        return _run_on_database(arguments, settings)
    if arguments.command == "keys":
        return _keys(arguments, settings)
    if arguments.command == "verify":
        return _verify(settings)
    if arguments.command == "openapi":
        return _openapi()
    if arguments.command == "migrate":
        prepare_database(replace(settings, seed=False))
        return 0
    prepare_database(replace(settings, seed=False))
    database = Database(settings.database_url)
    written = seed.seed_database(Ledger(database, NOUNS), arguments.folder)
    database.close()
    print(f"{written} revisions" if written else "The database is not empty; nothing was written.")
    return 0
