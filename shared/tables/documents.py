"""The files that somebody gives us: one file, a zip file as an authority hands it out, or a folder of either."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from shared.tables.catalogue import SourceFile
from shared.tables.errors import RefusedFile

_MOST_BYTES = 1024**3
"""Of one file, unpacked. The largest published table (practitioner NCCI, one part) has 60 MB."""
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

    @cached_property
    def head(self) -> str:
        """The first 64 KiB as text, to recognise a format by."""
        return Document(self.name, self.content[: 64 * 1024]).text if len(self.content) > 64 * 1024 else self.text


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
    if not content.startswith(b"PK"):
        return False
    return b"xl/workbook" not in content and b"[Content_Types].xml" not in content[:4096]
