"""The commands: each takes the settings and returns an exit status."""

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

from sqlalchemy import Connection, make_url

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
        print(f"parley: unknown setting {name}; see parley serve --help", file=sys.stderr)
    names = {setting.name for setting in fields(Settings)}
    return Settings.from_environment(**{n: v for n, v in vars(arguments).items() if n in names})


def _announce_rebuild(revisions: int) -> None:
    """Announce a long rebuild: 40,000 revisions take about a minute."""
    if revisions > 1_000:
        text = (
            f"Rebuilding tables and indexes from {revisions} revisions, as this version requires."
        )
        print(text, file=sys.stderr, flush=True)


def prepare_database(settings: Settings) -> None:
    """Migrate a database, rebuild derived data of another version, and seed if so set."""
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
        from app.kit.http.uvicorn_protocol import StrictHttpProtocol  # noqa: PLC0415 - its parser is not available on Windows
    except ImportError:
        http: type[asyncio.Protocol] | Literal["auto"] = "auto"
    else:
        http = StrictHttpProtocol

    with _listening_socket(settings) as listening_socket:
        prepare_database(settings)
        app = create_app(settings)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        port = listening_socket.getsockname()[1]
        print(f"Parley is running at http://{host}:{port} (documentation: /docs)")
        print(f"To write, create an API key: {_create_key_command(settings)}", flush=True)
        config = uvicorn.Config(
            app,
            http=http,
            log_level=settings.log_level,
            access_log=settings.log_level == "debug",
            server_header=False,
            timeout_graceful_shutdown=10,
            h11_max_incomplete_event_size=65_536,
        )
        uvicorn.Server(config).run(sockets=[listening_socket])
    return 0


def _create_key_command(settings: Settings) -> str:
    """The command that creates a key for this database, valid in the current directory."""
    program = Path(sys.argv[0])
    relative = os.path.relpath(program) if program.is_absolute() else str(program)
    command = "parley" if shutil.which("parley") else min(str(program), relative, key=len)
    url = make_url(settings.database_url).render_as_string(hide_password=True)
    is_default = settings.database_url == Settings().database_url
    option = "" if is_default else f" --database-url {url}"
    return f"{command} keys create{option} --scope write --name NAME"


def _listening_socket(settings: Settings) -> socket.socket:
    """The socket to serve on, bound before anything else is done or announced.

    It refuses connections until the server listens, so that clients fail fast.
    """
    bound_socket = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    bound_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound_socket.bind((settings.host, settings.port))
    except (OSError, OverflowError) as error:
        bound_socket.close()
        location = f"{settings.host} port {settings.port}"
        text = f"cannot listen on {location} ({error}); choose another with --host or --port"
        raise SettingError(text) from None
    return bound_socket


def _verify(settings: Settings) -> int:
    path = settings.database_path
    if path is not None and not path.exists():
        raise SettingError(f"no database found at {path}; see --database-url")
    database = Database(settings.database_url)
    with database.read_transaction() as connection:
        count = 0
        for inconsistency in verify(connection, NOUNS):
            print(inconsistency)
            count += 1
        revisions = latest_revision(connection)
    database.close()
    print(
        f"{revisions} revisions, {count} inconsistencies"
        if count
        else f"{revisions} revisions verified"
    )
    return 1 if count else 0


def _database_location(settings: Settings) -> str:
    """The absolute path or the URL of the database, without its password."""
    path = settings.database_path
    if path is not None:
        return str(path.resolve())
    return make_url(settings.database_url).render_as_string(hide_password=True)


def _keys(arguments: argparse.Namespace, settings: Settings) -> int:
    path = settings.database_path
    is_new = path is not None and not path.exists()
    prepare_database(replace(settings, seed=False))
    if is_new:
        # In another directory than the server's, nothing else would tell why the key is rejected.
        location = _database_location(settings)
        text = f"There was no database at {location}, so an empty one was created."
        print(
            f"parley: {text} A server on another database does not accept its keys.",
            file=sys.stderr,
        )
    database = Database(settings.database_url)
    try:
        with database.write_transaction() as connection:
            return _run_key_command(arguments, settings, connection)
    finally:
        database.close()


def _run_key_command(
    arguments: argparse.Namespace, settings: Settings, connection: Connection
) -> int:
    now = datetime.now(UTC)
    if arguments.key_command == "create":
        expires = None if arguments.days is None else now + timedelta(days=arguments.days)
        key = api_keys.create_key(connection, arguments.key_name, arguments.scope, now, expires)
        print(f"An API key for {_database_location(settings)}, with the scope {arguments.scope}.")
        print("Store it now: it is not shown again. Authorization: Bearer <key>")
        print(key)
    elif arguments.key_command == "list":
        for stored_key in api_keys.list_keys(connection):
            print("\t".join(_key_columns(stored_key, now)))
    elif not api_keys.revoke_key(connection, arguments.key_name, now):
        print(f"parley: no active key is named {arguments.key_name}", file=sys.stderr)
        return 1
    return 0


def _key_columns(key: api_keys.ApiKey, now: datetime) -> list[str]:
    """The columns of a key in the list."""
    state = key.rejection_reason(now)
    if state is None and key.expires_at is not None:
        state = f"expires {key.expires_at}"
    used = f"last used {key.last_used_at or 'never'}"
    return [key.name, key.scope, f"created {key.created_at}", state or "never expires", used]


def _import_file(arguments: argparse.Namespace, ledger: Ledger, path: Path) -> int:
    if arguments.mapping is None and files.is_ledger_export(path):
        result = files.replay_export(ledger, path, arguments.progress)
        print(
            f"{result.written} revisions written, {result.existing} already present; now at "
            f"revision {result.revision}"
        )
        return 0
    terms = ImportOptions(
        arguments.author or files.default_author(),
        arguments.reason or f"import of {arguments.file.name or 'standard input'}",
        atomic=arguments.atomic,
        dry_run=arguments.dry_run,
        allow_duplicates=arguments.duplicate == "allow",
    )
    options = FileOptions(
        arguments.noun,
        arguments.format,
        arguments.mapping,
        arguments.verdicts,
        arguments.progress,
    )
    summary = files.import_rows(ledger, path, options, terms)
    for line in summary.summary_lines():
        print(line, file=sys.stderr)
    print(*(f"{name} {summary.counts[name]}" for name in VERDICTS), sep=", ")
    print("" if summary.written else "nothing was written; ", end="")
    print(f"the database is at revision {summary.revision}")
    return 0 if summary.is_clean else 1


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
        run = backup.back_up if arguments.command == "backup" else backup.restore_backup
        revision = run(database, NOUNS, arguments.file)
        print(f"{arguments.file}: complete up to revision {revision}")
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
    """Run the command of the arguments; returns the exit status."""
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
    revisions = seed.seed_database(Ledger(database, NOUNS), arguments.folder)
    database.close()
    print(
        f"{revisions} revisions" if revisions else "The database is not empty; nothing was written."
    )
    return 0
