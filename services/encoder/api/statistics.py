"""The coders' figures: how much was finished in what time, how accurate it was, and the charts behind each figure."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from services.encoder import audit_store as store
from services.encoder.api.policies import CanReadStatistics, sees_all_statistics
from services.encoder.audit_store import Period
from services.encoder.domain.audits.accuracy import AccuracyFigure, accuracy
from services.encoder.domain.audits.accuracy import By as AccuracyBy
from services.encoder.domain.audits.productivity import By as ProductivityBy
from services.encoder.domain.audits.productivity import ProductivityFigure, Standard, productivity, standards_on
from services.encoder.parameters import parameter
from shared.claims import Date, EncounterClass, Many, Model
from shared.errors import Forbidden, Invalid
from shared.http import Principal, Read, answer

router = APIRouter(prefix="/v1/stats", tags=["statistics"])

_LONGEST = timedelta(days=366)
_CSV = "text/csv"
_TABLE: dict[int | str, dict[str, Any]] = {200: {"content": {_CSV: {"schema": {"type": "string"}}}}}


class ProductivityFigures(Model):
    first: Date
    last: Date
    standards: dict[EncounterClass, Standard]
    """As they stood on the last day."""
    figures: Many[ProductivityFigure]


class AccuracyFigures(Model):
    first: Date
    last: Date
    """Days on which the audited charts were finalized."""
    figures: Many[AccuracyFigure]


FirstDay = Annotated[date, Query(alias="from", description="In UTC, included.")]
LastDay = Annotated[date, Query(alias="through", description="In UTC, included.")]
AskedCoder = Annotated[str | None, Query(max_length=255, description="Only of this coder.")]
Accepted = Annotated[str, Header(alias="Accept", description="`text/csv` for a table.")]


@router.get("/productivity", response_model=ProductivityFigures, responses=_TABLE)
async def get_productivity(
    caller: CanReadStatistics,
    session: Read,
    first: FirstDay,
    last: LastDay,
    by: ProductivityBy = "coder",
    coder: AskedCoder = None,
    accept: Accepted = "application/json",
) -> Response:
    """Charts per hour against the standard, weighted by kind of work; idle and query time apart.

    A coder sees his or her own figures; managers and auditors see everybody's. `finished` names the charts.
    """
    period = _period(caller, first, last, coder)
    standards = standards_on(last)
    idle_after = timedelta(minutes=parameter("idle_minutes").on(last))
    acts = await store.acts(session, caller.tenant, period)
    figures = productivity(acts, by, standards=standards, idle_after=idle_after)
    if _CSV in accept:
        return _csv(figures)
    return answer(ProductivityFigures(first=first, last=last, standards=standards, figures=figures))


@router.get("/accuracy", response_model=AccuracyFigures, responses=_TABLE)
async def get_accuracy(
    caller: CanReadStatistics,
    session: Read,
    first: FirstDay,
    last: LastDay,
    by: AccuracyBy = "coder",
    coder: AskedCoder = None,
    accept: Accepted = "application/json",
) -> Response:
    """Accuracy as audits found it: code over code, record over record, by DRG and by condition category.

    With `by=month` or `by=week` it is a trend. A coder sees his or her own figures. `cases` names the audited charts.
    """
    period = _period(caller, first, last, coder)
    figures = accuracy(await store.concluded_cases(session, caller.tenant, period), by)
    if _CSV in accept:
        return _csv(figures)
    return answer(AccuracyFigures(first=first, last=last, figures=figures))


def _period(caller: Principal, first: date, last: date, coder: str | None) -> Period:
    """Raises Invalid for days in the wrong order or more than a year, Forbidden for a coder who asks for another's."""
    if not timedelta() <= last - first <= _LONGEST:
        raise Invalid("`through` is not before `from`, and at most a year after it", pointer="/query/through")
    if sees_all_statistics(caller):
        return Period(first, last, coder)
    if coder not in (None, caller.subject):
        raise Forbidden("only managers and auditors see the figures of others")
    return Period(first, last, caller.subject)


def _csv(figures: tuple[ProductivityFigure, ...] | tuple[AccuracyFigure, ...]) -> Response:
    """A row for each figure: its plain values, and the counts within it under dotted names."""
    rows = [_flat(figure.model_dump()) for figure in figures]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return Response(written.getvalue(), media_type="text/csv; charset=utf-8")


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, str | int | Decimal]:
    flat: dict[str, str | int | Decimal] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        elif isinstance(value, (list, tuple)):
            flat[prefix + name] = " ".join(map(str, value))
        else:
            flat[prefix + name] = "" if value is None else value
    return flat
