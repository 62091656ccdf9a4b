"""Medical necessity by the loaded coverage policies of Medicare: local articles and national determinations.

Source: Social Security Act §1862(a)(1)(A); CMS Pub 100-08 ch. 13. An article lists the procedures that it is about and
the diagnoses that support them. Where no export of the coverage database is loaded, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.engine import Circumstances, Defect
from services.scrubber.domain.rule_books import rule_book
from services.scrubber.domain.services import rows_on
from shared.claims import HcpcsCode, IcdCode, InstitutionalClaim, ProfessionalLine, Severity
from shared.tables import coverage
from shared.tables.coverage import Judgement

_NOT_NECESSARY = "CARC 50"
_LAW = "Social Security Act §1862(a)(1)(A); CMS Pub 100-08 ch. 13 §13.5"
_NOTICE_GIVEN = "GA"
"""The patient has signed that Medicare will not pay and the patient will (CMS Pub 100-04 ch. 30 §50)."""
_EXPECTED_DENIALS = "modifiers_of_expected_denial"


class ListedLine(NamedTuple):
    """A line whose procedure is on some article, with the diagnoses that stand for it."""

    position: int
    procedure: HcpcsCode
    diagnoses: tuple[IcdCode, ...]
    day: date
    notice_given: bool


class ListedLines(NamedTuple):
    on: Circumstances
    state: str
    """Where the service was given, by which the contractor is known."""
    lines: tuple[ListedLine, ...]
    by_line: bool
    """Each line has diagnoses of its own, as on a professional claim; else all of the claim stand for each."""


def listed_lines(claim: AnyClaim, on: Circumstances) -> ListedLines | None:
    """The lines that some article speaks of; None where none is loaded for the day, or the state is not known.

    Stays are left out: articles are about services of Part B.
    """
    rows_of = rows_on(on.tables, coverage.ARTICLE_PROCEDURES, on.day)
    if rows_of is None or (isinstance(claim, InstitutionalClaim) and claim.is_inpatient):
        return None
    listed = [place for place, line in enumerate(claim.lines) if line.procedure is not None and rows_of(line.procedure)]
    if not listed or (state := _state(claim)) is None:
        return None
    found = tuple(line for line in (_listed_line(claim, place, on) for place in listed) if line is not None)
    return ListedLines(on, state, found, by_line=not isinstance(claim, InstitutionalClaim)) if found else None


def _state(claim: AnyClaim) -> str | None:
    place = claim.service_facility if claim.service_facility and claim.service_facility.address else claim.billing
    return place.address.state if place.address is not None else None


def _listed_line(claim: AnyClaim, position: int, on: Circumstances) -> ListedLine | None:
    """None where the provider asks for the denial, and where no articles are carried for the day of the line."""
    line = claim.lines[position]
    day = line.last_day or on.day
    if line.procedure is None or rows_on(on.tables, coverage.ARTICLES, day) is None:
        return None
    if line.modifiers and any(on.listed(_EXPECTED_DENIALS, modifier) for modifier in line.modifiers):
        return None
    whole = claim.diagnoses
    pointers = line.pointers if isinstance(line, ProfessionalLine) else ()
    pointed = [whole[at - 1] for at in pointers if at <= len(whole)] or whole
    codes = tuple([diagnosis.code for diagnosis in pointed])
    return ListedLine(position, line.procedure, codes, day, _NOTICE_GIVEN in line.modifiers)


coverage_edit = rule_book("coverage", listed_lines)


@coverage_edit(
    "medical-necessity-local",
    title="No diagnosis of a line is on the list that supports its procedure",
    predicted=_NOT_NECESSARY,
    source=f"{_LAW}; the article (see evidence)",
)
def medical_necessity_local(listed: ListedLines) -> Iterator[Defect]:
    for line in listed.lines:
        if not line.diagnoses:
            continue
        found = coverage.covers(listed.on.tables, line.procedure, line.diagnoses, listed.state, line.day)
        if found.status == "not_covered":
            yield _unsupported(line, found.judgements[0], by_line=listed.by_line)


def _unsupported(line: ListedLine, judgement: Judgement, *, by_line: bool) -> Defect:
    policy = judgement.policy
    return Defect(
        f"/lines/{line.position}/procedure",
        f"Point line {line.position + 1} to the diagnosis that supports it, or have the patient sign a notice (GA).",
        {
            "code": str(line.procedure),
            "diagnoses": " ".join(code.dotted for code in line.diagnoses),
            "article": policy.id,
            "group": str(judgement.group),
            "tie": judgement.tie or "",
            "effective": policy.row.first.isoformat(),
            "related": " ".join(policy.row.related),
            "table": f"{policy.release.table} {policy.release.name}",
        },
        severity=_severity(line, judgement, by_line=by_line),
    )


def _severity(line: ListedLine, judgement: Judgement, *, by_line: bool) -> Severity:
    """An error where the article leaves no doubt: it lists the diagnosis as not supporting, or the group is for the
    procedure and for no other. Whether an article holds for a facility's type of bill is not in the exports."""
    if line.notice_given:
        return "information"
    certain = judgement.diagnosis is not None or judgement.tie == "named" or _is_only_group(judgement)
    return "error" if certain and by_line else "warning"


def _is_only_group(judgement: Judgement) -> bool:
    return sum(group.supports for group in judgement.policy.row.groups) == 1


@coverage_edit(
    "medical-necessity-national",
    title="A procedure belongs to what Medicare does not cover anywhere",
    predicted=_NOT_NECESSARY,
    source=f"{_LAW}; the national determination (see evidence)",
    severity="warning",
)
def medical_necessity_national(listed: ListedLines) -> Iterator[Defect]:
    tables = listed.on.tables
    for line in listed.lines:
        if line.notice_given or not tables.carries(coverage.NCDS, line.day):
            continue
        policies = coverage.policies(tables, line.procedure, listed.state, line.day)
        for ncd, row in coverage.national(tables, policies, line.day):
            if row.level == "not covered":
                yield Defect(
                    f"/lines/{line.position}/procedure",
                    f"Read the national determination before you bill line {line.position + 1}, or give a notice (GA).",
                    {"code": str(line.procedure), "ncd": ncd, "section": row.section},
                )
