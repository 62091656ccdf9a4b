"""Medicare's coverage by diagnosis: which policies speak of a procedure, and which diagnoses they take.

Since 2019 a local coverage determination (LCD) says what is reasonable and necessary, and the billing and coding
article beside it lists the codes: procedures in numbered groups, and diagnoses that support or do not support them, in
numbered groups of their own (CMS Pub 100-08 ch. 13 §13.5.1). Which group of diagnoses is for which procedures stands in
the prose above the group. National determinations (NCD) have no lists of codes in the coverage database.

The exports hold each document's latest version only, so a release answers from the day it was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal

import msgspec

from shared.tables.catalogue import Release
from shared.tables.history import DatedRow
from shared.tables.table import Table, TableRow
from shared.tables.tables import Tables

Tie = Literal["named", "same number", "whole article"]
"""Why a group of diagnoses is held to be for a procedure: its prose names the procedure; it has the number of the
procedure's group in an article whose groups of diagnoses are numbered as its groups of procedures; or nothing ties it
to other procedures."""
Status = Literal["covered", "not_covered", "no_policy"]
_DECIDES: tuple[Status, ...] = ("not_covered", "covered", "no_policy")
"""Whose word counts before whose, where articles differ."""
Level = Literal["covered", "restricted", "not covered", "not said"]


class DiagnosisGroup(TableRow, frozen=True):
    """A numbered group of diagnoses of an article."""

    number: int
    supports: bool
    """The diagnoses support medical necessity; else they do not."""
    procedures: tuple[str, ...] = ()
    """Procedures of the article that the prose above the group names; empty where it names none."""


class PolicyRow(DatedRow, frozen=True, kw_only=True):
    """A document of the coverage database in its latest version."""

    version: int
    title: str


class LocalPolicyRow(PolicyRow, frozen=True, kw_only=True):
    """An LCD or article. Where it applies: the contractors that issued it and the states that they serve."""

    contractors: tuple[str, ...] = ()
    """Contractor numbers (`05102`)."""
    states: tuple[str, ...] = ()
    """As the post office abbreviates them."""
    related: tuple[str, ...] = ()
    """LCDs (`L33431`) and NCDs (`NCD169`) that it belongs to."""
    procedure_groups: tuple[int, ...] = ()
    """The numbers of its groups of procedures."""
    groups: tuple[DiagnosisGroup, ...] = ()


class NationalPolicyRow(PolicyRow, frozen=True, kw_only=True):
    """An NCD."""

    section: str = ""
    """Its section in the NCD manual (CMS Pub 100-03): `240.2`."""
    level: Level = "not said"


class PolicyProcedure(TableRow, frozen=True):
    """A procedure that a policy lists, in one of its groups."""

    policy: str
    group: int


class PolicyDiagnosis(TableRow, frozen=True):
    """A diagnosis that an article lists."""

    group: int
    supports: bool
    asterisk: bool = False
    """The article says more about the code than that it stands on the list, such as another code that it needs."""


_AUTHORITY = "CMS"
_LICENCE = (
    "CMS Medicare Coverage Database; CPT codes are copyright of the American Medical Association and need a licence"
)


ARTICLES: Table[LocalPolicyRow] = Table(
    "coverage.articles",
    "Billing and coding articles",
    LocalPolicyRow,
    "article, as A52840",
    _AUTHORITY,
    _LICENCE,
    coded=False,
)
ARTICLE_PROCEDURES: Table[PolicyProcedure] = Table(
    "coverage.article_procedures", "Procedures of articles", PolicyProcedure, "HCPCS or CPT code", _AUTHORITY, _LICENCE
)
ARTICLE_DIAGNOSES: Table[PolicyDiagnosis] = Table(
    "coverage.article_diagnoses",
    "Diagnoses of articles",
    PolicyDiagnosis,
    "article and ICD-10-CM code without dot",
    _AUTHORITY,
    _LICENCE,
    coded=False,
)
LCDS: Table[LocalPolicyRow] = Table(
    "coverage.lcds",
    "Local coverage determinations",
    LocalPolicyRow,
    "LCD, as L33431",
    _AUTHORITY,
    _LICENCE,
    coded=False,
)
LCD_PROCEDURES: Table[PolicyProcedure] = Table(
    "coverage.lcd_procedures", "Procedures of LCDs", PolicyProcedure, "HCPCS or CPT code", _AUTHORITY, _LICENCE
)
NCDS: Table[NationalPolicyRow] = Table(
    "coverage.ncds",
    "National coverage determinations",
    NationalPolicyRow,
    "NCD, as NCD169",
    _AUTHORITY,
    _LICENCE,
    coded=False,
)

TABLES = (ARTICLES, ARTICLE_PROCEDURES, ARTICLE_DIAGNOSES, LCDS, LCD_PROCEDURES, NCDS)


class Policy(msgspec.Struct, frozen=True, gc=False):
    """A local policy that lists a procedure and is in force on a day."""

    id: str
    """`A52840` or `L33431`."""
    row: LocalPolicyRow
    group: int
    """The group in which it lists the procedure."""
    release: Release


class Judgement(msgspec.Struct, frozen=True, gc=False):
    """What one article says of a procedure with these diagnoses."""

    policy: Policy
    status: Status
    diagnosis: str | None = None
    """The diagnosis that decided, where one did."""
    group: int | None = None
    """The group of diagnoses in which it stands, or for lack of it the first that was looked at."""
    tie: Tie | None = None
    asterisk: bool = False


class Coverage(msgspec.Struct, frozen=True, gc=False):
    """Whether the diagnoses support a procedure. `no_policy` where no article in force lists diagnoses for it."""

    status: Status
    judgements: tuple[Judgement, ...]
    """Of every article that lists the procedure, those that decided first."""


def policies(tables: Tables, procedure: str, where: str | None, day: date) -> tuple[Policy, ...]:
    """The articles and LCDs that list a procedure and are in force where the service was given.

    `where` is a contractor number or a state as the post office abbreviates it; None for anywhere. Raises NoRelease
    where no release of the articles covers the day; LCDs are left out where none of theirs does.
    """
    found = list(_listed(tables, ARTICLE_PROCEDURES, ARTICLES, procedure, where, day))
    if tables.carries(LCD_PROCEDURES, day):
        found += _listed(tables, LCD_PROCEDURES, LCDS, procedure, where, day)
    return tuple(found)


def covers(tables: Tables, procedure: str, diagnoses: Iterable[str], where: str | None, day: date) -> Coverage:
    """Whether diagnoses support a procedure by the articles in force where it was given; `where` as in `policies`.

    Diagnoses are ICD-10-CM codes without dot. An article speaks against them where they are on none of its supporting
    groups that are for the procedure; one that only lists what does not support, where all of them are on that list.
    One article against it is enough. Raises NoRelease.
    """
    claimed = tuple(diagnoses)
    judged = [
        _judge(tables, policy, procedure, claimed, day)
        for policy in _listed(tables, ARTICLE_PROCEDURES, ARTICLES, procedure, where, day)
    ]
    judged.sort(key=lambda judgement: _DECIDES.index(judgement.status))
    return Coverage(judged[0].status if judged else "no_policy", tuple(judged))


def ncd(tables: Tables, policy: str, day: date) -> NationalPolicyRow | None:
    """A national determination by its id, `NCD169`, or its section, `240.2`; None where none is in force.

    Raises NoRelease.
    """
    store = tables.on(NCDS, day).store
    rows = store.rows(policy) or tuple(row for _id, rows in store.items() for row in rows if row.section == policy)
    return next((row for row in rows if row.covers(day)), None)


def national(tables: Tables, found: Iterable[Policy], day: date) -> tuple[tuple[str, NationalPolicyRow], ...]:
    """The national determinations, by id, that local policies belong to; none where no release of them is loaded."""
    if not tables.carries(NCDS, day):
        return ()
    store = tables.on(NCDS, day).store
    ids = sorted({related for policy in found for related in policy.row.related if related.startswith("NCD")})
    return tuple((id_, row) for id_ in ids for row in store.rows(id_) if row.covers(day))


def _listed(
    tables: Tables,
    procedures: Table[PolicyProcedure],
    documents: Table[LocalPolicyRow],
    procedure: str,
    where: str | None,
    day: date,
) -> Iterator[Policy]:
    edition = tables.on(documents, day)
    for listed in tables.on(procedures, day).store.rows(procedure):
        for row in edition.store.rows(listed.policy):
            if row.covers(day) and (where is None or where in row.contractors or where in row.states):
                yield Policy(listed.policy, row, listed.group, edition.release)


def _judge(tables: Tables, policy: Policy, procedure: str, diagnoses: Sequence[str], day: date) -> Judgement:
    rows_of = tables.on(ARTICLE_DIAGNOSES, day).store.rows
    supporting, tie = groups_for(policy.row, procedure, policy.group, supports=True)
    for diagnosis in diagnoses if supporting else ():
        for row in rows_of(f"{policy.id} {diagnosis}"):
            if row.supports and row.group in supporting:
                return Judgement(policy, "covered", diagnosis, row.group, tie, row.asterisk)
    against, tie_against = groups_for(policy.row, procedure, policy.group, supports=False)
    refused = [
        (diagnosis, row.group)
        for diagnosis in diagnoses
        for row in rows_of(f"{policy.id} {diagnosis}")
        if not row.supports and row.group in against
    ]
    if refused and (supporting or len({diagnosis for diagnosis, _group in refused}) == len(set(diagnoses))):
        return Judgement(policy, "not_covered", *refused[0], tie_against)
    if supporting:
        return Judgement(policy, "not_covered", None, supporting[0], tie)
    return Judgement(policy, "covered" if against else "no_policy", None, None, tie_against)


def groups_for(
    article: LocalPolicyRow, procedure: str, number: int, *, supports: bool
) -> tuple[tuple[int, ...], Tie | None]:
    """The groups of diagnoses that are for a procedure listed in group `number`, and why they are held to be."""
    groups = [group for group in article.groups if group.supports == supports]
    if not groups:
        return (), None
    if named := tuple([group.number for group in groups if procedure in group.procedures]):
        return named, "named"
    silent = tuple([group.number for group in groups if not group.procedures])
    numbered_alike = len(groups) > 1 and {group.number for group in groups} == set(article.procedure_groups)
    if number in silent and numbered_alike:
        return (number,), "same number"
    return silent, "whole article" if silent else None
