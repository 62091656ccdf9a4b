"""Validators that nobody here wrote, asked whether what we write is X12 of the guide."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyx12.params
import pyx12.x12n_document


class Fault(NamedTuple):
    """An error that a validator found: where, which of its codes, what it says."""

    place: str
    code: str
    message: str


def pyx12_faults(content: bytes) -> list[Fault]:
    """What pyx12 finds in an interchange with the implementation guides' maps that it ships."""
    report = io.StringIO()
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    valid = pyx12.x12n_document.x12n_document(
        pyx12.params.params(), io.StringIO(content.decode("ascii")), None, None, fd_json=report
    )
    faults = [fault for interchange in json.loads(report.getvalue())["interchanges"] for fault in _faults(interchange)]
    assert faults or valid, "pyx12 refuses the file and does not say why"
    return faults


def _faults(node: dict[str, Any], place: str = "ISA") -> Iterator[Fault]:
    for error in node.get("errors", ()):
        yield Fault(place, error["err_cde"], error["err_str"])
    for group in node.get("groups", ()):
        yield from _faults(group, "GS")
    for transaction in node.get("transactions", ()):
        yield from _faults(transaction, "ST")
    for segment in node.get("segments", ()):
        yield from _faults(segment, f"{segment['seg_id']} at {segment['seg_count']}")
    for element in node.get("elements", ()):
        yield from _faults(element, f"{place}, element {element['ele_pos']}-{element['subele_pos']}")
