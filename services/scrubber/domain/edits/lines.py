"""Service lines: procedure, modifiers, place, units, drug (loop 2400)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.scrubber.domain.claim_parts import AnyClaim, AnyLine, lines
from services.scrubber.domain.engine import PROFESSIONAL, Circumstances, Defect, edit
from shared.claims import PAYMENT_GROUP_REVENUE_CODES, InstitutionalLine, ProfessionalClaim, Repair
from shared.tables.codes import PLACE_OF_SERVICE

_ANESTHESIA = re.compile(r"0[01]\d{3}")
"""CPT 00100 to 01999, the anaesthesia section."""
_HIPPS = re.compile(r"[0-9A-Z]{5}")


def is_payment_group(line: AnyLine) -> bool:
    """Whether the procedure of a line is no procedure but a HIPPS code (CMS Pub 100-04 ch. 25 §75.5, FL 44)."""
    return isinstance(line, InstitutionalLine) and line.revenue_code in PAYMENT_GROUP_REVENUE_CODES


@edit(
    "procedure-format",
    title="A procedure code is not one",
    predicted="A7:507",
    source="45 CFR 162.1002(a)(5): CPT and HCPCS; 005010X222A1 SV101-2 and X223A2 SV202-2",
    row=50,
)
def procedure_format(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for position, line in lines(claim):
        if line.procedure is None or not (problem := line.procedure.problem):
            continue
        if not is_payment_group(line) or not _HIPPS.fullmatch(line.procedure):
            yield Defect(
                f"/lines/{position}/procedure",
                f"Correct the procedure code of line {position + 1}.",
                {"code": str(line.procedure), "check": problem.code},
            )


@edit(
    "modifier-format",
    title="A modifier is not one",
    predicted="A7:453",
    source="005010X222A1 SV101-3 to SV101-6 and X223A2 SV202-3 to SV202-6: two characters",
    row=51,
)
def modifier_format(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for position, line in lines(claim):
        for place, modifier in enumerate(line.modifiers):
            if modifier.problem:
                yield Defect(
                    f"/lines/{position}/modifiers/{place}",
                    f"Correct modifier {place + 1} of line {position + 1}: two letters or digits.",
                    {"modifier": str(modifier)},
                )


@edit(
    "modifier-twice",
    title="A line has one modifier twice",
    predicted="A7:453",
    source="Front-end edit X222.351.2400.SV101-3.040; CMS Pub 100-04 ch. 23 §20.3",
    row=51,
    suggests_repair=True,
)
def modifier_twice(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for position, line in lines(claim):
        if len(line.modifiers) > 1 and len(set(line.modifiers)) != len(line.modifiers):
            once = list(dict.fromkeys(line.modifiers))
            place = f"/lines/{position}/modifiers"
            yield Defect(
                place,
                f"Name each modifier of line {position + 1} once.",
                {"modifiers": " ".join(line.modifiers)},
                repair=Repair(
                    title="Keep the first of each modifier",
                    patch=({"op": "replace", "path": place, "value": [str(m) for m in once]},),
                ),
            )


@edit(
    "place-of-service-invalid",
    title="The place of service is not on the list",
    predicted="A7:249",
    source="CMS, Place of Service Code Set; CMS Pub 100-04 ch. 26 §10.5",
    kinds=PROFESSIONAL,
    row=39,
)
def place_of_service_invalid(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    places = [("", claim.place_of_service)]
    places += [(f"/lines/{i}", line.place_of_service) for i, line in enumerate(claim.lines) if line.place_of_service]
    for part, place in places:
        if place and not on.is_code(PLACE_OF_SERVICE, place):
            yield Defect(
                f"{part}/place_of_service",
                "Choose a place of service that was on the list of CMS on the day of service.",
                {"code": place, "day": on.day.isoformat(), "list": "place_of_service"},
            )


@edit(
    "unlisted-procedure-description",
    title="An unlisted procedure is not described",
    predicted="A8:306",
    source="005010X222A1 SV101-7 and X223A2 SV202-7: required for a code that stands for nothing in particular",
    row=52,
)
def unlisted_procedure_description(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    unlisted = on.lists["unlisted_procedures"]
    for position, line in lines(claim):
        if line.procedure is not None and line.description is None and unlisted.has(line.procedure):
            yield Defect(
                f"/lines/{position}/description",
                f"Describe in a few words what was done or given on line {position + 1}.",
                {"code": str(line.procedure), "list": "unlisted_procedures"},
            )


@edit(
    "units-positive",
    title="A line has no units",
    predicted="A7:476",
    source="005010X222A1 SV104 and X223A2 SV205: above zero",
    row=54,
)
def units_positive(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for position, line in lines(claim):
        if line.units <= 0:
            yield Defect(
                f"/lines/{position}/units",
                f"Say how many units line {position + 1} has.",
                {"units": str(line.units)},
            )


@edit(
    "minutes-without-anesthesia",
    title="Minutes are counted for what is not anaesthesia",
    predicted="A7:258",
    source="005010X222A1, SV103: MJ is for anaesthesia; CMS Pub 100-04 ch. 12 §50",
    kinds=PROFESSIONAL,
    row=54,
)
def minutes_without_anesthesia(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    for position, line in lines(claim):
        if line.unit == "MJ" and not _ANESTHESIA.fullmatch(line.procedure):
            yield Defect(
                f"/lines/{position}/unit",
                f"Count line {position + 1} in units (UN): minutes are for anaesthesia.",
                {"code": str(line.procedure)},
            )


@edit(
    "drug-code-format",
    title="A national drug code is not one",
    predicted="A7:218",
    source="005010X222A1 and X223A2, 2410 LIN03: eleven digits, 5-4-2, without hyphens",
    row=61,
)
def drug_code_format(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for position, line in lines(claim):
        if line.drug is not None and (problem := line.drug.ndc.problem):
            yield Defect(
                f"/lines/{position}/drug/ndc",
                f"Write the drug code of line {position + 1} with eleven digits.",
                {"check": problem.code},
            )
