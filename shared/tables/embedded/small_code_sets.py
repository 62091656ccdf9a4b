"""The small code sets that this project keeps itself, a file for each in `shared/tables/small_code_sets`.

A file names its table, authority, licence, source and release, the first day that it answers for, and entries:
`{effective, through?, codes, …}`, where `codes` are codes with labels, or codes and ranges of them without
(`"01-07 A0-A9"`). What else an entry says (`facility`, `group`) holds for each of its codes, and `unless_said` where an
entry does not say it. `assignable` is the range from which the authority assigns where the whole list is licensed: its
codes stand in the table with `listed` false.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise
from typing import Any

import yaml

from shared.tables.catalogue import SourceFile
from shared.tables.code_ranges import expanded
from shared.tables.codes import CodeRow, code_set
from shared.tables.embedded.source import EmbeddedSource
from shared.tables.errors import UnreadableTable
from shared.tables.formats.format import Reading
from shared.tables.spans import FOREVER, Span

_SAID_ONCE = {"effective", "through", "codes"}


class SmallCodeSets(EmbeddedSource):
    """Releases without an end: the authorities add codes now and then and announce it."""

    packages = ()

    def read(self) -> Iterator[Reading[CodeRow]]:
        folder = files("shared.tables").joinpath("small_code_sets")
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            if file.name.endswith(".yaml"):
                yield read_code_set(file.name, file.read_bytes())


def read_code_set(name: str, content: bytes) -> Reading[CodeRow]:
    """One file as a release. Raises UnreadableTable where it contradicts itself."""
    said = yaml.safe_load(content)
    table = code_set(said["table"])
    unless_said = said.get("unless_said", {})
    rows = [*_entries([unless_said | entry for entry in said["entries"]], table.row)]
    listed = {code for code, _row in rows}
    rows += [
        (code, table.row(first=said["begins"], listed=False))
        for code in expanded(said.get("assignable", ""))
        if code not in listed
    ]
    _refuse_faults(name, said, rows)
    return Reading(
        table=table,
        span=Span(said["release"], date.fromisoformat(said["release"]), FOREVER),
        rows=rows,
        sources=[SourceFile(f"{name}: {said['source'].strip()}", sha256(content).hexdigest(), len(content))],
        history_from=said["begins"],
    )


def _entries(entries: Sequence[Mapping[str, Any]], row: type[CodeRow]) -> Iterator[tuple[str, CodeRow]]:
    for entry in entries:
        codes = entry["codes"]
        labels = dict.fromkeys(expanded(codes), "") if isinstance(codes, str) else codes
        more = {name: value for name, value in entry.items() if name not in _SAID_ONCE}
        for code, label in labels.items():
            yield code, row(first=entry["effective"], last=entry.get("through"), label=label, **more)


def _refuse_faults(name: str, said: Mapping[str, Any], rows: Sequence[tuple[str, CodeRow]]) -> None:
    """Labels that are none, spans that overlap, end before they begin, or lie outside of the file's days."""
    release, spans = date.fromisoformat(said["release"]), dict[str, list[CodeRow]]()
    for code, row in rows:
        if not (isinstance(code, str) and isinstance(row.label, str)):
            raise UnreadableTable(f"{name}: {code} or its label is not text; quote it")
        if not said["begins"] <= row.first <= release or (row.last is not None and row.last < row.first):
            raise UnreadableTable(f"{name}: {code} has a span that cannot be")
        spans.setdefault(code, []).append(row)
    for code, of_code in spans.items():
        for earlier, later in pairwise(sorted(of_code, key=lambda row: row.first)):
            if earlier.last is None or later.first <= earlier.last:
                raise UnreadableTable(f"{name}: {code} has two spans for {later.first}")
