"""What a point is: one name of one code."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

NamedSystem = Literal["icd10cm", "icd10pcs", "hcpcs", "cpt"]
"""The code sets whose codes have names: those of diagnoses and procedures, HCPCS Level II, and CPT where licensed."""


class PointKind(StrEnum):
    """Where a name of a code comes from; the better a reason to show a code, the earlier."""

    DESCRIPTION = "description"
    INCLUSION_TERM = "inclusion_term"
    INDEX_PATH = "index_path"
    SYNONYM = "synonym"
    ABBREVIATION = "abbreviation"


class Point(msgspec.Struct, frozen=True, gc=False):
    """One name of one code."""

    text: str
    """As it is read: a title, or the path of an index entry from its main term down, joined by commas."""
    kind: PointKind
    system: NamedSystem
    code: str
    """Without a dot: a billable code, or the category or subcategory that the index leaves to be completed."""
    path: tuple[str, ...] = ()
    """The way through the index, see and see also followed."""
    optional: tuple[str, ...] = ()
    """Nonessential modifiers: words that may be there and change nothing."""
    source: str = ""
    """The table release or the file of our own that says so."""
