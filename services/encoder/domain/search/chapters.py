"""What a chapter of ICD-10-CM is for, and whether a question asks for that.

Who asks for a hemorrhage means one of a newborn, or after delivery, only where the question says so; and who says so
means no other (ICD-10-CM Official Guidelines, I.C.15.a.1 and I.C.16.a.1).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from services.encoder.domain.search.analysis import stem

_ASKING = {
    "neoplasm": """
        neoplasm tumor carcinoma sarcoma cancer malignant benign adenoma leukemia lymphoma melanoma metastasis
    """,
    "obstetric": """
        pregnancy labor delivery postpartum obstetric maternal abortion antepartum trimester childbirth placenta
        lactation ectopic eclampsia
    """,
    "perinatal": "newborn birth fetus fetal perinatal prematurity meconium",
    "congenital": "congenital anomaly accessory supernumerary agenesis imperforate absence",
    "injury": """
        injury fracture wound laceration burn corrosion contusion sprain strain dislocation bite foreign frostbite
        poisoning amputation crushing abrasion rupture puncture
    """,
    "status": """
        history screening status examination counseling encounter observation admission aftercare vaccination carrier
        contact donor family absence presence problem maladjustment
    """,
}
"""What chapters 2, 15 to 17, 19 and 21 are asked for with, in the classification's words."""
_STEMS = {kind: frozenset(map(stem, words.split())) for kind, words in _ASKING.items()}
_BY_LETTER = {
    "C": "neoplasm",
    "O": "obstetric",
    "P": "perinatal",
    "Q": "congenital",
    "S": "injury",
    "T": "injury",
    "Z": "status",
    "V": "external",
    "W": "external",
    "X": "external",
    "Y": "external",
    "R": "symptom",
}
_LAST_NEOPLASM = "D49"


class ChapterFigures(NamedTuple):
    """For the chapter that a code is of, whether the question does not ask for such a one; and for the chapters that it
    asks for, whether the code is not of one. External causes and symptoms are asked for in no words of their own."""

    neoplasm: float
    neoplasm_missed: float
    obstetric: float
    obstetric_missed: float
    perinatal: float
    perinatal_missed: float
    congenital: float
    congenital_missed: float
    injury: float
    injury_missed: float
    status: float
    status_missed: float
    external: float
    symptom: float


def chapter_of(code: str) -> str:
    """Of an ICD-10-CM code, as far as the figures know it; empty for the others."""
    if code[:1] == "D" and code[:3] <= _LAST_NEOPLASM:
        return "neoplasm"
    return _BY_LETTER.get(code[:1], "")


def chapter_figures(chapter: str, words: Collection[str]) -> ChapterFigures:
    """`words`: those of the question without their endings."""
    figures = {kind: kind == chapter for kind in ("external", "symptom")}
    for kind, stems in _STEMS.items():
        asked = not stems.isdisjoint(words)
        figures[kind] = kind == chapter and not asked
        figures[f"{kind}_missed"] = asked and kind != chapter
    return ChapterFigures(**figures)
