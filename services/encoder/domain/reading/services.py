"""Services of a visit: procedures that were done, by the names that the customer's HCPCS and CPT files have for them.

A code is suggested where the record says every word of its descriptor and of no other one as many; else the codes that
may be meant are told. Without such files nothing is said: no name of theirs is embedded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from services.encoder.domain.reading.procedures import ProcedureMention, ProceduresRead, performed_procedures
from services.encoder.domain.reading.suggestions import PROCEDURE_INCOMPLETE, LeftOut, ReadChart, Suggestion
from services.encoder.domain.reading.traits import Trait
from services.encoder.domain.reading.words import PASSED_OVER, stem
from services.encoder.domain.terms.vocabulary import fold
from shared.tables import Tables, hcpcs

_WORD = re.compile(r"[a-z0-9]+")
_CONFIDENCE = 0.7
_SHOWN = 24


class _Service(NamedTuple):
    """A code by the words of its descriptor."""

    code: str
    system: Literal["hcpcs", "cpt"]
    words: frozenset[str]
    """Stems."""
    description: str


def read_services(chart: ReadChart, tables: Tables) -> ProceduresRead:
    """The services of a visit, in the order of the record."""
    services = _services(tables, chart.day)
    if not services:
        return ProceduresRead()
    performed, left = performed_procedures(chart)
    read = ProceduresRead(left_out=left)
    told: dict[str, list[ProcedureMention]] = {}
    for mentions in performed.values():
        for mention in mentions:
            candidates = list(_named(mention, services))
            found = _said_in_full(mention, candidates)
            if found is not None:
                told.setdefault(found.code, []).append(mention)
            elif candidates:
                read.left_out.append(_incomplete(mention, candidates))
    by_code = {service.code: service for service in services}
    read.suggestions.extend(_suggestion(by_code[code], mentions) for code, mentions in told.items())
    return read


def _named(mention: ProcedureMention, services: Iterable[_Service]) -> Iterator[_Service]:
    """Those whose descriptor has a name of the procedure."""
    names = [_stems(name) for name in mention.procedure.names]
    return (service for service in services if any(name <= service.words for name in names))


def _said_in_full(mention: ProcedureMention, candidates: Iterable[_Service]) -> _Service | None:
    """The one whose every word the sentence says, and that says the most; None where two say as much."""
    said = _stems(mention.said.text)
    full = sorted((one for one in candidates if one.words <= said), key=lambda one: -len(one.words))
    if not full or (len(full) > 1 and len(full[0].words) == len(full[1].words)):
        return None
    return full[0]


@lru_cache(maxsize=4)
def _services(tables: Tables, day: date) -> tuple[_Service, ...]:
    """Every code of a day that has a descriptor; empty where no file of the customer covers it."""
    return (*_level_two(tables, day), *_licensed(tables, day))


def _level_two(tables: Tables, day: date) -> Iterator[_Service]:
    if tables.carries(hcpcs.CODES, day):
        for code, rows in tables.on(hcpcs.CODES, day).store.items():
            for row in rows[:1]:
                if row.is_valid(day):
                    yield _Service(code, "hcpcs", _stems(row.long), row.long)


def _licensed(tables: Tables, day: date) -> Iterator[_Service]:
    if tables.carries(hcpcs.CPT_CODES, day):
        for code, rows in tables.on(hcpcs.CPT_CODES, day).store.items():
            for row in rows[:1]:
                if row.described_from is None or row.described_from <= day:
                    yield _Service(code, "cpt", _stems(row.consumer or row.long), row.long)


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in _WORD.findall(fold(text)) if word not in PASSED_OVER)


def _suggestion(service: _Service, mentions: list[ProcedureMention]) -> Suggestion:
    return Suggestion(
        code=service.code,
        system=service.system,
        description=service.description,
        trait=Trait.PRESENT,
        evidence=tuple(mention.evidence for mention in mentions),
        path=(mentions[0].said.name,),
        confidence=_CONFIDENCE,
    )


def _incomplete(mention: ProcedureMention, candidates: list[_Service]) -> LeftOut:
    return LeftOut(
        text=mention.evidence.text,
        trait=Trait.PRESENT,
        reason=PROCEDURE_INCOMPLETE,
        evidence=(mention.evidence,),
        codes=tuple(service.code for service in candidates[:_SHOWN]),
    )
