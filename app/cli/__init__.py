"""The command line: serve, migrate, seed, import, export, back up, restore, verify and more."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from sqlalchemy.exc import ArgumentError, DBAPIError

from app.cli.arguments import build_parser
from app.cli.commands import prepare_database, run_command
from app.imports import files, seed
from app.kit.http import api_keys
from app.ledger.maintenance import migrate
from app.settings import SettingError

USER_ERRORS = (
    SettingError,
    seed.SeedError,
    api_keys.KeyNameTaken,
    api_keys.InvalidKeyName,
    *files.IMPORT_ERRORS,
)
# A database that does not exist, is not Parley's, or refuses the connection.
DATABASE_ERRORS = (ArgumentError, DBAPIError, ModuleNotFoundError, migrate.UnknownSchema)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns 0 for success, 1 for problems found, 2 for a usage error."""
    arguments = build_parser().parse_args(argv)
    try:
        return run_command(arguments)
    except USER_ERRORS as error:
        print(f"parley: {error}", file=sys.stderr)
        return 2
    except DATABASE_ERRORS as error:
        reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        print(f"parley: cannot use the database: {reason}; see --database-url", file=sys.stderr)
        return 2


__all__ = ["build_parser", "main", "prepare_database"]
