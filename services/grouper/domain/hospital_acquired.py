"""The hospital-acquired conditions (HACs) that the codes of a stay amount to, and what they take from its DRG.

Source: section 1886(d)(4)(D) of the Social Security Act; CMS, ICD-10 MS-DRG Definitions Manual, appendix I. The lists
and criteria of each version come from `shared.tables.msdrg`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from services.grouper.domain.formulas import Condition, read_condition
from shared.claims import Many, Model
from shared.tables import Tables, msdrg

NOT_PRESENT_ON_ADMISSION = frozenset({"N", "U"})
"""The indicators with which a HAC does not count: no, and too little documentation to say (CMS, POA indicators)."""

EFFECTS = {
    "NOT_APPLICABLE": "no hospital-acquired condition is held against the stay",
    "FINAL_DRG_NO_CHANGE": "the DRG is the same without the hospital-acquired conditions",
    "FINAL_DRG_CHANGES": "the DRG is another without the hospital-acquired conditions",
    "FINAL_DRG_UNGROUPABLE": "the indicators of the possible hospital-acquired conditions leave the DRG open",
}
"""The HAC statuses of the CMS grouper in words."""


class MetHac(Model):
    """A hospital-acquired condition whose criteria the codes of a stay meet, whatever their POA indicators say."""

    number: int
    """Of CMS's list, such as 4."""
    title: str


class HacEffect(Model):
    """What hospital-acquired conditions do to the DRG of a stay."""

    hospital_exempt: bool
    """The hospital does not report POA: nothing is held against it."""
    initial_drg: str
    """With every code."""
    final_drg: str
    """Without those that are hospital-acquired; it is what is paid."""
    effect: str
    """In words."""


def hacs_met(
    tables: Tables,
    diagnoses: Sequence[msdrg.GroupedDiagnosis | None],
    procedures: Sequence[msdrg.GroupedProcedure | None],
    day: date,
) -> tuple[Many[MetHac], ...]:
    """The HACs of each diagnosis, in order; the principal diagnosis has none. Raises NoRelease."""
    if not any(row is not None and row.hac_lists for row in diagnoses[1:]):
        return ((),) * len(diagnoses)
    known = msdrg.hospital_acquired_conditions(tables, day)
    met = set(_terms_met(diagnoses, procedures))
    on_stay = {
        f"HAC{number:02}": MetHac(number=number, title=one.title)
        for number, one in known.items()
        if _condition(one.condition).judged(met.__contains__)
    }
    of_secondary = (
        tuple(hac for name, hac in on_stay.items() if row is not None and name in row.hac_lists)
        for row in diagnoses[1:]
    )
    return ((), *of_secondary)


def _terms_met(
    diagnoses: Sequence[msdrg.GroupedDiagnosis | None], procedures: Sequence[msdrg.GroupedProcedure | None]
) -> Iterator[str]:
    for index, diagnosis in enumerate(diagnoses):
        place = "SDX" if index else "PDX"
        yield from (f"{place}:{name}" for name in (diagnosis.hac_lists if diagnosis is not None else ()))
    for procedure in procedures:
        yield from procedure.lists if procedure is not None else ()


@lru_cache(maxsize=256)  # some twenty texts, the same for every stay
def _condition(text: str) -> Condition:
    return read_condition(text)
