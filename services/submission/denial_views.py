"""What submission shows of denials: rows and code lists to values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pydantic_core import to_json
from sqlalchemy import select

from services.submission import denial_store
from services.submission.denial_records import CodeWords, DenialGroup, DenialGroups, ShownDenial
from services.submission.denial_store import DenialFilter, DenialRow
from services.submission.domain.denials import DenialReason, category_named
from services.submission.domain.remittances.underpayment import Underpayment
from services.submission.errors import DenialNotFound
from shared.db import ReadSession
from shared.tables import Tables, codes
from shared.tables.errors import NoRelease

_SAME = ShownDenial.model_fields.keys() - {"category", "reasons", "underpayment", "words", "points"}


def shown(row: DenialRow, tables: Tables) -> ShownDenial:
    reasons = tuple(DenialReason.model_validate({**reason, "rarcs": tuple(reason["rarcs"])}) for reason in row.reasons)
    return ShownDenial(
        **{name: getattr(row, name) for name in _SAME},
        category=category_named(row.category, row.denied_on),
        reasons=reasons,
        underpayment=Underpayment.model_validate_json(to_json(row.underpayment)) if row.underpayment else None,
        words=tuple(_words(reasons, tables, row.denied_on)),
        points=row.priority / 100,
    )


def _words(reasons: tuple[DenialReason, ...], tables: Tables, day: date) -> Iterator[CodeWords]:
    """Only what the customer's own lists say: the words are X12's."""
    wanted = [(codes.CARC, reason.carc) for reason in reasons]
    wanted += [(codes.RARC, rarc) for reason in reasons for rarc in reason.rarcs]
    for table, code in dict.fromkeys(wanted):
        try:
            found = codes.entry(tables, table, code, day)
        except NoRelease:
            continue
        if found is not None and (words := found.row.description or found.row.label):
            yield CodeWords(code=code, words=words)


async def denial(session: ReadSession, tenant: str, denial_id: str, tables: Tables) -> ShownDenial:
    """Raises DenialNotFound."""
    query = select(DenialRow).where(DenialRow.tenant == tenant, DenialRow.id == denial_id)
    row = (await session.scalars(query)).one_or_none()
    if row is None:
        raise DenialNotFound("no denial has this id")
    return shown(row, tables)


async def groups(session: ReadSession, tenant: str, wanted: DenialFilter, day: date) -> DenialGroups:
    found = await denial_store.groups(session, tenant, wanted)
    return DenialGroups(
        items=tuple(
            DenialGroup(**{**group._asdict(), "category": category_named(group.category, day)}) for group in found
        )
    )
