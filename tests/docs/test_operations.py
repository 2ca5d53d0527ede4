"""Every setting, command and flag is documented."""

from __future__ import annotations

import re
import shlex
from argparse import ArgumentParser, _SubParsersAction
from dataclasses import fields

from app import cli
from app.settings import PREFIX, Settings
from tests.docs.texts import OPERATIONS, blocks, rows, section, texts


def _shown(default: object) -> str:
    if default == "":
        return "empty"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def test_every_setting_is_documented_with_its_default() -> None:
    documented = {row[0]: row[1:] for row in rows(section(OPERATIONS, "## Settings"))}
    expected = {
        f"`{PREFIX}{setting.name.upper()}`": [
            _shown(setting.default),
            setting.metadata["description"],
        ]
        for setting in fields(Settings)
    }
    assert documented == expected


def _commands(parser: ArgumentParser) -> dict[str, ArgumentParser]:
    found: dict[str, ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for name, inner in action.choices.items():
                deeper = _commands(inner)
                found |= {f"{name} {below}": p for below, p in deeper.items()} or {name: inner}
    return found


def test_every_command_and_flag_is_documented() -> None:
    documented = {}
    for row in rows(section(OPERATIONS, "## Commands")):
        documented[row[0].strip("`").removeprefix("parley ")] = row
    settings = {f"--{setting.name.replace('_', '-')}" for setting in fields(Settings)}
    settings |= {f"--no-{setting.name}" for setting in fields(Settings) if setting.type == "bool"}
    commands = _commands(cli.build_parser())
    called = {" ".join(re.findall(r"^[a-z]+|(?<=^keys )[a-z]+", name)) for name in documented}
    assert called == commands.keys()
    for name, parser in commands.items():
        told = next(" ".join(row) for call, row in documented.items() if call.startswith(name))
        flags = {flag for action in parser._actions for flag in action.option_strings}
        # Behind `keys`, `--name` is that of the key.
        own = flags - {"-h", "--help"} - (settings - {"--name"} if "keys" in name else settings)
        assert {flag for flag in own if flag not in told} == set(), name


def test_the_commands_in_the_texts_can_be_called() -> None:
    called = 0
    for name in texts():
        for language, content in blocks(name):
            shown = content.replace("\\\n", " ") if language == "sh" else ""
            for line in re.findall(
                r"^(?:KEY=\$\()?(?:\.venv/bin/)?parley ([^|<>&#\n]+)", shown, re.MULTILINE
            ):
                cli.build_parser().parse_args(shlex.split(line))
                called += 1
    assert called >= 4
