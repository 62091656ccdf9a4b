"""Who knows one service knows all: the same rooms, the same doors, and the import rule."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ["encoder", "grouper", "scrubber", "submission"]
ROOMS = [
    "__init__.py",
    "app.py",
    "worker.py",
    "api",
    "consumers.py",
    "handlers.py",
    "domain",
    "parameters",
    "store.py",
    "errors.py",
    "settings.py",
    "migrations",
]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_same_rooms_as_every_other(service: str):
    missing = [room for room in ROOMS if not (ROOT / "services" / service / room).exists()]
    assert not missing


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_says_what_it_is_for(service: str):
    first = (ROOT / "services" / service / "__init__.py").read_text(encoding="utf-8")
    assert first.startswith('"""')


def test_the_import_rule_holds():
    """The contracts stand in `pyproject.toml` under `tool.importlinter`."""
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stdout
