"""Plausible stays against `drgpy` 0.2.1, a port of the Definitions Manual that owes nothing to the CMS program.

Where it differs, one of `drgpy_corrections` must explain it: with the correction it agrees. And with all of them it
must agree on every stay, those included on which it agreed before.

`REVCYCLE_DRG_CLAIMS=20000 pytest -o log_cli=true --log-level=INFO` groups as many and counts the classes.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
from collections import Counter
from dataclasses import dataclass
from itertools import islice

import pytest

from services.grouper.domain.stays import Stay
from shared.claims import Grouping
from shared.tables import msdrg
from tests.services.grouper.proof.corrected_port import CorrectedPort
from tests.services.grouper.proof.drgpy_corrections import CORRECTIONS
from tests.services.grouper.proof.versions import LAST_DAYS
from tests.services.grouper.stays import a_grouper, decide
from tests.strategies.stays import definitions_on, plausible_stays

log = logging.getLogger(__name__)

MANY = int(os.environ.get("REVCYCLE_DRG_CLAIMS", "600"))
SEED = os.environ.get("REVCYCLE_DRG_SEED", "1")

VERSIONS = list(LAST_DAYS) if MANY >= 5000 else ["v41", "v43.1"]

_CODE_UNKNOWN = "code-not-in-port"


@dataclass(frozen=True)
class Compared:
    """A stay that has a DRG, by both."""

    stay: Stay
    ours: str
    theirs: str


def compared(version: str) -> tuple[CorrectedPort, list[Compared]]:
    grouper, port = a_grouper(), CorrectedPort(version)
    definitions = definitions_on(grouper.tables.current(), LAST_DAYS[version])
    chance = random.Random(f"{version}-{SEED}")
    stays = list(islice(plausible_stays(definitions, chance), -(-MANY // len(VERSIONS))))
    decisions = asyncio.run(grouper.decide(stays))
    grouped = [
        (stay, one.drg.drg) for stay, one in zip(stays, decisions, strict=True) if isinstance(one, Grouping) and one.drg
    ]
    return port, [Compared(stay, ours, port.drg(stay)) for stay, ours in grouped]


@pytest.mark.parametrize("version", VERSIONS)
def test_each_disagreement_is_explained_by_the_manual(version: str) -> None:
    port, stays = compared(version)
    classes = Counter(explanation(port, one) for one in stays)
    log.info("%s: %d stays, %s", version, len(stays), dict(classes.most_common()))
    assert "" not in classes, [one for one in stays if explanation(port, one) == ""][:3]
    assert classes["agrees"] > 0.85 * len(stays)


def explanation(port: CorrectedPort, one: Compared) -> str:
    """`agrees`, the corrections that make the port agree, or nothing where none does."""
    if one.ours == one.theirs:
        return "agrees" if port.drg(one.stay, CORRECTIONS) == one.ours else ""
    needed = list(CORRECTIONS)
    if port.drg(one.stay, needed) != one.ours:
        return _CODE_UNKNOWN if differs_by_codes_it_lacks(port, one) else ""
    for correction in CORRECTIONS:
        others = [other for other in needed if other is not correction]
        if port.drg(one.stay, others) == one.ours:
            needed = others
    return " + ".join(correction.name for correction in needed)


def differs_by_codes_it_lacks(port: CorrectedPort, one: Compared) -> bool:
    """Whether we agree on the stay without the codes that the port's files lack, and the DRG is another then."""
    known = without_unknown_codes(port, one.stay)
    decision = decide(known) if known != one.stay else None
    if not isinstance(decision, Grouping) or decision.drg is None:
        return False
    return decision.drg.drg != one.ours and decision.drg.drg == port.drg(known, CORRECTIONS)


def without_unknown_codes(port: CorrectedPort, stay: Stay) -> Stay:
    tables, day = a_grouper().tables.current(), stay.discharge_date

    def lacks_procedure(code: str) -> bool:
        row = msdrg.grouped_procedure(tables, code, day)
        if row is None or row.lists == ("nonor",):
            return False
        return code not in port.orpcsmap if row.operating_room else not port.prmap.get(code)

    def lacks_level(code: str) -> bool:
        row = msdrg.grouped_diagnosis(tables, code, day)
        return row is not None and row.level != "NCC" and code not in port.ccmap

    principal, *secondary = stay.diagnoses
    return stay.model_copy(
        update={
            "diagnoses": (principal, *(one for one in secondary if not lacks_level(str(one.code)))),
            "procedures": tuple(one for one in stay.procedures if not lacks_procedure(str(one.code))),
        }
    )
