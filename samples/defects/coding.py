"""What a coder or charge capture gets wrong: some is held by an edit, some comes back from the grouper."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from random import Random

from samples.defects.kinds import defect, put
from samples.encounters import Draft
from samples.models import Change

_NEEDS_PROCEDURE = ("0320", "0324", "0351", "0612", "0301", "0305", "0403")
"""Revenue codes of the scenarios under which an outpatient line must name a HCPCS code."""


@defect("present-on-admission-missing", fate="held", edit="diagnosis-poa-missing")
def present_on_admission_missing(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    """On a Medicare stay, where the indicator is asked for (CMS Pub 100-04 ch. 23 §10.3)."""
    places = [index for index, diagnosis in enumerate(draft.codes["diagnoses"]) if "poa" in diagnosis]
    if draft.coverage["filing_indicator"] != "MA" or draft.scenario.encounter_class != "inpatient" or not places:
        return None
    place = places[:2][-1]
    draft.first_codes = deepcopy(draft.codes)
    poa = draft.first_codes["diagnoses"][place].pop("poa")
    return put(f"/diagnoses/{place}/poa", poa)


@defect("procedure-missing-on-line", fate="held", edit="revenue-code-needs-procedure")
def procedure_missing_on_line(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    """Charge capture sent an imaging or laboratory line without its HCPCS code."""
    if draft.scenario.is_professional or draft.scenario.encounter_class == "inpatient":
        return None
    for index, charge in enumerate(draft.encounter["charges"]):
        if charge.get("revenue_code") in _NEEDS_PROCEDURE:
            return put(f"/lines/{index}/procedure", charge.pop("procedure"))
    return None


@defect("modifier-repeated", fate="held", edit="modifier-twice")
def modifier_repeated(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    for index, charge in enumerate(draft.encounter["charges"]):
        if modifiers := charge.get("modifiers"):
            charge["modifiers"] = [*modifiers, modifiers[-1]]
            return (Change(op="replace", path=f"/lines/{index}/modifiers", value=list(modifiers)),)
    return None


@defect("units-missing", fate="held", edit="units-positive")
def units_missing(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    charge = draft.encounter["charges"][-1]
    units = charge["units"]
    charge["units"] = "0"
    return put(f"/lines/{len(draft.encounter['charges']) - 1}/units", units)


@defect("principal-is-external-cause", fate="returned", edit="grouper-dx-cannot-be-pdx")
def principal_is_external_cause(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    """How the injury came about, put first: no DRG begins with it (ICD-10-CM Official Guidelines I.C.20.a.6)."""
    return _principal_from_chapter_20(draft, lambda code: not code.startswith("Y92"))


@defect("principal-is-place-of-occurrence", fate="returned", edit="grouper-dx-cannot-be-pdx")
def principal_is_place_of_occurrence(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    """Where the injury came about, put first."""
    return _principal_from_chapter_20(draft, lambda code: code.startswith("Y92"))


def _principal_from_chapter_20(draft: Draft, wanted: Callable[[str], bool]) -> tuple[Change, ...] | None:
    """The coder says the first wanted code of V00 to Y99 first, and comes back to the right order later."""
    diagnoses = draft.codes["diagnoses"]
    causes = [d for d in diagnoses if d["code"][0] in "VWXY" and wanted(d["code"])]
    if draft.scenario.encounter_class != "inpatient" or not causes:
        return None
    rest = [d for d in diagnoses if d is not causes[0]]
    draft.first_codes = deepcopy(draft.codes | {"diagnoses": [causes[0], *rest]})
    return ()
