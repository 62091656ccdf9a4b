"""The MS-DRG of a hospital stay (2300 HI*DR): there, one of the day, and a group at all."""

from __future__ import annotations

from collections.abc import Iterator

from services.scrubber.domain.engine import INSTITUTIONAL, Circumstances, Defect, edit
from services.scrubber.domain.rule_books import RETURNED, rule_book
from shared.claims import InstitutionalClaim
from shared.tables import NoRelease, Tables, ipps

_HOSPITAL_STAY = "11"
_NOT_A_GROUP = {
    "998": "the principal diagnosis is none to be discharged with",
    "999": "a code, the sex, the age or the discharge status does not let it be grouped",
}


Stay = tuple[InstitutionalClaim, Circumstances]


def _stay(claim: InstitutionalClaim, on: Circumstances) -> Stay:
    return claim, on


drg_edit = rule_book("drg", _stay, bills=[_HOSPITAL_STAY])


@drg_edit(
    "drg-missing",
    title="A hospital stay has no DRG for a payer that pays by it",
    version="2",
    source="005010X223A2, 2300 HI*DR; CMS Pub 100-04 ch. 3 §20.2.2 (hospitals outside IPPS need none)",
    kinds=INSTITUTIONAL,
    severity="warning",
)
def drg_missing(stay: Stay) -> Iterator[Defect]:
    if stay[0].drg is None:
        yield Defect("/drg", "Look whether the stay was grouped: a hospital under IPPS is paid by DRG.")


@drg_edit(
    "drg-not-valid",
    title="The DRG is not one of the day of discharge",
    predicted="A7:256",
    source="005010X223A2, 2300 HI*DR; 42 CFR 412.60: the DRGs of the fiscal year of the discharge",
    kinds=INSTITUTIONAL,
)
def drg_not_valid(stay: Stay) -> Iterator[Defect]:
    claim, on = stay
    if claim.drg is not None and not _is_drg(on.tables, claim.drg, on):
        yield Defect(
            "/drg",
            "Group the stay anew: there was no such DRG on the day of discharge.",
            {"drg": claim.drg, "day": on.day.isoformat()},
        )


def _is_drg(tables: Tables, number: str, on: Circumstances) -> bool:
    """True also where no list of DRGs covers the day."""
    try:
        return ipps.drg(tables, number, on.day) is not None
    except NoRelease:
        return True


@drg_edit(
    "drg-ungroupable",
    title="The DRG says that the stay could not be grouped",
    predicted=RETURNED,
    source="CMS, MS-DRG Definitions Manual, MS-DRGs 998 and 999; CMS Pub 100-04 ch. 3 §20.2.1",
    kinds=INSTITUTIONAL,
)
def drg_ungroupable(stay: Stay) -> Iterator[Defect]:
    drg = stay[0].drg
    if drg in _NOT_A_GROUP:
        yield Defect("/drg", f"Send the stay back to the coder: {_NOT_A_GROUP[drg]}.", {"drg": drg})


@edit(
    "drg-on-other-bill",
    title="A bill that is no inpatient stay has a DRG",
    source="005010X223A2, 2300 HI*DR: required on inpatient claims under DRG contracts, else not to be sent",
    kinds=INSTITUTIONAL,
    severity="warning",
)
def drg_on_other_bill(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.drg is not None and not claim.is_inpatient:
        yield Defect("/drg", "Take the DRG off: it is for inpatient stays.", {"type_of_bill": claim.type_of_bill})
