"""Validators that nobody here wrote, asked whether what we write is X12 of the guide."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyx12.params
import pyx12.x12n_document
from pydantic import ValidationError
from x12sdk.io import X12ModelReader


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


X12SDK_FAULTS: dict[tuple[str, str], str] = {
    ("2010ac.ref_segment.reference_identification_qualifier", "Input should be"): (
        "2010AC has two REF, secondary (2U, FY, NF) and tax (EI); the SDK reads both as one of them"
    ),
    ("dmg_segment.gender_code", "Input should be 'F' or 'M'"): "DMG03 is F, M or U",
    ("nte_segment.note_reference_code", "Input should be 'ALG'"): "X223A2 2300 has two NTE, the second with ADD",
    ("2310a.nm1_segment", "Input should be a valid dictionary"): "X222A1 2310A repeats: DN and P3",
    ("2310a.ref_segment", "List should have at most 3 items"): "each repeat of X222A1 2310A has three REF of its own",
    ("2310d.ref_segment", ""): "X223A2 2310D and X222A1 2310D have four REF; the SDK takes one for an NM1",
    ("2320.oi_segment.benefits_assignment_certification", "Input should be"): "OI03 is N, W or Y",
    ("2320.mia_segment.covered_days_visit_count", "Input should be '0'"): "MIA01 counts covered days or visits",
    ("nm1_segment.name_last_or_organization_name", ""): (
        "2330C-I, 2420B, 2420G and 2420H have no NM103: it is not used or, in 2420H, situational"
    ),
    ("2400.cn1_segment.contract_code", ""): "CN104 is a situational reference, not a code of CN101",
    ("2400.dtp_segment.date_time_period_format_qualifier", "Input should be 'D8'"): "DTP*472 is D8 or RD8",
    ("2400.crc_segment.code_category", "Input should be"): "X222A1 2400 has three CRC: 07, 70, 09",
    ("2310f.ref_segment.reference_identification_qualifier", "Input should be"): "X223A2 2310F has 0B, 1G and G2",
    ("2410.ref_segment.reference_identification_qualifier", "Input should be 'XZ'"): "2410 REF01 is VY or XZ",
    ("2410.ref_segment", "Field required"): "2410 REF is situational",
    ("2420a.nm1_segment.entity_identifier_code", "Input should be '71'"): "X223A2 2420A is the operating physician, 72",
}  # fmt: skip
"""What x12sdk finds wrong in what the guides allow: where and which of its messages, and what the guide says."""

_X12SDK_VERSIONS = {b"005010X222A1": b"005010X222A2", b"005010X223A2": b"005010X223A3"}
"""The SDK knows the later errata, whose content is the same."""


def x12sdk_faults(content: bytes) -> list[Fault]:
    """What x12sdk finds when it reads an interchange into its models, its own faults left out."""
    for version, known in _X12SDK_VERSIONS.items():
        content = content.replace(version, known)
    try:
        with X12ModelReader(content.decode("ascii")) as reader:
            assert list(reader.models()), "x12sdk reads nothing"
    except ValidationError as error:
        found = [
            Fault(".".join(step for step in detail["loc"] if isinstance(step, str)), detail["type"], detail["msg"])
            for detail in error.errors()
        ]
        return [fault for fault in found if not _of_the_sdk(fault)]
    return []


def _of_the_sdk(fault: Fault) -> bool:
    return any(place in fault.place and fault.message.startswith(words) for place, words in X12SDK_FAULTS)
