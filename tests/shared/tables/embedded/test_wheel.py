"""The one package that is not installed but read: it is the pinned one, wherever it is fetched."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest

from shared.tables.embedded.pyoce import PACKAGE
from shared.tables.folders import wheels_folder

ROOT = Path(__file__).parents[4]
PINNED = (ROOT / "requirements" / "pyoce.txt").read_text(encoding="utf-8")


def test_the_wheel_is_the_pinned_one() -> None:
    [wheel] = wheels_folder().glob("pyoce-*.whl")
    assert f"--hash=sha256:{sha256(wheel.read_bytes()).hexdigest()}" in PINNED
    assert PACKAGE.replace(" ", "==") in PINNED


def test_the_image_fetches_it_by_its_hash_and_compiles_the_tables() -> None:
    step = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    assert "COPY requirements/pyoce.txt" in step
    assert re.search(r"pip download .*--require-hashes.*revcycle tables build", step, re.DOTALL)


@pytest.mark.parametrize("target", ["demo", "serve", "test", "test-fast", "bench"])
def test_what_needs_the_tables_has_them_compiled_first(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:.* \$\(VENV\)/\.tables ", makefile, re.MULTILINE)
