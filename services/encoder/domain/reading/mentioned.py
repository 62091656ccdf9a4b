"""Everything mentioned: what registries and research abstract, beside what a claim may report.

Coded research corpora such as CodiEsp code each condition that a record names, also a denied one, a past one, and a
symptom beside its disease. A claim may not; so this is asked for, never the default, and each suggestion says by its
trait how the condition was meant.
"""

from __future__ import annotations

from datetime import date

from services.encoder.domain.reading.suggestions import LeftOut, Reading, Suggestion
from services.encoder.domain.reading.traits import Trait
from shared.tables import Tables, icd10

_OF_OTHERS = frozenset({Trait.FAMILY, Trait.PLANNED})
"""No condition of the patient: a relative's, or one that is only feared or looked for."""
_CONFIDENCE = 0.5
"""Of what was read and not weighed further."""


def with_everything_mentioned(reading: Reading, tables: Tables, day: date) -> Reading:
    """The reading with a suggestion for each condition of the patient that it left out, in its trait.

    The first of the codes that were left out is the condition's own; where several stand, the others say why it went.
    What becomes a suggestion is left out no more.
    """
    suggestions = {each.code: each for each in reading.suggestions}
    left: list[LeftOut] = []
    for each in reading.left_out:
        taken = _suggested(each, tables, day)
        if taken is None:
            left.append(each)
        else:
            suggestions.setdefault(taken.code, taken)
    return reading.model_copy(update={"suggestions": tuple(suggestions.values()), "left_out": tuple(left)})


def _suggested(left: LeftOut, tables: Tables, day: date) -> Suggestion | None:
    if left.trait in _OF_OTHERS or not left.evidence or not left.codes:
        return None
    entry = icd10.entry(tables, "icd10cm", left.codes[0], day)
    if entry is None or not entry.billable:
        return None
    return Suggestion(
        code=entry.code,
        system="icd10cm",
        description=entry.description,
        trait=left.trait,
        evidence=left.evidence,
        path=(left.reason,),
        confidence=_CONFIDENCE,
    )
