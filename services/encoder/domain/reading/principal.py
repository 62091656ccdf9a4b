"""Which condition is principal (Official Guidelines, section II) or first-listed (IV.G, IV.H), where the record says.

The basis of an answer is one of

    named         under a heading such as `principal diagnosis`
    first_listed  the first of the discharge diagnoses, or of an outpatient's assessment
    reason        told as what the patient was admitted or came for
    found         established after study, in the sentence that tells what brought the patient
    only_one      the record supports no other condition
    sequencing    a guideline puts it before the condition that the words name; its citation is told

Where the words name two, where a symptom would stand before a definitive diagnosis (II.A), where the rules that are
checked by refuse it or where two meet the definition alike, none is principal: a coder decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final, NamedTuple

from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.guidelines.rules import CodedChart, GuidelineFinding
from services.encoder.domain.reading.cues import one_of, word_list
from services.encoder.domain.reading.sequencing import in_sequence
from services.encoder.domain.reading.statements import Statement, Statements
from services.encoder.domain.reading.suggestions import Evidence, Ground, Suggestion
from services.encoder.domain.reading.traits import Trait
from shared.claims import Diagnosis, EncounterClass
from shared.tables import Tables

_CODED = (Trait.PRESENT, Trait.POSSIBLE)
_NO_CONDITION = ("V", "W", "X", "Y")
_MOST = 50
_BASES: Final = ("named", "first_listed", "reason", "found")
"""The strongest first."""
_EXPLICIT = ("named", "first_listed")
_REFUSES = ("principal.", "manifestation.", "sequencing.")
_UNSETTLED = ("principal.symptom", "sequencing.never_first")
_EITHER = "equally_meeting"
_DIVIDES = re.compile(r"[;,]|\. | and | with | but | as well as ")
_REACH = 60
"""Characters between the words that lead to a condition and the condition."""


class _Claim(NamedTuple):
    """That a place of the record names a suggestion as the reason."""

    basis: str
    place: tuple[int, int]
    code: str
    evidence: Evidence


@dataclass(frozen=True)
class Candidates:
    """The suggestions of a chart that may be principal, the surest first."""

    suggestions: Sequence[Suggestion]
    setting: EncounterClass
    day: date
    tables: Tables

    @classmethod
    def of(cls, suggestions: Iterable[Suggestion], setting: EncounterClass, day: date, tables: Tables) -> Candidates:
        """Those that are coded as conditions and are not known to have arisen in the house."""
        kept = [
            one
            for one in suggestions
            if one.system == "icd10cm"
            and one.trait in _CODED
            and one.code[0] not in _NO_CONDITION
            and one.present_on_admission != "N"
        ]
        return cls(sorted(kept, key=lambda one: (-one.confidence, one.code))[:_MOST], setting, day, tables)

    def led_by(self, code: str) -> CodedChart:
        """A chart with this code first and the others behind it."""
        ordered = sorted(self.suggestions, key=lambda one: one.code != code)
        diagnoses = (
            Diagnosis.model_validate({"code": one.code, "poa": one.present_on_admission if self.inpatient else None})
            for one in ordered
        )
        return CodedChart(ChartCodes.model_construct(diagnoses=tuple(diagnoses)), self.setting, self.day)

    @property
    def inpatient(self) -> bool:
        return self.setting == "inpatient"

    @property
    def words_of(self) -> str:
        """Which lists of words hold."""
        return "inpatient" if self.inpatient else "outpatient"


def principal_of(candidates: Candidates, said: Statements) -> tuple[str, Ground] | None:
    """The code that is principal or first-listed, and why; None where the record does not settle it."""
    claims = sorted(_claims(candidates, said), key=lambda claim: (claim.place, claim.code))
    for basis in _BASES:
        named = [claim for claim in claims if claim.basis == basis and not _is_symptom(claim.code, candidates)]
        if named:
            meant = _of_lists(named) if basis in _EXPLICIT else named
            rivals = [] if basis == "named" else [one for one in claims if one.basis == "reason"]
            return _settled(meant, rivals, candidates)
    conditions = [one for one in candidates.suggestions if one.code[0] != "Z"]
    if len(conditions) == 1:
        [only] = conditions
        claim = _Claim("only_one", (0, 0), only.code, only.evidence[0])
        return _settled([claim], claims, candidates)
    return None


def _settled(meant: Sequence[_Claim], rivals: Sequence[_Claim], candidates: Candidates) -> tuple[str, Ground] | None:
    """What all claims come to, once the guidelines have put each in its sequence."""
    serious = [one for one in rivals if not _is_symptom(one.code, candidates)]
    by_code = {one.code: one for one in (*reversed(serious), *reversed(meant))}
    settled = _first(by_code.pop(meant[0].code), candidates)
    if settled is None:
        return None
    for other in by_code.values():
        answer = _first(other, candidates)
        if answer is None or answer[0] != settled[0]:
            return None
    return settled


def _first(claim: _Claim, candidates: Candidates) -> tuple[str, Ground] | None:
    """What stands first when the claimed code leads; None where the rules refuse it."""
    sequenced = in_sequence(candidates.led_by(claim.code), candidates.tables)
    first = sequenced.chart.diagnoses[0]
    if any(_refuses(finding, claim.basis) for finding in sequenced.findings):
        return None
    if first.code == claim.code:
        return first.code, Ground(basis=claim.basis, evidence=(claim.evidence,))
    if first.code[0] == "Z" or (candidates.inpatient and first.poa != "Y"):
        return None  # that the encounter was for it, or that it was there on admission, the words do not say
    evidence = next(one.evidence[:1] for one in candidates.suggestions if one.code == first.code)
    cited = next((one.citation for one in reversed(sequenced.moves) if first.code in one.codes), None)
    return first.code, Ground(basis="sequencing", evidence=(claim.evidence, *evidence), citation=cited)


def _refuses(finding: GuidelineFinding, basis: str) -> bool:
    if finding.pointer != "/diagnoses/0" or not finding.rule.startswith((*_REFUSES, "respiratory_failure.")):
        return False
    if finding.rule.endswith(_EITHER):
        return basis not in _EXPLICIT
    return finding.severity == "error" or finding.rule in _UNSETTLED


def _is_symptom(code: str, candidates: Candidates) -> bool:
    """A symptom beside any definitive diagnosis (II.A, IV.D)."""
    return code[0] == "R" and any(one.code[0] not in "RZ" for one in candidates.suggestions)


def _of_lists(named: Sequence[_Claim]) -> list[_Claim]:
    """The first of each document's list, with those said by the same words."""
    firsts: dict[int, tuple[int, int]] = {}
    for claim in named:
        firsts.setdefault(claim.place[0], claim.place)
    return [claim for claim in named if claim.place in firsts.values()]


def _claims(candidates: Candidates, said: Statements) -> Iterator[_Claim]:
    documents = {name: number for number, name in enumerate(said.documents)}
    for suggestion in candidates.suggestions:
        for evidence in suggestion.evidence:
            statement = said.of(evidence)
            if statement is None:
                continue
            place = (documents[evidence.document], evidence.start)
            for basis in _bases(statement, evidence, candidates.words_of):
                yield _Claim(basis, place, suggestion.code, evidence)


def _bases(statement: Statement, evidence: Evidence, words_of: str) -> Iterator[str]:
    """What the place of a mention makes of it."""
    listed, text = word_list("principal"), statement.text
    start, _ = statement.place_of(evidence)
    leads = statement.opens and not _DIVIDES.search(text, 0, start)
    if leads and statement.heading in listed["named"]:
        yield "named"
    if leads and statement.heading in listed["listed"][words_of]:
        yield "first_listed"
    asked = leads and statement.heading in listed["reason_headings"][words_of]
    if asked or _leads_to(_patterns()[words_of], text, start):
        yield "reason"
    if _leads_to(_patterns()["found"], text, start) and _patterns()["brought"].search(text, 0, start):
        yield "found"


def _leads_to(pattern: re.Pattern[str], text: str, start: int) -> bool:
    """Whether such words stand before a place with nothing between that begins another phrase."""
    ends = [match.end() for match in pattern.finditer(text, max(0, start - 2 * _REACH), start)]
    return bool(ends) and start - ends[-1] <= _REACH and not _DIVIDES.search(text, ends[-1], start)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    listed = word_list("principal")
    kinds = {**listed["reason"], "found": listed["found"], "brought": listed["brought"]}
    return {name: one_of(words) for name, words in kinds.items()}
