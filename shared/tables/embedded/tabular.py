"""The tabular list of ICD-10-CM out of package `simple-icd-10-cm`: the official XML of NCHS, as of April 2026."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

from shared.tables.documents import Document
from shared.tables.embedded.source import EmbeddedSource, package_file, source_file
from shared.tables.errors import UnreadableTable
from shared.tables.formats.format import Asked, Reading
from shared.tables.formats.icd10cm_tabular import Icd10cmTabular

_PACKAGE = "simple-icd-10-cm"
_FILE = "icd10c-tabular-April-1-2026.xml"


class TabularList(EmbeddedSource):
    packages: ClassVar[tuple[str, ...]] = (_PACKAGE,)

    def read(self) -> Iterator[Reading[Any]]:
        path = package_file("simple_icd_10_cm", "data", _FILE)
        try:
            document = Document(_FILE, path.read_bytes())
        except OSError as error:
            raise UnreadableTable(f"package {_PACKAGE} has no {_FILE}") from error
        for reading in Icd10cmTabular().read([document], Asked()):
            yield replace(reading, sources=[source_file(_PACKAGE, path)])
