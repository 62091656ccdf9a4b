"""What somebody gives us, file by file: as it lies there, out of zip files and folders, or refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from shared.tables import documents
from shared.tables.documents import Document, read_documents
from shared.tables.errors import RefusedFile


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def a_workbook(*cells: str) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    book.add_worksheet().write_column(0, 0, cells)
    book.close()
    return content.getvalue()


def test_a_file_is_one_document(tmp_path: Path) -> None:
    (tmp_path / "codes.txt").write_bytes(b"99213\n")

    (document,) = read_documents(tmp_path / "codes.txt")

    assert (document.name, document.content, document.suffix) == ("codes.txt", b"99213\n", ".txt")
    assert document.source.bytes == 6
    assert document.source.sha256 == "5dab14c1fb9902f14d82e10e59570a8761f566e263d142f73a2bf0b40b6fe32f"


def test_a_folder_and_zip_files_in_it_are_read_in_the_order_of_names(tmp_path: Path) -> None:
    inner = zipped({"b.txt": b"2"})
    (tmp_path / "z.txt").write_bytes(b"3")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "outer.zip").write_bytes(zipped({"inner.zip": inner, "__MACOSX/._b.txt": b"-", "a.txt": b"1"}))
    (tmp_path / ".hidden").write_bytes(b"-")

    found = [(document.name, document.content) for document in read_documents(tmp_path)]

    assert found == [("a/outer.zip/a.txt", b"1"), ("a/outer.zip/inner.zip/b.txt", b"2"), ("z.txt", b"3")]


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_workbook_is_a_document_and_a_zip_file_around_it_is_none(tmp_path: Path, compression: int) -> None:
    (tmp_path / "given.zip").write_bytes(zipped({"table.xlsx": a_workbook("HCPCS")}, compression))

    (document,) = read_documents(tmp_path / "given.zip")

    assert (document.name, document.is_workbook) == ("given.zip/table.xlsx", True)


def test_the_head_of_a_workbook_is_what_its_first_cells_say() -> None:
    document = Document("table.xlsx", a_workbook("CPT only", "Column 1 & more", "two\nlines"))

    assert document.head == "CPT only\nColumn 1 & more\ntwo\nlines"


def test_the_head_of_a_text_is_its_beginning() -> None:
    assert Document("a.txt", b"x" * 100_000).head == "x" * 65_536
    assert Document("a.txt", "Sjögren".encode("cp1252")).text == "Sjögren"
    assert Document("a.txt", "\ufeffSjögren".encode()).text == "Sjögren"


@pytest.mark.parametrize("share", [0.2, 0.5, 0.99])
@pytest.mark.parametrize("whole", [zipped({"a.txt": b"99213\n" * 999}), a_workbook(*(str(n) for n in range(999)))])
def test_a_zip_file_or_workbook_that_is_cut_off_is_refused(tmp_path: Path, whole: bytes, share: float) -> None:
    (tmp_path / "given").write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(RefusedFile, match="broken or cut off"):
        list(read_documents(tmp_path / "given"))


def test_a_damaged_member_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.txt": b"99213\n" * 999}, zipfile.ZIP_STORED))
    content[100] ^= 1
    (tmp_path / "given.zip").write_bytes(content)

    with pytest.raises(RefusedFile, match="broken or cut off"):
        list(read_documents(tmp_path / "given.zip"))


def test_a_member_larger_than_any_table_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "_MOST_BYTES", 1000)
    (tmp_path / "bomb.zip").write_bytes(zipped({"a.txt": b"0" * 1001}))

    with pytest.raises(RefusedFile, match="larger than any published table"):
        list(read_documents(tmp_path / "bomb.zip"))
