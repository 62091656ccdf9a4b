"""Chapter 2: primary and secondary sites, history, encounters for treatment (ICD-10-CM Official Guidelines I.C.2)."""

from __future__ import annotations

from services.encoder.domain.guidelines.code_lists import CodeLists
from services.encoder.domain.guidelines.rules import CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.tabular_list import any_covers, dotted, notes
from shared.tables import Tables
from shared.tables.icd10cm_references import named_codes
from shared.tables.icd10cm_tabular import PLACES, NoteKind

NEOPLASMS = CodeLists("neoplasms")


@guideline(
    "neoplasms.therapy_without_neoplasm",
    "An encounter for chemotherapy, immunotherapy or radiation without the neoplasm treated",
    citation="I.C.2.e.2",
)
def therapy_without_neoplasm(chart: CodedChart, tables: Tables) -> Findings:
    """A neoplasm under treatment is coded as present, even where it was removed (I.C.2.m)."""
    if not NEOPLASMS.holds(chart, "neoplasm"):
        for therapy in NEOPLASMS.coded(chart, "therapy_encounter"):
            message = f"{dotted(therapy.code)} has the neoplasm that is treated behind it, not its history"
            yield Finding(message, therapy.pointer, (therapy.code,))


@guideline(
    "neoplasms.history_with_active",
    "History of a malignant neoplasm beside the same site under treatment",
    citation="I.C.2.d, I.C.2.m",
    severity="warning",
    reads=(PLACES,),
)
def history_with_active(chart: CodedChart, tables: Tables) -> Findings:
    """Which conditions a history code is the history of is told by its inclusion terms."""
    malignant = NEOPLASMS.coded(chart, "malignant")
    for history in NEOPLASMS.coded(chart, "history") if malignant else ():
        same_site = [
            named
            for standing in notes(tables, history.code, chart.day)
            if standing.note.kind is NoteKind.INCLUSION_TERM
            for named in named_codes(standing.note.text, in_sentences=True)
        ]
        for active in malignant:
            if any_covers(same_site, active.code):
                message = (
                    f"{dotted(history.code)} says that the site is no longer treated, {dotted(active.code)} "
                    "that it is; both stand only for two separate primaries"
                )
                fix = Fix.removing(history)
                yield Finding(message, history.pointer, (history.code, active.code), fix=fix)
                break


@guideline(
    "neoplasms.secondary_without_primary",
    "A metastasis without its primary site, or the history of it",
    citation="I.C.2.b, I.C.2.m",
    severity="warning",
)
def secondary_without_primary(chart: CodedChart, tables: Tables) -> Findings:
    if NEOPLASMS.holds(chart, "primary") or NEOPLASMS.holds(chart, "history"):
        return
    for secondary in NEOPLASMS.coded(chart, "secondary")[:1]:
        message = (
            f"{dotted(secondary.code)} has its primary beside it: the site under treatment, "
            "its history (Z85), or C80.1 where it is unknown"
        )
        yield Finding(message, secondary.pointer, (secondary.code,))


@guideline(
    "neoplasms.anemia_first",
    "Anemia in a malignancy goes before the malignancy",
    citation="I.C.2.c.1",
)
def anemia_first(chart: CodedChart, tables: Tables) -> Findings:
    first = chart.first
    if first is None or first.code not in NEOPLASMS.on("anemia_in_neoplasm", chart.day):
        return
    for neoplasm in NEOPLASMS.coded(chart, "neoplasm")[:1]:
        message = f"even when only the anemia is treated, {dotted(neoplasm.code)} goes before D63.0"
        yield Finding(message, first.pointer, (first.code, neoplasm.code), fix=Fix.moving(neoplasm, 0))


@guideline(
    "neoplasms.chemotherapy_effect_missing",
    "Anemia due to chemotherapy without the adverse effect",
    citation="I.C.2.c.2",
    severity="warning",
)
def chemotherapy_effect_missing(chart: CodedChart, tables: Tables) -> Findings:
    if not NEOPLASMS.holds(chart, "chemotherapy_effect"):
        for anemia in NEOPLASMS.coded(chart, "anemia_from_chemotherapy"):
            message = (
                "anemia due to chemotherapy has T45.1X5- behind it: A while it is treated, D after, S for a sequela"
            )
            yield Finding(message, anemia.pointer, (anemia.code,))


@guideline(
    "neoplasms.follow_up_with_active",
    "Follow-up after treatment is over beside an active malignancy",
    citation="I.C.21.c.8",
    severity="warning",
)
def follow_up_with_active(chart: CodedChart, tables: Tables) -> Findings:
    for follow_up in NEOPLASMS.coded(chart, "follow_up"):
        for active in NEOPLASMS.coded(chart, "malignant")[:1]:
            message = (
                f"follow-up is for a neoplasm that is gone; one that recurred, {dotted(active.code)}, stands instead"
            )
            yield Finding(message, follow_up.pointer, (follow_up.code, active.code), fix=Fix.removing(follow_up))
