"""Whether a condition was present on admission, by the words of the record (Official Guidelines, appendix I).

The basis of an answer is one of

    exempt               no indicator, the code is on CMS's list
    exemption_unknown    no indicator: such codes are often exempt, and no list of CMS is loaded
    chronic              Y: there before it is diagnosed
    lasting              Y: it was, or runs in the family
    stated               Y or N: words say when it began
    on_admission         Y: documented in a note of the admission, or among what the patient came with
    undetermined         W: the provider says that it cannot be told
    principal            Y: it occasioned the admission
    conflicting          no indicator: documented as both
    not_said             no indicator: a query's to ask

U, documentation insufficient, is never answered: a coder reports it where a query stays without an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Final, Literal, NamedTuple

from services.encoder.domain.guidelines.code_lists import CodeLists
from services.encoder.domain.guidelines.injuries import seventh
from services.encoder.domain.guidelines.present_on_admission import PRESENT
from services.encoder.domain.guidelines.tabular_list import nearest
from services.encoder.domain.reading.cues import one_of, word_list
from services.encoder.domain.reading.statements import Statement, Statements
from services.encoder.domain.reading.suggestions import EXEMPT, Evidence, Ground, Suggestion
from services.encoder.domain.reading.traits import Section, Trait
from shared.claims import PoaIndicator
from shared.tables import Tables, poa

EXEMPTION = CodeLists("poa_exemption")

_CITATION: Final = "ICD-10-CM Official Guidelines, appendix I"
_ACTIVE = ("", "A", "B", "C")
"""Seventh characters of an active treatment."""
_LATER = (
    re.compile(r"\b(?:hospital day|hd|post[- ]?op(?:erative)? day|pod)\s*(?:#|no\.?|number)?\s*(\d+)"),
    re.compile(r"\b(?:poa|present on admission)\s*[:=(–-]\s*no?\b()"),
)
"""A day of the stay, or a printed question answered with no."""
_FIRST_DAY = 1
_UNDETERMINED = re.compile(
    r"\b(?:unable to|not possible to|cannot be|could not be) (?:\w+ )?determine|\bclinically undetermined"
)
_DIVIDES = re.compile(r";|\. | but | then |, and ")
"""What a statement of time does not reach over."""
_COURSE = (Section.HOSPITAL_COURSE, Section.ASSESSMENT, Section.PLAN, Section.DIAGNOSES)

Onset = Literal["present", "arose", "undetermined"]


class _Cue(NamedTuple):
    """Words that say when; offsets into the sentence."""

    start: int
    end: int
    onset: Onset


class _Found(NamedTuple):
    evidence: Evidence
    onset: Onset
    basis: str


def with_indicator(suggestion: Suggestion, said: Statements, tables: Tables, day: date) -> Suggestion:
    """The suggestion with its indicator and the ground of it; for an inpatient stay."""
    indicator, ground = _decided(suggestion, said, tables, day)
    return suggestion.model_copy(update={"present_on_admission": indicator, "present_on_admission_ground": ground})


def as_principal(suggestion: Suggestion, day: date) -> Suggestion:
    """Y for what occasioned the admission, where the words leave it open; deliveries and births may turn out later."""
    ground = suggestion.present_on_admission_ground
    if ground is None or ground.basis != "not_said" or suggestion.code in PRESENT.on("principal_may_arise_later", day):
        return suggestion
    found = suggestion.principal_ground
    told = _ground("principal", found.evidence if found else ())
    return suggestion.model_copy(update={"present_on_admission": "Y", "present_on_admission_ground": told})


def _decided(suggestion: Suggestion, said: Statements, tables: Tables, day: date) -> tuple[PoaIndicator | None, Ground]:
    code = suggestion.code
    exempt = _is_exempt(tables, code, day)
    if exempt is not False:
        return None, _ground(EXEMPT if exempt else "exemption_unknown")
    if code in PRESENT.on("chronic_or_congenital", day):
        return "Y", _ground("chronic", suggestion.evidence[:1])
    if suggestion.trait in (Trait.HISTORICAL, Trait.FAMILY):
        return "Y", _ground("lasting", suggestion.evidence[:1])
    return _of_words([found for one in suggestion.evidence if (found := _onset(one, said)) is not None])


def _is_exempt(tables: Tables, code: str, day: date) -> bool | None:
    """None: such codes may be exempt, and there is no list that tells."""
    if tables.nearest_day(poa.EXEMPT, day) is not None:
        return poa.is_exempt(tables, code, nearest(tables, poa.EXEMPT, day))
    healed = code in EXEMPTION.on("injuries", day) and seventh(code) not in _ACTIVE
    return None if healed or code in EXEMPTION.on("categories", day) else False


def _of_words(found: list[_Found]) -> tuple[PoaIndicator | None, Ground]:
    onsets = {one.onset for one in found}
    if "undetermined" in onsets:
        return "W", _ground("undetermined", (one.evidence for one in found if one.onset == "undetermined"))
    if not onsets:
        return None, _ground("not_said")
    words = [one.evidence for one in found]
    if len(onsets) > 1:
        return None, _ground("conflicting", words)
    return ("Y" if "present" in onsets else "N"), _ground(found[0].basis, words)


def _ground(basis: str, evidence: Iterable[Evidence] = ()) -> Ground:
    return Ground(basis=basis, evidence=tuple(evidence), citation=_CITATION)


def _onset(evidence: Evidence, said: Statements) -> _Found | None:
    """What one place of the record says of when it began."""
    statement = said.of(evidence)
    if statement is None:
        return None
    text = statement.text
    if _UNDETERMINED.search(text) and "admission" in text:
        return _Found(evidence, "undetermined", "undetermined")
    if _is_of_admission(statement):
        return _Found(evidence, "present", "on_admission")
    onset = _by_words(statement, *statement.place_of(evidence))
    return None if onset is None else _Found(evidence, onset, "stated")


def _is_of_admission(statement: Statement) -> bool:
    listed = word_list("admission")
    if statement.document.kind in listed["kinds"]:
        return True
    return statement.heading in listed["headings"] and statement.document.kind != "progress_note"


def _by_words(statement: Statement, start: int, end: int) -> Onset | None:
    """By what is stated beside the name within its clause, else by what is told before it there."""
    text = statement.text
    low = max((mark.end() for mark in _DIVIDES.finditer(text, 0, start)), default=0)
    mark = _DIVIDES.search(text, end)
    high = len(text) if mark is None else mark.start()
    stated = [*_cues(text, low, high, "stated"), *_days(text, low, high)]
    if stated:
        return min(_whole(stated), key=lambda cue: max(cue.start - end, start - cue.end)).onset
    told = [cue for cue in _cues(text, low, start, "told") if cue.onset == "present" or _is_later(statement)]
    return max(told).onset if told else None


def _is_later(statement: Statement) -> bool:
    """Whether a condition that `developed` did so in the house: not where the history of the illness may be told."""
    return statement.document.kind == "progress_note" or statement.sentence.section in _COURSE


def _whole(cues: list[_Cue]) -> list[_Cue]:
    """Without those that are part of another: `not present on admission`."""
    return [
        cue
        for cue in cues
        if not any(other is not cue and other.start <= cue.start and cue.end <= other.end for other in cues)
    ]


def _cues(text: str, low: int, high: int, how: str) -> list[_Cue]:
    return [
        _Cue(match.start(), match.end(), onset)
        for onset, pattern in _patterns()[how]
        for match in pattern.finditer(text, low, high)
    ]


def _days(text: str, low: int, high: int) -> list[_Cue]:
    days = (match for pattern in _LATER for match in pattern.finditer(text, low, high))
    return [_Cue(match.start(), match.end(), "arose") for match in days if not match[1] or int(match[1]) > _FIRST_DAY]


@cache
def _patterns() -> dict[str, tuple[tuple[Onset, re.Pattern[str]], ...]]:
    listed = word_list("admission")
    return {how: tuple((onset, _either_way(listed[onset][how])) for onset in _ONSETS) for how in ("stated", "told")}


_ONSETS: tuple[Literal["present", "arose"], ...] = ("present", "arose")


def _either_way(phrases: Iterable[str]) -> re.Pattern[str]:
    spelt = {variant for phrase in phrases for variant in (phrase, phrase.replace("-", " "))}
    return one_of(sorted(spelt))
