"""The scrubber's figures and the claims behind each: clean and touchless, what holds claims, how long they wait."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response

from services.scrubber import statistics_store as store
from services.scrubber.api.policies import CanReadStatistics, TheScrubber, sees_all_statistics
from services.scrubber.domain.statistics import Behind, By, EditFigure, FixTimeFigure, PassedClaim, RateFigure
from services.scrubber.statistics_store import Span
from shared.claims import ClaimKind, Date, Many, Model
from shared.errors import Forbidden, Invalid
from shared.http import JSON, InvalidCursor, Page, PageRequest, Read, answer, encode_cursor

router = APIRouter(prefix="/v1/stats", tags=["statistics"])

_LONGEST = timedelta(days=366)
_CSV = "text/csv"
_TABLE: dict[int | str, dict[str, Any]] = {200: {"content": {_CSV: {"schema": {"type": "string"}}}}}
_BY_EDIT = ("held", "overridden")


class RateFigures(Model):
    first: Date
    last: Date
    figures: Many[RateFigure]


class TitledEditFigure(EditFigure):
    title: str | None
    """None of a customer rule, and of an edit that is no more."""


class EditFigures(Model):
    first: Date
    last: Date
    figures: Many[TitledEditFigure]
    """Those that held most claims first."""


class FixTimeFigures(Model):
    first: Date
    last: Date
    figures: Many[FixTimeFigure]


def _span(
    caller: CanReadStatistics,
    first: Annotated[date, Query(alias="from", description="In UTC, included.")],
    last: Annotated[date, Query(alias="through", description="In UTC, included; at most a year after `from`.")],
    payer: Annotated[str | None, Query(max_length=80, description="To this payer id; empty: to one without.")] = None,
    coder: Annotated[str | None, Query(max_length=255, description="Coded by them; empty: not known.")] = None,
    facility: Annotated[str | None, Query(max_length=50, description="Rendered, else billed, by this NPI.")] = None,
    kind: Annotated[ClaimKind | None, Query(description="Only this kind of claim.")] = None,
) -> Span:
    """Raises Invalid for days in the wrong order or more than a year, Forbidden for a coder who asks for another's."""
    if not timedelta() <= last - first <= _LONGEST:
        raise Invalid("`through` is not before `from`, and at most a year after it", pointer="/query/through")
    if not sees_all_statistics(caller):
        if coder not in (None, caller.subject):
            raise Forbidden("only billers, managers and auditors see the figures of others")
        coder = caller.subject
    return Span(first, last, payer=payer, facility=facility, coder=coder, kind=kind)


AskedSpan = Annotated[Span, Depends(_span)]
Grouping = Annotated[By, Query(alias="by", description="What the figures are told apart by.")]
Accepted = Annotated[str, Header(alias="Accept", description="`text/csv` for a table.")]


@router.get("/rates", response_model=RateFigures, responses=_TABLE)
async def get_rates(
    caller: CanReadStatistics,
    session: Read,
    span: AskedSpan,
    by: Grouping = "all",
    accept: Accepted = JSON,
) -> Response:
    """Clean-claim rate (HFMA MAP Key CL-1) of the claims that came, touchless rate of those that were cleared.

    A coder sees the figures of the claims that he or she coded; billers, managers, auditors and finance see all.
    """
    figures = await store.rates(session, caller.tenant, span, by)
    if _CSV in accept:
        return _csv(RateFigure, figures)
    return answer(RateFigures(first=span.first, last=span.last, figures=tuple(figures)))


@router.get("/edits", response_model=EditFigures, responses=_TABLE)
async def get_top_edits(
    caller: CanReadStatistics,
    session: Read,
    scrubber: TheScrubber,
    span: AskedSpan,
    by: Grouping = "all",
    limit: Annotated[int, Query(ge=1, le=200, description="Figures in all.")] = 20,
    accept: Accepted = JSON,
) -> Response:
    """The edits that held most claims, with what these charge and the share that a person let pass. As of rates."""
    titles = {edit.id: edit.title for edit in scrubber.edits.edits}
    found = await store.top_edits(session, caller.tenant, span, by, limit)
    figures = [TitledEditFigure(**dict(one), title=titles.get(one.edit_id)) for one in found]
    if _CSV in accept:
        return _csv(TitledEditFigure, figures)
    return answer(EditFigures(first=span.first, last=span.last, figures=tuple(figures)))


@router.get("/time-to-fix", response_model=FixTimeFigures, responses=_TABLE)
async def get_times_to_fix(
    caller: CanReadStatistics,
    session: Read,
    span: AskedSpan,
    by: Grouping = "all",
    accept: Accepted = JSON,
) -> Response:
    """Hours from held to cleared, the median and nine in ten, of claims cleared in the period. As of rates."""
    figures = await store.times_to_fix(session, caller.tenant, span, by)
    if _CSV in accept:
        return _csv(FixTimeFigure, figures)
    return answer(FixTimeFigures(first=span.first, last=span.last, figures=tuple(figures)))


@router.get("/claims", response_model=Page[PassedClaim])
async def list_claims_behind(
    caller: CanReadStatistics,
    session: Read,
    span: AskedSpan,
    page: PageRequest,
    behind: Annotated[Behind, Query(alias="figure", description="As the figure is called where it is counted.")],
    edit: Annotated[str | None, Query(max_length=100, description="Of which edit, for held and overridden.")] = None,
) -> Page[PassedClaim]:
    """The claims behind a figure: the same days and filters, and of a group the filter or the days that it stands for.

    `held` and `overridden` are of one edit and list each claim once. Claims are told by id; nothing of the patient.
    """
    if (behind in _BY_EDIT) != (edit is not None):
        raise Invalid("`edit` goes with the figures held and overridden, and only with these", pointer="/query/edit")
    after = _place(page.after(str, str, int), behind)
    found = await store.claims_behind(
        session, caller.tenant, span, behind, edit=edit, after=after, limit=page.limit + 1
    )
    shown = tuple(found[: page.limit])
    more = len(found) > page.limit
    return Page(
        items=shown,
        next_cursor=encode_cursor([behind, shown[-1].claim_id, shown[-1].passage]) if more else None,
    )


def _place(values: tuple[str | int | None, ...] | None, behind: Behind) -> tuple[str, int] | None:
    if values is None:
        return None
    told, claim_id, passage = values
    if told != behind:
        raise InvalidCursor("the cursor belongs to another list; start again without one")
    return str(claim_id), int(passage or 0)


def _csv(figure: type[Model], figures: Sequence[Model]) -> Response:
    """A row for each figure below the names of its fields."""
    written = io.StringIO()
    writer = csv.DictWriter(written, list(figure.model_fields), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(one.model_dump(mode="json") for one in figures)
    return Response(written.getvalue(), media_type=f"{_CSV}; charset=utf-8")
