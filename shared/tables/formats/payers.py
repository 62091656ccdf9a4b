"""The customer's list of payers, in a csv format of this project.

Titles, in any order: `payer_id`, `name`, `effective` and `end` are needed, the others may be left out: `payer_id_kind`
(PI or XV), `filing_indicator` (SBR09), `lines_of_business` (several between semicolons), `route`, `claim_office`,
`timely_filing` (a number), `timely_filing_unit` (days or months), `taxonomy_required` (yes or no), `source`. A payer
whose terms change has a row for each span of days, YYYY-MM-DD; `end` is the last day, empty where there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal, TypeVar

from shared.tables.documents import Document
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.published import refuse_cut_off
from shared.tables.formats.titled import head_has_titles, history, titled_lines
from shared.tables.payers import PAYERS, FilingUnit, PayerRow
from shared.tables.sheets import Line
from shared.tables.table import Table

_REQUIRED = {name: (name,) for name in ("payer_id", "name", "effective", "end")}
_OPTIONAL = {
    name: (name,)
    for name in (
        "payer_id_kind",
        "filing_indicator",
        "lines_of_business",
        "route",
        "claim_office",
        "timely_filing",
        "timely_filing_unit",
        "taxonomy_required",
        "source",
    )
}
_KINDS: dict[str, Literal["PI", "XV"]] = {"": "PI", "PI": "PI", "XV": "XV"}
_UNITS: dict[str, FilingUnit] = {"": "days", "days": "days", "months": "months"}
_ANSWERS = {"": False, "no": False, "yes": True}
_Choice = TypeVar("_Choice")


class PayerList(Format):
    name: ClassVar[str] = "Payer list (the customer's csv)"
    tables: ClassVar[tuple[Table[Any], ...]] = (PAYERS,)

    def recognises(self, document: Document) -> bool:
        return head_has_titles(document, _REQUIRED)

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[PayerRow]]:
        for document in documents:
            refuse_cut_off(document)
            lines = titled_lines(document, _REQUIRED, _OPTIONAL)
            yield history(PAYERS, (_row(line) for line in lines), document, asked)


def _row(line: Line) -> tuple[Line, str, PayerRow]:
    payer_id = line.required("payer_id")
    if not 2 <= len(payer_id) <= 80:
        raise line.refused("payer_id", "a payer id has 2 to 80 characters (NM109)")
    indicator = line.text("filing_indicator").upper()
    if indicator and len(indicator) != 2:
        raise line.refused("filing_indicator", f"{indicator!r} is not a code of SBR09")
    row = PayerRow(
        first=line.day("effective"),
        last=line.day_or_none("end"),
        name=line.required("name"),
        payer_id_kind=_one_of(line, "payer_id_kind", _KINDS),
        filing_indicator=indicator,
        lines_of_business=tuple(part.strip() for part in line.text("lines_of_business").split(";") if part.strip()),
        route=line.text("route"),
        claim_office=line.text("claim_office"),
        timely_filing=line.whole("timely_filing") if line.text("timely_filing") else None,
        timely_filing_unit=_one_of(line, "timely_filing_unit", _UNITS),
        taxonomy_required=_one_of(line, "taxonomy_required", _ANSWERS),
        source=line.text("source"),
    )
    return line, payer_id, row


def _one_of(line: Line, column: str, choices: dict[str, _Choice]) -> _Choice:
    value = line.text(column)
    if value not in choices:
        raise line.refused(column, f"{value!r} is none of {', '.join(filter(None, choices))}")
    return choices[value]
