"""The UB-04 code sets as a customer writes them out of the licensed manual.

The NUBC gives its code sets (UB-04 Data Specifications Manual) to subscribers and has no public file layout. This one
is ours: csv with the titles `set,code,description,effective,end`. `set` is one of the names in `SETS`; `effective` and
`end` are the first and last day, YYYY-MM-DD, `end` empty where there is none. A file may hold several sets; each set in
it replaces the whole set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from shared.tables import codes
from shared.tables.codes import CodeRow
from shared.tables.documents import Document
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.published import refuse_cut_off
from shared.tables.formats.titled import has_titles, history, titled_lines
from shared.tables.sheets import Line
from shared.tables.table import Table

_TITLES = {name: (name,) for name in ("set", "code", "description", "effective", "end")}
_SHAPES: dict[Table[CodeRow], str] = {
    codes.REVENUE: r"\d{4}",
    codes.TYPE_OF_BILL: r"\d{2}",
    codes.CONDITION: r"[0-9A-Z]{2}",
    codes.OCCURRENCE: r"[0-9A-Z]{2}",
    codes.OCCURRENCE_SPAN: r"[0-9A-Z]{2}",
    codes.VALUE: r"[0-9A-Z]{2}",
    codes.DISCHARGE_STATUS: r"\d{2}",
    codes.ADMISSION_TYPE: r"\d",
    codes.ADMISSION_SOURCE: r"[0-9A-Z]",
    codes.CLAIM_FREQUENCY: r"[0-9A-Z]",
}
SETS: dict[str, Table[CodeRow]] = {table.name.removeprefix("codes."): table for table in _SHAPES}


class Ub04CodeSets(Format):
    name: ClassVar[str] = "UB-04 code sets (NUBC, the customer's licensed manual)"
    tables: ClassVar[tuple[Table[Any], ...]] = tuple(SETS.values())

    def recognises(self, document: Document) -> bool:
        return has_titles(document.head.partition("\n")[0].replace('"', "").split(","), _TITLES)

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[CodeRow]]:
        for document in documents:
            refuse_cut_off(document)
            found: dict[str, list[tuple[Line, str, CodeRow]]] = {}
            for line in titled_lines(document, _TITLES, {}):
                name = line.required("set").lower()
                if name not in SETS:
                    raise line.refused("set", f"{name!r} is none of {', '.join(SETS)}")
                found.setdefault(name, []).append(_row(line, SETS[name]))
            for name, rows in found.items():
                yield history(SETS[name], rows, document, asked)


def _row(line: Line, table: Table[CodeRow]) -> tuple[Line, str, CodeRow]:
    code = line.required("code").upper()
    if re.fullmatch(_SHAPES[table], code) is None:
        raise line.refused("code", f"{code!r} is not a code of {table.name}")
    description = line.required("description")
    return line, code, CodeRow(line.day("effective"), line.day_or_none("end"), label=description)
