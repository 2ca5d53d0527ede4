"""The seed: readable files, written through the ledger into an empty database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from app.kit.http.problems import Problem
from app.kit.strict_json import check_storable
from app.ledger.noun import Noun, Nouns
from app.ledger.snapshot import latest_revision
from app.ledger.write.ledger import Ledger
from app.ledger.write.revisions import RecordChange
from app.writes.bodies import validate_body

SEED_AUTHOR = "seed"


class SeedError(ValueError):
    """A seed file holds something that cannot be written; the message says where."""


def seed_folder() -> Path:
    """The seed's files: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parents[1]
    beside = package.parent / "seed_data"
    return beside if beside.is_dir() else package / "_bundled" / "seed_data"


def load_seed(path: Path, nouns: Nouns) -> list[tuple[str, list[RecordChange]]]:
    """The changes of each seed file, in the order in which they are written.

    Raises:
        SeedError: a file that is no list of records, or a record that breaks a rule.
    """
    return [
        (noun.plural, _changes(file, noun))
        for noun in nouns.by_rank
        if (file := path / f"{noun.plural}.yaml").exists()
    ]


def _changes(path: Path, noun: Noun) -> list[RecordChange]:
    listed: Any = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
    if not isinstance(listed, list):
        raise SeedError(f"{path.name}: must be a list of records")
    found = []
    for number, body in enumerate(listed, 1):
        try:
            check_storable(body)
            record = validate_body(noun, body)
        except (Problem, ValidationError, ValueError) as error:
            raise SeedError(f"{path.name}, record {number}: {error}") from error
        found.append(RecordChange(noun.name, record["id"], record))
    return found


class _Loader(yaml.SafeLoader):
    """YAML without its guesses: a day, a time or `no` stays the text that was written."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (name, pattern)
        for name, pattern in resolvers
        if name in ("tag:yaml.org,2002:null", "tag:yaml.org,2002:float")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def seed_database(ledger: Ledger, path: Path | None = None) -> int:
    """Write the seed into an empty database, all or nothing; gives the revisions written.

    A database that holds anything is left alone.
    """
    groups = load_seed(path or seed_folder(), ledger.nouns)
    with ledger.database.write_transaction() as connection:
        if latest_revision(connection):
            return 0
        last = 0
        for plural, changes in groups:
            written = ledger.write_within(
                connection, changes, author=SEED_AUTHOR, reason=f"seed: {plural}"
            )
            last = written.last_revision
        return last
