"""What units stand for: minutes of anaesthesia and who gave it, and which drug the units of a drug's code are of.

Minutes of therapy are not on a claim: that its timed units are right (CMS Pub 100-04 ch. 5 §20.2) only a record shows.
"""

from __future__ import annotations

from collections.abc import Iterator

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.engine import PROFESSIONAL, Circumstances, Defect
from services.scrubber.domain.rule_books import rule_book
from services.scrubber.domain.services import Service, services

_FIRST, _LAST = "00100", "01999"
"""The anaesthesia section of CPT."""


def anesthesia(claim: AnyClaim, on: Circumstances) -> tuple[Service, ...] | None:
    """The services that are paid by time; None where there are none."""
    found = (one for one in on.once(services, claim) if _FIRST <= one.code <= _LAST)
    return tuple(one for one in found if not on.listed("anesthesia_without_time", one.code)) or None


def anesthesia_unattended(claim: AnyClaim, on: Circumstances) -> tuple[Service, ...] | None:
    """Those of them that do not say who gave the anaesthesia."""
    found = on.once(anesthesia, claim) or ()
    return tuple(one for one in found if not any(on.listed("anesthesia_modifiers", m) for m in one.modifiers)) or None


def drugs_unnamed(claim: AnyClaim, on: Circumstances) -> tuple[Service, ...] | None:
    """The drugs without their national drug code; None where there are none."""
    found = (one for one in on.once(services, claim) if one.line.drug is None and on.listed("drug_codes", one.code))
    return tuple(found) or None


@rule_book("fee_schedule", anesthesia)(
    "anesthesia-minutes",
    title="Anaesthesia is not counted in minutes",
    predicted="A7:476",
    source="CMS Pub 100-04 ch. 12 §50.G; 005010X222A1, SV103: MJ, minutes",
    kinds=PROFESSIONAL,
    severity="warning",
    row=54,
)
def anesthesia_minutes(found: tuple[Service, ...]) -> Iterator[Defect]:
    for service in found:
        if not service.counts_minutes:
            yield Defect(
                f"{service.pointer}/unit",
                f"Count line {service.number} in minutes (MJ): anaesthesia is paid by its time.",
                {"code": service.code, "units": str(service.units)},
            )


@rule_book("fee_schedule", anesthesia_unattended)(
    "anesthesia-modifier-missing",
    title="Anaesthesia does not say who gave it",
    predicted="CARC 4",
    source="CMS Pub 100-04 ch. 12 §50.I: AA, AD, QK, QX, QY or QZ on each anaesthesia service",
    kinds=PROFESSIONAL,
)
def anesthesia_modifier_missing(found: tuple[Service, ...]) -> Iterator[Defect]:
    for service in found:
        yield Defect(
            f"{service.pointer}/modifiers",
            f"Say who gave the anaesthesia of line {service.number}: a physician alone (AA), medically directed (QK, "
            "QX, QY), supervised (AD), or a nurse anaesthetist alone (QZ).",
            {"code": service.code, "list": "anesthesia_modifiers"},
        )


@rule_book("drug_codes", drugs_unnamed)(
    "drug-code-missing",
    title="A drug lacks its national drug code",
    predicted="A6:218",
    source="SSA §1927(a)(7); 42 CFR 447.520: states collect the code of each drug that a physician administers",
    row=61,
)
def drug_code_missing(found: tuple[Service, ...]) -> Iterator[Defect]:
    for service in found:
        yield Defect(
            f"{service.pointer}/drug",
            f"Give the national drug code and its quantity for {service.code} on line {service.number}.",
            {"code": service.code, "list": "drug_codes"},
        )
