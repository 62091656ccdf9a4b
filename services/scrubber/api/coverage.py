"""Medicare's coverage of a procedure: the policies that list it, and whether diagnoses support it by them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from services.scrubber.api.policies import CanReadCodes
from services.scrubber.api.tables import AskedDay
from shared.claims import Date, Many, Model
from shared.http import CurrentTables
from shared.tables import coverage
from shared.tables.coverage import Judgement, Level, Policy, Status, Tie

router = APIRouter(prefix="/v1/coverage", tags=["coverage"])


class ListedPolicy(Model):
    """A policy in force that lists the procedure."""

    id: str
    kind: Literal["article", "lcd"]
    version: int
    title: str
    effective: Date
    through: Date | None = None
    group: int
    """The group in which it lists the procedure."""
    contractors: Many[str]
    states: Many[str]
    related: Many[str]
    """The LCDs and NCDs that it belongs to."""
    release: str


class JudgedPolicy(Model):
    """What one article says of the procedure with these diagnoses."""

    policy: str
    status: Status
    diagnosis: str | None = None
    """The diagnosis that decided, where one did."""
    group: int | None = None
    """Its group of diagnoses, or the first that was looked at in vain."""
    tie: Tie | None = None
    """Why that group is held to be for the procedure: prose that names it, the same number, or nothing against it."""
    asterisk: bool
    """The article says more of this diagnosis than that it is on the list: read it."""


class NationalPolicy(Model):
    """A national determination that one of the policies belongs to."""

    id: str
    section: str
    """In the NCD manual, CMS Pub 100-03."""
    title: str
    level: Level


class ProcedureCoverage(Model):
    """`status` is none where no diagnoses were given."""

    procedure: str
    status: Status | None = None
    policies: Many[ListedPolicy]
    national: Many[NationalPolicy] = ()
    judgements: Many[JudgedPolicy] = ()


@router.get("/{procedure}", response_model=ProcedureCoverage)
async def get_coverage(
    caller: CanReadCodes,
    tables: CurrentTables,
    procedure: Annotated[str, Path(pattern=r"^[0-9A-Za-z]{5}$", description="A HCPCS or CPT code.")],
    day: AskedDay,
    contractor: Annotated[
        str | None,
        Query(pattern=r"^(\d{5}|[A-Za-z]{2})$", description="Contractor number, or the state of the service."),
    ] = None,
    diagnoses: Annotated[
        str,
        Query(pattern=r"^[0-9A-Za-z., ]{0,200}$", description="ICD-10-CM codes between commas; dots are passed over."),
    ] = "",
) -> ProcedureCoverage:
    """The policies that list a procedure on a day, and where diagnoses are given, whether they support it."""
    code, where = procedure.upper(), contractor.upper() if contractor else None
    claimed = [part.strip().replace(".", "").upper() for part in diagnoses.split(",") if part.strip()]
    listed = coverage.policies(tables, code, where, day)
    judged = coverage.covers(tables, code, claimed, where, day) if claimed else None
    return ProcedureCoverage(
        procedure=code,
        status=judged.status if judged else None,
        policies=tuple(map(_listed, listed)),
        national=tuple(
            NationalPolicy(id=number, section=row.section, title=row.title, level=row.level)
            for number, row in coverage.national(tables, listed, day)
        ),
        judgements=tuple(map(_judged, judged.judgements)) if judged else (),
    )


def _listed(policy: Policy) -> ListedPolicy:
    row = policy.row
    return ListedPolicy(
        id=policy.id,
        kind="article" if policy.id.startswith("A") else "lcd",
        version=row.version,
        title=row.title,
        effective=row.first,
        through=row.last,
        group=policy.group,
        contractors=row.contractors,
        states=row.states,
        related=row.related,
        release=policy.release.name,
    )


def _judged(judgement: Judgement) -> JudgedPolicy:
    return JudgedPolicy(
        policy=judgement.policy.id,
        status=judgement.status,
        diagnosis=judgement.diagnosis,
        group=judgement.group,
        tie=judgement.tie,
        asterisk=judgement.asterisk,
    )
