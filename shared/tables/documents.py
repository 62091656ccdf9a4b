"""The files that somebody gives us: one file, a zip file as an authority hands it out, or a folder of either."""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from shared.tables.catalogue import SourceFile
from shared.tables.errors import RefusedFile

_MOST_BYTES = 1024**3
"""Of one file, unpacked. The largest published table (practitioner NCCI, one part) has 60 MB."""
_HEAD = 64 * 1024
_CELL_TEXT = re.compile(r"<t(?: [^>]*)?>([^<]*)</t>")
_MOST_NESTED = 2
"""CMS puts zip files into zip files, once."""


@dataclass(frozen=True)
class Document:
    """One file with its content. `name` is what it was called, with the path inside a zip file or folder."""

    name: str
    content: bytes = field(repr=False)

    @cached_property
    def source(self) -> SourceFile:
        return SourceFile(self.name, sha256(self.content).hexdigest(), len(self.content))

    @property
    def suffix(self) -> str:
        """The ending of the name in small letters: `.xml`. A hint only; content decides."""
        return Path(self.name).suffix.lower()

    @cached_property
    def text(self) -> str:
        """The content as text: UTF-8, or what Windows programs write. Line ends are kept."""
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return self.content.decode("cp1252", errors="replace")

    @property
    def is_workbook(self) -> bool:
        """Whether it is an Excel workbook, which is a zip file with a certain content."""
        return _is_workbook(self.content)

    @cached_property
    def head(self) -> str:
        """The beginning as text, to recognise a format by: 64 KiB; of a workbook what its cells say, a line each."""
        if self.is_workbook:
            return _first_cells(self.content)
        return Document(self.name, self.content[:_HEAD]).text if len(self.content) > _HEAD else self.text


def read_documents(path: Path) -> Iterator[Document]:
    """Every file under `path`, those in zip files unpacked, in the order of their names.

    Raises RefusedFile where a zip file is broken or something is larger than a published table can be, and OSError.
    """
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file() and not _is_hidden(file.relative_to(path)):
                yield from _unpacked(str(file.relative_to(path)), file.read_bytes())
    else:
        yield from _unpacked(path.name, path.read_bytes())


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def _unpacked(name: str, content: bytes, depth: int = 0) -> Iterator[Document]:
    if _is_workbook(content) and not zipfile.is_zipfile(io.BytesIO(content)):
        raise RefusedFile(name, "the workbook is broken or cut off")
    if not _is_archive(content) or depth > _MOST_NESTED:
        yield Document(name, content)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in sorted(archive.infolist(), key=lambda member: member.filename):
                if not member.is_dir() and not _is_hidden(Path(member.filename)):
                    if member.file_size > _MOST_BYTES:
                        raise RefusedFile(f"{name}/{member.filename}", "it is larger than any published table")
                    yield from _unpacked(f"{name}/{member.filename}", archive.read(member), depth + 1)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise RefusedFile(name, "the zip file is broken or cut off") from error


def _is_archive(content: bytes) -> bool:
    """A zip file that is not an Excel workbook, which is one too."""
    return content.startswith(b"PK") and not _is_workbook(content)


def _is_workbook(content: bytes) -> bool:
    """By its own directory of members: a zip file around a workbook may hold the workbook's word by word."""
    if not content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "xl/workbook.xml" in archive.namelist() or "xl/workbook.bin" in archive.namelist()
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OSError):
        first = content[30 : 30 + int.from_bytes(content[26:28], "little")]
        return first.startswith((b"[Content_Types]", b"_rels/", b"docProps/", b"xl/"))


def _first_cells(content: bytes) -> str:
    """The first texts of the cells of a workbook; empty where it is broken, which whoever reads it finds."""
    texts: list[str] = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"):
                if name in archive.namelist():
                    with archive.open(name) as member:
                        texts += _CELL_TEXT.findall(member.read(_HEAD).decode("utf-8", errors="replace"))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, zlib.error):
        pass
    return html.unescape("\n".join(texts))
