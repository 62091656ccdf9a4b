"""Group a claim or a stay, or a stream of them. Nothing is kept."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.grouper import handlers
from services.grouper.api.bulk import GroupedLine, grouped_lines
from services.grouper.api.policies import CanGroup, TheGrouper, ThePaymentRules
from services.grouper.domain.code_edits import EditedStay
from services.grouper.domain.explained import Explanation
from services.grouper.domain.stays import AnyInpatient, AnySubject, Inpatient, Subject
from services.grouper.domain.what_if import WhatIf, WhatIfQuestion
from shared.claims import Grouping
from shared.http import NdjsonItems, NdjsonStream, answer, in_lines, json_body, ndjson_items

router = APIRouter(tags=["grouping"])

GivenSubject = Annotated[AnySubject, json_body(Subject, as_received=True)]
GivenSubjects = Annotated[NdjsonItems[AnySubject], ndjson_items(Subject, as_received=True)]
GivenQuestion = Annotated[WhatIfQuestion, json_body(WhatIfQuestion, as_received=True)]
GivenInpatient = Annotated[AnyInpatient, json_body(Inpatient, as_received=True)]

_IN_LINES = in_lines(GroupedLine, "One answer a line.")


@router.post("/v1/group", response_model=Grouping)
async def group(caller: CanGroup, grouper: TheGrouper, subject: GivenSubject) -> Response:
    """The DRG of a claim (`kind` professional or institutional) or of a stay alone (`kind` stay)."""
    return answer(await handlers.group_one(grouper, subject))


@router.post("/v1/explain", response_model=Explanation)
async def explain(caller: CanGroup, grouper: TheGrouper, subject: GivenSubject) -> Response:
    """The DRG of a stay with its reasons: what each code did, the step that decided, the family apart by severity."""
    return answer(await handlers.explain(grouper, subject))


@router.post("/v1/what-if", response_model=WhatIf)
async def what_if(caller: CanGroup, grouper: TheGrouper, rules: ThePaymentRules, question: GivenQuestion) -> Response:
    """The DRG without each code, with each secondary diagnosis as principal, and with each documented condition."""
    return answer(await handlers.what_if(grouper, rules, question))


@router.post("/v1/mce", response_model=EditedStay)
async def edit_stay(caller: CanGroup, grouper: TheGrouper, subject: GivenInpatient) -> Response:
    """The edits of the Medicare Code Editor that a stay meets, each with the code and field that caused it."""
    return answer(handlers.edit_stay(grouper, subject))


@router.post("/v1/group/batch", response_class=NdjsonStream, responses={200: _IN_LINES})
async def group_batch(caller: CanGroup, grouper: TheGrouper, subjects: GivenSubjects) -> NdjsonStream:
    """Group one claim or stay a line; one answer a line, in order, while the request still comes in."""
    return NdjsonStream(grouped_lines(grouper, subjects))
