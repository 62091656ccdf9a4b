"""What a reference table is: its name, the shape of its rows, how rows are found, and whose facts they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

Row = TypeVar("Row", bound="TableRow")


class TableRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The base of every row type. Fields are plain values: str, int, bool, Decimal, date, None, or tuples of those.

    Rows that are alike are kept once in a store, so what the key says already (the code itself) is not repeated in the
    row. New fields go to the end and have a default: a store compiled before them is still read.
    """


@dataclass(frozen=True, slots=True, eq=False)  # there is one object of each, and lookups hash it
class Table(Generic[Row]):
    """The definition of a table; its releases are in a `Catalogue`, its rows in one `Store` for each release."""

    name: str
    """As used in commands and paths: `ncci.ptp.practitioner`."""
    title: str
    row: type[Row]
    key: str
    """What a key is made of, for people: "column-1 code and column-2 code, five characters each"."""
    authority: str
    """Who publishes it: CMS, NCHS, X12, NUBC, NUCC, AMA."""
    licence: str
    """Under which terms its content may be used and shown."""
    pairs: bool = False
    """Rows are found by an ordered pair of codes; a key is `FIRST SECOND` and the release is a `PairStore`."""
    coded: bool = True
    """The parts of a key, parted by spaces, begin with codes that stand on charts and claims."""
