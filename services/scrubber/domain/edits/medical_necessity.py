"""Medical necessity by the loaded coverage policies of Medicare: local articles and national determinations.

Source: Social Security Act §1862(a)(1)(A); CMS Pub 100-08 ch. 13. An article lists the procedures that it is about and
the diagnoses that support them. Where no export of the coverage database is loaded, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from services.scrubber.domain.claim_parts import AnyClaim, AnyLine, lines
from services.scrubber.domain.engine import Circumstances, Defect
from services.scrubber.domain.rule_books import rule_book
from services.scrubber.domain.services import codes_listed, rows_on
from shared.claims import IcdCode, InstitutionalClaim, ProfessionalLine, Severity
from shared.tables import Tables, coverage
from shared.tables.coverage import Judgement, NationalPolicyRow

_NOT_NECESSARY = "CARC 50"
_LAW = "Social Security Act §1862(a)(1)(A); CMS Pub 100-08 ch. 13 §13.5"
_NOTICE_GIVEN = "GA"
"""The patient has signed that Medicare will not pay and the patient will (CMS Pub 100-04 ch. 30 §50)."""
_KEPT = 16_384
_EXPECTED_DENIALS = "modifiers_of_expected_denial"


class Objection(NamedTuple):
    """A line that a policy speaks against, with the diagnoses that stand for it."""

    position: int
    procedure: str
    diagnoses: tuple[IcdCode, ...]
    notice_given: bool
    by_line: bool
    """The line has diagnoses of its own, as on a professional claim; else all of the claim stand for each."""
    local: Judgement | None
    """Of the article that does not take the diagnoses."""
    national: tuple[tuple[str, NationalPolicyRow], ...]
    """The determinations by which the procedure is not covered anywhere, by id."""


def objections(claim: AnyClaim, on: Circumstances) -> tuple[Objection, ...] | None:
    """The lines that some policy speaks against; None where there are none, or the state is not known.

    Stays are left out: articles are about services of Part B. So are lines whose modifier asks for the denial.
    """
    rows_of = rows_on(on.tables, coverage.ARTICLE_PROCEDURES, on.day)
    if rows_of is None or (isinstance(claim, InstitutionalClaim) and claim.is_inpatient):
        return None
    listed = [place for place, line in lines(claim) if line.procedure is not None and rows_of(line.procedure)]
    if not listed or (state := _state(claim)) is None:
        return None
    denied = codes_listed(on, _EXPECTED_DENIALS)
    whole = tuple([diagnosis.code for diagnosis in claim.diagnoses])
    found: list[Objection] = []
    for place in listed:
        line = claim.lines[place]
        if denied.isdisjoint(line.modifiers):
            codes = _pointed(line, whole)
            local, national = _judged(on.tables, line.procedure or "", codes, state, line.last_day or on.day)
            if local is not None or national:
                notice, by_line = _NOTICE_GIVEN in line.modifiers, isinstance(line, ProfessionalLine)
                found.append(Objection(place, str(line.procedure), codes, notice, by_line, local, national))
    return tuple(found) or None


def _state(claim: AnyClaim) -> str | None:
    """Where the service was given, by which the contractor is known."""
    place = claim.service_facility if claim.service_facility and claim.service_facility.address else claim.billing
    return place.address.state if place.address is not None else None


def _pointed(line: AnyLine, diagnoses: tuple[IcdCode, ...]) -> tuple[IcdCode, ...]:
    """The diagnoses that stand for a line: those it points to, else all of the claim."""
    pointers = line.pointers if isinstance(line, ProfessionalLine) else ()
    return tuple([diagnoses[at - 1] for at in pointers if at <= len(diagnoses)]) or diagnoses


@lru_cache(maxsize=_KEPT)
def _judged(
    tables: Tables, procedure: str, diagnoses: tuple[IcdCode, ...], state: str, day: date
) -> tuple[Judgement | None, tuple[tuple[str, NationalPolicyRow], ...]]:
    """What speaks against a procedure. A practice bills the same ones for the same diagnoses again and again."""
    if not tables.carries(coverage.ARTICLES, day):
        return None, ()
    found = coverage.covers(tables, procedure, diagnoses, state, day)
    policies = coverage.policies(tables, procedure, state, day)
    national = tuple(found for found in coverage.national(tables, policies, day) if found[1].level == "not covered")
    return found.judgements[0] if diagnoses and found.status == "not_covered" else None, national


coverage_edit = rule_book("coverage", objections)


@coverage_edit(
    "medical-necessity-local",
    title="No diagnosis of a line is on the list that supports its procedure",
    predicted=_NOT_NECESSARY,
    source=f"{_LAW}; the article (see evidence)",
)
def medical_necessity_local(found: tuple[Objection, ...]) -> Iterator[Defect]:
    for one in found:
        if one.local is not None:
            yield _unsupported(one, one.local)


def _unsupported(one: Objection, judgement: Judgement) -> Defect:
    policy = judgement.policy
    return Defect(
        f"/lines/{one.position}/procedure",
        f"Point line {one.position + 1} to the diagnosis that supports it, or have the patient sign a notice (GA).",
        {
            "code": one.procedure,
            "diagnoses": " ".join(code.dotted for code in one.diagnoses),
            "article": policy.id,
            "group": str(judgement.group),
            "tie": judgement.tie or "",
            "effective": policy.row.first.isoformat(),
            "related": " ".join(policy.row.related),
            "table": f"{policy.release.table} {policy.release.name}",
        },
        severity=_severity(one, judgement),
    )


def _severity(one: Objection, judgement: Judgement) -> Severity:
    """An error where the article leaves no doubt: it lists the diagnosis as not supporting, or the group is for the
    procedure and for no other. Whether an article holds for a facility's type of bill is not in the exports."""
    if one.notice_given:
        return "information"
    certain = judgement.diagnosis is not None or judgement.tie == "named" or _is_only_group(judgement)
    return "error" if certain and one.by_line else "warning"


def _is_only_group(judgement: Judgement) -> bool:
    return sum(group.supports for group in judgement.policy.row.groups) == 1


@coverage_edit(
    "medical-necessity-national",
    title="A procedure belongs to what Medicare does not cover anywhere",
    predicted=_NOT_NECESSARY,
    source=f"{_LAW}; the national determination (see evidence)",
    severity="warning",
)
def medical_necessity_national(found: tuple[Objection, ...]) -> Iterator[Defect]:
    for one in found:
        for ncd, row in one.national if not one.notice_given else ():
            yield Defect(
                f"/lines/{one.position}/procedure",
                f"Read the national determination before you bill line {one.position + 1}, or give a notice (GA).",
                {"code": one.procedure, "ncd": ncd, "section": row.section},
            )
