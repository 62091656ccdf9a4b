"""An installation without embedded tables, and two releases of ICD-10-CM to load into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.revcycle.conftest import Done, Run
from tests.shared.tables.order_files import CM_2021, CM_2022


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of embedded tables: empty, so that a test sees its own alone."""
    folder = tmp_path / "installation"
    monkeypatch.setattr("revcycle.tables.catalogues.embedded_folder", lambda: folder)
    return folder


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """ICD-10-CM of fiscal years 2021 and 2022 in a few lines, where M54.5 became a heading."""
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "icd10cm-order-2021.txt").write_text(CM_2021)
    (folder / "icd10cm-order-2022.txt").write_text(CM_2022)
    return folder


@pytest.fixture
def loaded(run: Run, published: Path) -> Done:
    """Both releases are loaded."""
    return run("tables", "load", str(published))
