"""What a stay's DRG and payment would be with a code less, another principal diagnosis, or a documented condition more.

Only codes that the caller names as documented are added: the grouper never suggests what nobody documented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from msgspec import structs
from pydantic import Field

from services.grouper.domain.answers import RETURN_CODES, is_grouped
from services.grouper.domain.checks import faults_of
from services.grouper.domain.engine import DrgEngine, GrouperAnswer, GrouperInput
from services.grouper.domain.estimates import Estimate
from services.grouper.domain.grouping import GroupedStay
from services.grouper.domain.inpatient.cases import Billed, case_of
from services.grouper.domain.inpatient.pricing import price, totals
from services.grouper.domain.inpatient.rates import IppsRules
from services.grouper.domain.rules import Rules
from services.grouper.domain.stays import Stay
from services.grouper.errors import EngineFailed, NotGroupable
from shared.claims import Date, Diagnosis, Many, Model, Money
from shared.tables import Tables, ipps
from shared.tables.ipps import Drg

_MOST_DIAGNOSES = 25
_T = TypeVar("_T")

Change = Literal["none", "without-diagnosis", "without-procedure", "principal", "with-diagnosis"]


class WhatIfQuestion(Model):
    """A stay, and conditions that are documented but not coded."""

    stay: Stay
    documented: Annotated[Many[Diagnosis], Field(max_length=25)] = ()
    pricing: Billed | None = None
    """What Medicare's payment depends on beside the stay; where it is given, each outcome has its payment."""


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
    payment: Money | None = None
    """Estimated dollars; None where no pricing was asked for or no amount can be said."""
    payment_change: Money | None = None
    """Against the stay as it is; None where either payment is not known."""


class WhatIf(Model):
    """The stay as it is, and what each change would make of it."""

    as_of: Date
    as_coded: Outcome
    changes: Many[Outcome]
    weights: str | None
    """The release of Table 5 that the weights are from; None where none covers the day."""
    estimate: Estimate | None = None
    """The payment of the stay as it is, step by step, and what is left out of it and of the others."""


_Variant = tuple[Change, int | None, str | None, GrouperInput]


@dataclass(frozen=True)
class _Basis:
    """What every outcome is made from, and the stay as it is, which it is compared with."""

    drgs: Mapping[str, Drg | None]
    """By number, those that any change comes to."""
    payments: Mapping[str, Decimal | None]
    weight: Decimal | None = None
    payment: Decimal | None = None


async def what_if(
    engine: DrgEngine,
    rules: Rules,
    ipps_rules: IppsRules,
    tables: Tables,
    grouped: GroupedStay,
    question: WhatIfQuestion,
) -> WhatIf:
    """Every change in one question to the engine.

    Raises NotGroupable for a documented code that is not valid on the day, EngineBusy, EngineFailed, NoRelease.
    """
    _refuse_invalid(rules, tables, question)
    variants = list(_variants(grouped.asked, question.documented))
    answers = await engine.group([variant[3] for variant in variants])
    day, pricing = grouped.stay.discharge_date, question.pricing
    case = case_of(grouped.stay, f"{grouped.answer.final_drg:03}", pricing) if pricing is not None else None
    numbers = {_number(one) for one in (grouped.answer, *answers) if isinstance(one, GrouperAnswer)}
    drgs = {number: ipps.drg(tables, number, day) for number in numbers if number}
    basis = _Basis(drgs, totals(case, drgs, ipps_rules, tables) if case else {})
    as_coded = _outcome(basis, ("none", None, None, grouped.asked), grouped.answer)
    compared = replace(basis, weight=as_coded.weight, payment=as_coded.payment)
    return WhatIf(
        as_of=day,
        as_coded=as_coded,
        changes=tuple(_outcome(compared, variant, answer) for variant, answer in zip(variants, answers, strict=True)),
        weights=_weights(tables, grouped),
        estimate=price(case, ipps_rules, tables) if case else None,
    )


def _number(answer: GrouperAnswer) -> str | None:
    return f"{answer.final_drg:03}" if is_grouped(answer) else None


def _refuse_invalid(rules: Rules, tables: Tables, question: WhatIfQuestion) -> None:
    if not question.documented:
        return
    alone = question.stay.model_copy(update={"diagnoses": question.documented, "procedures": ()})
    pointers = {f"diagnoses/{index}/code": f"/documented/{index}/code" for index in range(len(question.documented))}
    if faults := faults_of(alone, rules, tables, pointers):
        raise NotGroupable(faults)


def _variants(asked: GrouperInput, documented: Many[Diagnosis]) -> Iterator[_Variant]:
    for index, (code, _poa) in enumerate(asked.diagnoses[1:], start=1):
        yield "without-diagnosis", index, code, structs.replace(asked, diagnoses=_less(asked.diagnoses, index))
    for index, procedure in enumerate(asked.procedures):
        yield "without-procedure", index, procedure, structs.replace(asked, procedures=_less(asked.procedures, index))
    for index, principal in enumerate(asked.diagnoses[1:], start=1):
        order = (principal, *_less(asked.diagnoses, index))
        yield "principal", index, principal[0], structs.replace(asked, diagnoses=order)
    for index, diagnosis in enumerate(documented):
        # A claim has 25 places: the new code takes the last where all are taken.
        diagnoses = (*asked.diagnoses[: _MOST_DIAGNOSES - 1], (str(diagnosis.code), diagnosis.poa))
        yield "with-diagnosis", index, str(diagnosis.code), structs.replace(asked, diagnoses=diagnoses)


def _less(codes: tuple[_T, ...], index: int) -> tuple[_T, ...]:
    return (*codes[:index], *codes[index + 1 :])


def _outcome(basis: _Basis, variant: _Variant, answer: GrouperAnswer | EngineFailed) -> Outcome:
    change, index, code, _asked = variant
    if isinstance(answer, EngineFailed):
        raise answer
    number = _number(answer)
    if number is None:
        reason = RETURN_CODES.get(answer.return_code, "no DRG")
        return Outcome(change=change, index=index, code=code, drg=None, reason=reason)
    drg = basis.drgs[number]
    weight, payment = drg.weight if drg else None, basis.payments.get(number)
    return Outcome(
        change=change,
        index=index,
        code=code,
        drg=number,
        title=drg.title if drg else None,
        weight=weight,
        geometric_mean_stay=drg.geometric_mean_stay if drg else None,
        weight_change=_difference(weight, basis.weight),
        payment=payment,
        payment_change=_difference(payment, basis.payment),
    )


def _difference(value: Decimal | None, before: Decimal | None) -> Decimal | None:
    return value - before if value is not None and before is not None else None


def _weights(tables: Tables, grouped: GroupedStay) -> str | None:
    day = grouped.stay.discharge_date
    return tables.release(ipps.DRGS, day).name if tables.carries(ipps.DRGS, day) else None
