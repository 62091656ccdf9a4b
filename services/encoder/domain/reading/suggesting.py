"""Reading a chart: from its documents to the codes that they support, and to what was seen and left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from services.encoder.domain.reading.combining import Combining
from services.encoder.domain.reading.encounters import INITIAL, seventh_characters
from services.encoder.domain.reading.facts import ChartFacts, chart_facts
from services.encoder.domain.reading.figures import with_figures
from services.encoder.domain.reading.histories import history_code, history_of
from services.encoder.domain.reading.lexicon import Lexicon
from services.encoder.domain.reading.mentioned import with_everything_mentioned
from services.encoder.domain.reading.mentions import Mention, mentions
from services.encoder.domain.reading.narrowing import narrowed
from services.encoder.domain.reading.phrases import names_operation
from services.encoder.domain.reading.placing import placed
from services.encoder.domain.reading.procedures import read_procedures
from services.encoder.domain.reading.pruning import ASSESSMENTS, integral_symptoms, less_specific, unassessed_symptoms
from services.encoder.domain.reading.resolving import billable_code, on_side
from services.encoder.domain.reading.services import read_services
from services.encoder.domain.reading.suggestions import LeftOut, ReadChart, Reading, Specification, Suggestion
from services.encoder.domain.reading.supports import Support, Supports, add
from services.encoder.domain.reading.traits import Section, Trait
from shared.tables import Tables, icd10

_REASONS = {
    Trait.ABSENT: "negated",
    Trait.RULED_OUT: "ruled_out",
    Trait.PLANNED: "planned",
    Trait.FAMILY: "family_history",
    Trait.HISTORICAL: "historical",
    Trait.POSSIBLE: "uncertain_outpatient",
}
_SYSTEM: Final = "icd10cm"
_STATUSES = ("Z85", "Z86", "Z87", "Z89", "Z90", "Z93", "Z94", "Z95", "Z96", "Z97", "Z98")
_WITH_ENCOUNTERS = "MOSTVWXY"
"""Chapters with codes that take a seventh character for the encounter."""
_USE = "Z79"
"""Taken now, though it stands in the past history."""
_FINDINGS_ONLY = (Section.LABORATORY, Section.IMAGING)
"""An abnormal finding is coded where the provider says what it means (III.B); a name of a disease there says so."""


@dataclass
class Desk:
    """One chart while it is read."""

    chart: ReadChart
    lexicon: Lexicon
    tables: Tables
    facts: ChartFacts
    supports: Supports = field(default_factory=dict)
    left: list[LeftOut] = field(default_factory=list)
    family: list[Mention] = field(default_factory=list)

    @property
    def day(self) -> date:
        return self.chart.day


def read(chart: ReadChart, lexicon: Lexicon, tables: Tables) -> Reading:
    """The codes that the documents of a chart support, each valid and billable on its day; what was left out, and why.

    Raises NoRelease for a day that no code set covers.
    """
    tables.release(icd10.CODES["icd10cm"], chart.day)
    desk = Desk(chart, lexicon, tables, chart_facts(document.text for document in chart.documents))
    for document in chart.documents:
        for mention in mentions(document, lexicon, desk.facts):
            _weigh(mention, desk)
    _put_together(desk)
    suggestions = sorted(
        (_suggestion(each, desk) for each in desk.supports.values()), key=lambda each: -each.confidence
    )
    done = read_procedures(chart, tables) if chart.setting == "inpatient" else read_services(chart, tables)
    suggestions = [*done.without_their_status(suggestions), *done.suggestions]
    desk.left += done.left_out
    reading = Reading(
        suggestions=placed(suggestions, chart, tables), left_out=tuple(desk.left), releases=lexicon.releases
    )
    return with_everything_mentioned(reading, tables, chart.day) if chart.scope == "mentions" else reading


def _weigh(mention: Mention, desk: Desk) -> None:
    """What a mention is worth by its trait and the setting."""
    trait = mention.assertion.trait
    if trait is Trait.PRESENT:
        if mention.sentence.section in _FINDINGS_ONLY and mention.code[0] == "R":
            _leave(mention, "finding_only", desk)
        elif names_operation(mention.choice.text, mention.code, desk.day):
            _leave(mention, "not_past", desk)
        else:
            _support(mention, desk)
    elif trait is Trait.POSSIBLE and desk.chart.setting == "inpatient":
        _support(mention, desk)  # as if it existed (II.H, III.C)
    elif trait is Trait.HISTORICAL:
        _remember(mention, desk)
    elif trait is Trait.FAMILY:
        desk.family.append(mention)
    else:
        _leave(mention, _REASONS[trait], desk)


def _support(mention: Mention, desk: Desk) -> None:
    for code in _codes(mention, desk):
        path = (mention.choice.text,)
        add(desk.supports, Support(code, mention.assertion.trait, (mention,), path, tuple(_asks(mention, code))))


def _codes(mention: Mention, desk: Desk) -> Iterator[str]:
    """The code of a mention; one for each side where both are meant and no code says both (I.B.13)."""
    if mention.side == "bilateral" and mention.choice.side != "bilateral":
        sides = [choice for choice in mention.entry.choices if choice.side in ("right", "left")]
        both = {choice.side: choice.code for choice in sorted(sides, key=lambda each: -each.rank)}
        if len(both) == 2:
            yield from filter(None, (_complete(code, mention, desk) for code in sorted(both.values())))
            return
    code = _complete(mention.code, mention, desk)
    if code is not None:
        reader = desk.lexicon.reader
        place = narrowed(code, mention.naming.words, mention.words, mention.side, reader, desk.tables, desk.day)
        yield from _sided(code, mention, desk) if place == code else (place,)


def _complete(code: str, mention: Mention, desk: Desk) -> str | None:
    sevenths = seventh_characters(mention.sentence.text, desk.day) if code[0] in _WITH_ENCOUNTERS else (INITIAL,)
    return billable_code(desk.tables, code, desk.day, sevenths)


def _sided(code: str, mention: Mention, desk: Desk) -> Sequence[str]:
    """The code on the side that the words say, where the name that led to it left the side open."""
    if not mention.side or mention.choice.side:
        return (code,)
    sides = (mention.side,) if mention.side != "bilateral" else ("bilateral", "right", "left")
    found = [known for side in sides if (known := on_side(desk.tables, code, side, desk.day))]
    return found[:1] if len(found) % 2 else found or (code,)


def _asks(mention: Mention, code: str) -> Iterator[Specification]:
    sided = [choice.code for choice in mention.entry.choices if choice.side]
    if sided and not mention.choice.side:
        yield Specification(asks="laterality", codes=tuple(dict.fromkeys(sided)))


def _remember(mention: Mention, desk: Desk) -> None:
    """A condition that was: the code of its history, where the classification has one that says which condition.

    Of an operation, it is the status that it left behind (I.C.21.c.3).
    A history of other diseases of an organ tells the next reader nothing; it is left to the coder, with its code.
    """
    if mention.code.startswith(_STATUSES) or (mention.code.startswith(_USE) and not mention.assertion.cues):
        _support(mention, desk)
        return
    words = _stems(mention)
    reaction = mention.sentence.section is Section.ALLERGIES
    code = None if reaction else history_of(mention.code, words, desk.lexicon.histories, family=False)
    full = history_code(desk.tables, code, desk.day) if code else None
    if full is None or mention.code[0] in "RZ":
        _leave(mention, "historical", desk)
    elif full != code:
        _leave(mention, "historical", desk, codes=(full,))
    else:
        add(desk.supports, Support(full, Trait.HISTORICAL, (mention,), ("History, personal", mention.choice.text)))


def _put_together(desk: Desk) -> None:
    combining = Combining(desk.supports, desk.tables, desk.day, desk.facts)
    combining.run()
    for support, into in combining.combined:
        _leave_support(support, "combined", into, desk)
    for support, other in list(less_specific(desk.supports, desk.tables, desk.day)):
        if desk.supports.pop(support.code, None):
            _leave_support(support, "less_specific", other, desk)
    for support, other in list(integral_symptoms(desk.supports, desk.day)):
        if desk.supports.pop(support.code, None):
            _leave_support(support, "integral_symptom", other, desk)
    for support in list(unassessed_symptoms(desk.supports, desk.day)):
        del desk.supports[support.code]
        _leave_support(support, "symptom_not_assessed", support.code, desk)
    for mention in desk.family:
        _family(mention, desk)
    for figure in list(with_figures(desk.supports, desk.chart.documents, desk.facts, desk.tables, desk.day)):
        add(desk.supports, figure)


def _family(mention: Mention, desk: Desk) -> None:
    """A family history is reported where it bears on this encounter (IV.J): on a condition that the patient has too, or
    where the provider assesses it."""
    code = history_of(mention.code, _stems(mention), desk.lexicon.histories, family=True)
    full = history_code(desk.tables, code, desk.day) if code else None
    named = any("fam" in cue.text.lower() for cue in mention.assertion.cues)
    assessed = named and mention.sentence.section in ASSESSMENTS
    if full is not None and (assessed or any(known[:3] == mention.code[:3] for known in desk.supports)):
        add(desk.supports, Support(full, Trait.FAMILY, (mention,), ("History, family", mention.choice.text)))
    else:
        _leave(mention, "family_history", desk, codes=(full,) if full else ())


def _stems(mention: Mention) -> frozenset[str]:
    return frozenset(word.stem for word in mention.naming.words)


def _leave(mention: Mention, reason: str, desk: Desk, codes: tuple[str, ...] | None = None) -> None:
    named = codes if codes is not None else tuple(_codes(mention, desk))
    desk.left.append(
        LeftOut(
            text=mention.text, trait=mention.assertion.trait, reason=reason, evidence=(mention.evidence,), codes=named
        )
    )


def _leave_support(support: Support, reason: str, other: str, desk: Desk) -> None:
    text = support.evidence[0].text
    desk.left.append(
        LeftOut(
            text=text,
            trait=support.trait,
            reason=reason,
            evidence=support.evidence,
            codes=tuple(dict.fromkeys((support.code, other))),
        )
    )


def _suggestion(support: Support, desk: Desk) -> Suggestion:
    entry = icd10.entry(desk.tables, _SYSTEM, support.code, desk.day)
    return Suggestion(
        code=support.code,
        system=_SYSTEM,
        description=entry.description if entry else None,
        trait=support.trait,
        evidence=support.evidence,
        path=support.path,
        more_specific=support.asks,
        confidence=support.confidence,
    )
