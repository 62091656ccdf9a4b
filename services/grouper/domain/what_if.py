"""What a stay's DRG would be with a code less, another principal diagnosis, or a documented condition more.

Only codes that the caller names as documented are added: the grouper never suggests what nobody documented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from services.grouper.domain.answers import RETURN_CODES, is_grouped
from services.grouper.domain.checks import faults_of
from services.grouper.domain.engine import DrgEngine, GrouperAnswer, GrouperInput
from services.grouper.domain.grouping import GroupedStay
from services.grouper.domain.rules import Rules
from services.grouper.domain.stays import Stay
from services.grouper.errors import EngineFailed, NotGroupable
from shared.claims import Date, Diagnosis, Many, Model
from shared.tables import Tables, ipps

_MOST_DIAGNOSES = 25
_T = TypeVar("_T")

Change = Literal["none", "without-diagnosis", "without-procedure", "principal", "with-diagnosis"]


class WhatIfQuestion(Model):
    """A stay, and conditions that are documented but not coded."""

    stay: Stay
    documented: Annotated[Many[Diagnosis], Field(max_length=25)] = ()


class Outcome(Model):
    """The DRG after one change."""

    change: Change
    index: int | None
    """Place of the code on the stay, or among those documented; None for the stay as it is."""
    code: str | None
    drg: str | None
    """None where the stay would have no DRG; `reason` says why."""
    reason: str | None = None
    title: str | None = None
    weight: Decimal | None = None
    """None where no weights of the day are loaded."""
    geometric_mean_stay: Decimal | None = None
    """Days."""
    weight_change: Decimal | None = None
    """Against the stay as it is; None where either weight is not known."""


class WhatIf(Model):
    """The stay as it is, and what each change would make of it."""

    as_of: Date
    as_coded: Outcome
    changes: Many[Outcome]
    weights: str | None
    """The release of Table 5 that the weights are from; None where none covers the day."""


_Variant = tuple[Change, int | None, str | None, GrouperInput]


async def what_if(
    engine: DrgEngine, rules: Rules, tables: Tables, grouped: GroupedStay, question: WhatIfQuestion
) -> WhatIf:
    """Every change in one question to the engine.

    Raises NotGroupable for a documented code that is not valid on the day, EngineBusy, EngineFailed, NoRelease.
    """
    _refuse_invalid(rules, tables, question)
    variants = list(_variants(grouped.asked, question.documented))
    answers = await engine.group([variant[3] for variant in variants])
    as_coded = _outcome(tables, grouped, ("none", None, None, grouped.asked), grouped.answer, None)
    return WhatIf(
        as_of=grouped.stay.discharge_date,
        as_coded=as_coded,
        changes=tuple(
            _outcome(tables, grouped, variant, answer, as_coded.weight)
            for variant, answer in zip(variants, answers, strict=True)
        ),
        weights=_weights(tables, grouped),
    )


def _refuse_invalid(rules: Rules, tables: Tables, question: WhatIfQuestion) -> None:
    if not question.documented:
        return
    alone = question.stay.model_copy(update={"diagnoses": question.documented, "procedures": ()})
    pointers = {f"diagnoses/{index}/code": f"/documented/{index}/code" for index in range(len(question.documented))}
    if faults := faults_of(alone, rules, tables, pointers):
        raise NotGroupable(faults)


def _variants(asked: GrouperInput, documented: Many[Diagnosis]) -> Iterator[_Variant]:
    for index, (code, _poa) in enumerate(asked.diagnoses[1:], start=1):
        yield "without-diagnosis", index, code, replace(asked, diagnoses=_less(asked.diagnoses, index))
    for index, procedure in enumerate(asked.procedures):
        yield "without-procedure", index, procedure, replace(asked, procedures=_less(asked.procedures, index))
    for index, principal in enumerate(asked.diagnoses[1:], start=1):
        order = (principal, *_less(asked.diagnoses, index))
        yield "principal", index, principal[0], replace(asked, diagnoses=order)
    for index, diagnosis in enumerate(documented):
        # A claim has 25 places: the new code takes the last where all are taken.
        diagnoses = (*asked.diagnoses[: _MOST_DIAGNOSES - 1], (str(diagnosis.code), diagnosis.poa))
        yield "with-diagnosis", index, str(diagnosis.code), replace(asked, diagnoses=diagnoses)


def _less(codes: tuple[_T, ...], index: int) -> tuple[_T, ...]:
    return (*codes[:index], *codes[index + 1 :])


def _outcome(
    tables: Tables,
    grouped: GroupedStay,
    variant: _Variant,
    answer: GrouperAnswer | EngineFailed,
    weight: Decimal | None,
) -> Outcome:
    change, index, code, _asked = variant
    if isinstance(answer, EngineFailed):
        raise answer
    if not is_grouped(answer):
        reason = RETURN_CODES.get(answer.return_code, "no DRG")
        return Outcome(change=change, index=index, code=code, drg=None, reason=reason)
    number = f"{answer.final_drg:03}"
    drg = ipps.drg(tables, number, grouped.stay.discharge_date)
    known = drg.weight if drg else None
    return Outcome(
        change=change,
        index=index,
        code=code,
        drg=number,
        title=drg.title if drg else None,
        weight=known,
        geometric_mean_stay=drg.geometric_mean_stay if drg else None,
        weight_change=known - weight if known is not None and weight is not None else None,
    )


def _weights(tables: Tables, grouped: GroupedStay) -> str | None:
    day = grouped.stay.discharge_date
    return tables.release(ipps.DRGS, day).name if tables.carries(ipps.DRGS, day) else None
