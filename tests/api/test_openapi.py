"""The interface is the one that is written down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import main

GOLDEN = Path(__file__).parents[1] / "golden" / "openapi.json"


def test_the_openapi_document_is_the_one_written_down(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["openapi"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == json.loads(GOLDEN.read_text("utf-8")), "if that is meant: make openapi"
