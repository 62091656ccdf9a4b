"""Stays for the tests of the grouper, and one grouper with the engine in this process."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

from services.grouper.domain.grouping import Grouper, Returned
from services.grouper.domain.stays import Stay
from services.grouper.engines.in_process import InProcessEngine
from services.grouper.parameters import load_rules
from shared.claims import AS_RECEIVED, DrgAssignment, Grouping
from shared.runtime import embedded_tables


@cache
def a_grouper() -> Grouper:
    return Grouper(engine=InProcessEngine(), rules=load_rules(), tables=embedded_tables())


def a_stay(*diagnoses: str | dict[str, Any], procedures: tuple[str, ...] = (), **fields: Any) -> Stay:
    """A stay of a man of 65 who went home on 2026-11-20; every diagnosis present on admission unless it says so."""
    document = {
        "discharge_date": "2026-11-20",
        "age": 65,
        "sex": "M",
        "discharge_status": "01",
        "diagnoses": [{"code": one, "poa": "Y"} if isinstance(one, str) else one for one in diagnoses],
        "procedures": [{"code": code} for code in procedures],
    }
    return Stay.model_validate(document | fields, context=AS_RECEIVED)


def decide(subject: Any) -> Any:
    """The grouper's decision on one claim or stay."""
    [decision] = asyncio.run(a_grouper().decide([subject]))
    return decision


def drg_of(subject: Any) -> DrgAssignment:
    """The DRG of a claim or stay that has one."""
    decision = decide(subject)
    assert isinstance(decision, Grouping), decision
    assert decision.drg is not None, decision
    return decision.drg


def reasons_of(subject: Any) -> list[tuple[str, str]]:
    """Code and pointer of every reason why a claim or stay goes back."""
    decision = decide(subject)
    assert isinstance(decision, Returned), decision
    return [(reason.code, reason.pointer) for reason in decision.reasons]
