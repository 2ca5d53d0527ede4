"""`parley`: serve, migrate, seed, import, export, back up, verify and show the interface."""

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
# What an engine says where a database is not there, is not ours, or does not let us in.
DATABASE_ERRORS = (ArgumentError, DBAPIError, ModuleNotFoundError, migrate.UnknownSchema)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 if all is well, 1 for faults found, 2 for a wrong call."""
    arguments = build_parser().parse_args(argv)
    try:
        return run_command(arguments)
    except USER_ERRORS as error:
        print(f"parley: {error}", file=sys.stderr)
        return 2
    except DATABASE_ERRORS as error:
        said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        print(f"parley: the database cannot be used: {said}; see --database-url", file=sys.stderr)
        return 2


__all__ = ["build_parser", "main", "prepare_database"]
