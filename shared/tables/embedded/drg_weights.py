"""Table 5 of FY2026 as package `drg` carries it: CMS's own file, under a name of the package's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.tables.documents import Document
from shared.tables.embedded.source import EmbeddedSource, package_file, source_file
from shared.tables.errors import UnreadableTable
from shared.tables.formats.format import Asked, Reading
from shared.tables.formats.ipps_table5 import IppsTable5


class DrgWeights(EmbeddedSource):
    packages = ("drg",)

    def read(self) -> Iterator[Reading[Any]]:
        file = package_file("drg", "data", "cms", "drg_weights.txt")
        try:
            document = Document(file.name, file.read_bytes())
        except OSError as error:
            raise UnreadableTable("package drg has no DRG weights") from error
        for reading in IppsTable5().read([document], Asked()):
            yield Reading(reading.table, reading.span, reading.rows, [source_file("drg", file)])
