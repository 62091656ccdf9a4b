"""Proposals: codes that another suggester names, let in only where code set, day and text bear them out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, NamedTuple

from pydantic import Field

from services.encoder.domain.reading.assertions import Assertions
from services.encoder.domain.reading.passages import sentences
from services.encoder.domain.reading.placing import placed
from services.encoder.domain.reading.suggestions import Evidence, LeftOut, ReadChart, ReadDocument, Reading, Suggestion
from services.encoder.domain.reading.traits import Assertion, Section, Sentence, Trait
from shared.claims import Model
from shared.tables import Tables, icd10

_CODED: dict[bool, frozenset[Trait]] = {
    True: frozenset({Trait.PRESENT, Trait.POSSIBLE}),
    False: frozenset({Trait.PRESENT}),
}
"""The traits that may be coded, by whether the patient was admitted (II.H, IV.H)."""


class Proposal(Model):
    """A code as a suggester names it, with the words that it goes by."""

    code: Annotated[str, Field(min_length=3, max_length=8)]
    quote: Annotated[str, Field(min_length=3, max_length=1_000)]
    """Word for word as a document has it."""
    document: str | None = None
    """Where the quote stands; None: wherever it is found."""
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.5


class _Found(NamedTuple):
    evidence: Evidence
    assertion: Assertion


def merged(
    reading: Reading, proposals: Iterable[Proposal], suggester: str, chart: ReadChart, tables: Tables
) -> Reading:
    """A reading with what another suggester adds to it.

    A code must be billable on the chart's day and its quote must stand in a document; what the sentence says of it
    decides as it does for the rules. A code that is suggested already stays as it is; what is principal, and what was
    present on admission, is told of all of them together.
    """
    suggestions = {each.code: each for each in reading.suggestions}
    left = list(reading.left_out)
    for proposal in proposals:
        code = proposal.code.replace(".", "").upper()
        if code in suggestions:
            continue
        answer = _checked(proposal, code, suggester, chart, tables)
        if isinstance(answer, Suggestion):
            suggestions[code] = answer
        else:
            left.append(answer)
    together = placed(tuple(suggestions.values()), chart, tables)
    return reading.model_copy(update={"suggestions": together, "left_out": tuple(left)})


def _checked(proposal: Proposal, code: str, suggester: str, chart: ReadChart, tables: Tables) -> Suggestion | LeftOut:
    found = _find(proposal, chart)
    if found is None:
        return LeftOut(text="", trait=Trait.PRESENT, reason="quote_not_found", evidence=(), codes=(code,))
    entry = icd10.entry(tables, "icd10cm", code, chart.day) if code.isalnum() else None
    if entry is None or not entry.billable:
        return _left(found, "not_billable", code)
    if found.assertion.trait not in _CODED[chart.setting == "inpatient"]:
        return _left(found, str(found.assertion.trait), code)
    return Suggestion(
        code=code,
        system="icd10cm",
        description=entry.description,
        trait=found.assertion.trait,
        evidence=(found.evidence,),
        confidence=proposal.confidence,
        suggester=suggester,
    )


def _left(found: _Found, reason: str, code: str) -> LeftOut:
    evidence = found.evidence
    return LeftOut(text=evidence.text, trait=found.assertion.trait, reason=reason, evidence=(evidence,), codes=(code,))


def _find(proposal: Proposal, chart: ReadChart) -> _Found | None:
    for document in chart.documents:
        if proposal.document in (None, document.id):
            for start in _places(document.text, proposal.quote):
                return _at(document, start, start + len(proposal.quote))
    return None


def _places(text: str, quote: str) -> Iterator[int]:
    start = text.find(quote)
    if start < 0:
        start = text.lower().find(quote.lower()) if len(text.lower()) == len(text) else -1
    if start >= 0:
        yield start


def _at(document: ReadDocument, start: int, end: int) -> _Found:
    around = (each for each in sentences(document.text, document.kind) if each.start < end and start < each.end)
    sentence = next(around, Sentence(start, end, document.text[start:end], Section.UNTITLED))
    evidence = Evidence(
        document=document.id, start=start, end=end, text=document.text[start:end], section=sentence.section
    )
    return _Found(evidence, Assertions(sentence).of(max(start, sentence.start), min(end, sentence.end)))
