"""Procedures of a stay: which were done by the words of the record, and their ICD-10-PCS codes.

Only what was performed in this stay is coded (ICD-10-PCS Official Guidelines, A1 and selection of procedures; UHDDS).
What was planned, refused, denied or done before is left out with its reason, as is a procedure whose code has open
axes: these are told with the values that they may have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.encoder.domain.reading.assertions import Assertions
from services.encoder.domain.reading.cues import plain
from services.encoder.domain.reading.procedure_codes import Partial, open_axes, partials, path_of
from services.encoder.domain.reading.procedure_words import Procedure, Said, procedure_words
from services.encoder.domain.reading.statements import Statement, Statements
from services.encoder.domain.reading.suggestions import (
    PROCEDURE_INCOMPLETE,
    Evidence,
    LeftOut,
    ReadChart,
    ReadDocument,
    Suggestion,
)
from services.encoder.domain.reading.traits import Section, Trait
from shared.tables import Tables, icd10

_REPORTS = ("operative_report", "procedure_note")
_SURE, _ASSUMED = 0.9, 0.8
"""Where every character is said, and where one has the value that it has when nothing is said."""
_SHOWN = 24
_REASONS = {
    Trait.ABSENT: "negated",
    Trait.RULED_OUT: "negated",
    Trait.PLANNED: "planned",
    Trait.POSSIBLE: "planned",
    Trait.HISTORICAL: "historical",
    Trait.FAMILY: "family_history",
}


@dataclass(frozen=True, slots=True)
class ProcedureMention:
    """A procedure where a document names it."""

    statement: Statement
    said: Said
    procedure: Procedure

    @property
    def evidence(self) -> Evidence:
        sentence, document = self.statement.sentence, self.statement.document
        start, end = sentence.start + self.said.start, sentence.start + self.said.end
        return Evidence(
            document=document.id, start=start, end=end, text=document.text[start:end], section=sentence.section
        )


@dataclass(frozen=True)
class ProceduresRead:
    suggestions: list[Suggestion] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def without_their_status(self, suggestions: Iterable[Suggestion]) -> Iterator[Suggestion]:
        """Without status codes that only the words of a procedure of now speak for (I.C.21.c.3).

        These are left out: a gallbladder that is just removed is no acquired absence yet.
        """
        done = list(self._performed())
        for suggestion in suggestions:
            evidence = suggestion.evidence
            if suggestion.code[0] != "Z" or not all(_overlaps(one, done) for one in evidence):
                yield suggestion
                continue
            text, trait, codes = evidence[0].text, suggestion.trait, (suggestion.code,)
            self.left_out.append(LeftOut(text=text, trait=trait, reason="not_past", evidence=evidence, codes=codes))

    def _performed(self) -> Iterator[Evidence]:
        for suggestion in self.suggestions:
            yield from suggestion.evidence
        for left in self.left_out:
            if left.reason == PROCEDURE_INCOMPLETE:
                yield from left.evidence


def read_procedures(chart: ReadChart, tables: Tables) -> ProceduresRead:
    """The procedures of an inpatient stay, in the order of the record. Raises NoRelease as `reading` does."""
    performed, left = performed_procedures(chart)
    read = ProceduresRead(left_out=left)
    for mentions in performed.values():
        _code(mentions, chart, tables, read)
    return read


def performed_procedures(chart: ReadChart) -> tuple[dict[tuple[str, ...], list[ProcedureMention]], list[LeftOut]]:
    """What was done, by the names of the procedure, in the order of the record; and what was only named, and why."""
    performed: dict[tuple[str, ...], list[ProcedureMention]] = {}
    named: list[ProcedureMention] = []
    left: list[LeftOut] = []
    for mention in _mentions(chart):
        trait, reason = _standing(mention)
        if reason is None:
            performed.setdefault(mention.procedure.names, []).append(mention)
        elif reason == "not_performed":
            named.append(mention)
        else:
            left.append(_left(mention, trait, reason))
    left += (_left(one, Trait.PRESENT, "not_performed") for one in named if one.procedure.names not in performed)
    return performed, left


def _mentions(chart: ReadChart) -> Iterator[ProcedureMention]:
    words = procedure_words()
    for document in chart.documents:
        text = plain(document.text)
        if not words.names.search(text):
            continue
        report = text if document.kind in _REPORTS else ""
        yield from _of_document(document, report)


def _of_document(document: ReadDocument, report: str) -> Iterator[ProcedureMention]:
    words = procedure_words()
    for statement in Statements([document]).all():
        text = statement.text
        for match in words.names.finditer(text):
            name = " ".join(match[0].split())
            yield ProcedureMention(statement, Said(name, text, match.start(), match.end(), report), words.by_name[name])


def _standing(mention: ProcedureMention) -> tuple[Trait, str | None]:
    """How it is meant, and why it is no procedure of the stay; None where it is one."""
    words, text, sentence = procedure_words(), mention.said.text, mention.statement.sentence
    evidence = mention.evidence
    trait = Assertions(sentence).of(evidence.start, evidence.end).trait
    if trait is not Trait.PRESENT:
        return trait, _REASONS[trait]
    if words.not_performed.search(text):
        return Trait.PLANNED, "planned"
    done = (
        mention.statement.document.kind in _REPORTS
        or sentence.section is Section.PROCEDURES
        or mention.said.name in mention.procedure.performs
        or words.performed.search(text) is not None
    )
    return trait, None if done else "not_performed"


def _code(mentions: list[ProcedureMention], chart: ReadChart, tables: Tables, read: ProceduresRead) -> None:
    """The codes of one procedure, from all that is said of it."""
    found = [
        (mention, partial)
        for mention in mentions
        for partial in partials(mention.procedure, mention.said, tables, chart.day)
    ]
    whole: dict[str, list[tuple[ProcedureMention, Partial]]] = {}
    for mention, partial in found:
        if partial.code is not None:
            whole.setdefault(partial.code, []).append((mention, partial))
    for code, told in whole.items():
        read.suggestions.append(_suggestion(code, told, chart, tables))
    shown: set[str] = set()
    for mention, partial in found:
        settled = whole.keys() & set(partial.codes) or (whole and not partial.codes)
        if partial.code is None and not settled and partial.pattern not in shown:
            shown.add(partial.pattern)
            read.left_out.append(_incomplete(mention, partial, chart, tables))


def _suggestion(
    code: str, told: list[tuple[ProcedureMention, Partial]], chart: ReadChart, tables: Tables
) -> Suggestion:
    entry = icd10.entry(tables, "icd10pcs", code, chart.day)
    evidence = {(one.document, one.start): one for one in (mention.evidence for mention, _ in told)}
    assumed = all(partial.assumed for _, partial in told)
    return Suggestion(
        code=code,
        system="icd10pcs",
        description=entry.description if entry else None,
        trait=Trait.PRESENT,
        evidence=tuple(evidence.values()),
        path=(told[0][0].said.name, *path_of(code, tables, chart.day)),
        confidence=_ASSUMED if assumed else _SURE,
    )


def _incomplete(mention: ProcedureMention, partial: Partial, chart: ReadChart, tables: Tables) -> LeftOut:
    return LeftOut(
        text=mention.evidence.text,
        trait=Trait.PRESENT,
        reason=PROCEDURE_INCOMPLETE,
        evidence=(mention.evidence,),
        codes=partial.codes[:_SHOWN],
        more_specific=open_axes(partial, tables, chart.day),
    )


def _overlaps(evidence: Evidence, others: Iterable[Evidence]) -> bool:
    return any(
        other.document == evidence.document and other.start < evidence.end and evidence.start < other.end
        for other in others
    )


def _left(mention: ProcedureMention, trait: Trait, reason: str) -> LeftOut:
    return LeftOut(text=mention.evidence.text, trait=trait, reason=reason, evidence=(mention.evidence,))
