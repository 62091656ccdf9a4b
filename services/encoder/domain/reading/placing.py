"""Placing: what the codes of a reading are to the encounter: which is principal, and what was there on admission."""

from __future__ import annotations

from collections.abc import Sequence

from services.encoder.domain.reading.present_on_admission import as_principal, with_indicator
from services.encoder.domain.reading.principal import Candidates, principal_of
from services.encoder.domain.reading.statements import Statements
from services.encoder.domain.reading.suggestions import Ground, ReadChart, Suggestion
from shared.tables import Tables


def placed(suggestions: Sequence[Suggestion], chart: ReadChart, tables: Tables) -> tuple[Suggestion, ...]:
    """The diagnoses with their indicators, for an inpatient stay, and one marked principal where the record says."""
    said = Statements(chart.documents)
    inpatient = chart.setting == "inpatient"
    unmarked = (
        one.model_copy(update={"principal": False, "principal_ground": None}) if one.principal else one
        for one in suggestions
    )
    known = [
        with_indicator(one, said, tables, chart.day) if inpatient and one.system == "icd10cm" else one
        for one in unmarked
    ]
    found = principal_of(Candidates.of(known, chart.setting, chart.day, tables), said)
    if found is None:
        return tuple(known)
    code, ground = found
    marked = (_principal(one, chart, ground) if one.code == code else one for one in known)
    return tuple(marked)


def _principal(suggestion: Suggestion, chart: ReadChart, ground: Ground) -> Suggestion:
    marked = suggestion.model_copy(update={"principal": True, "principal_ground": ground})
    return as_principal(marked, chart.day) if chart.setting == "inpatient" else marked
