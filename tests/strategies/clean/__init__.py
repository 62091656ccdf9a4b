"""Clean claims: random ones that no clearinghouse and no payer has a reason to send back.

What the guides allow is not enough for that. Codes are valid on the day and fit the patient and one another, by the
tables that the product carries: no Excludes1 pair, no NCCI pair, no add-on code alone, indicators of presence on
admission as the payer wants them. What a table is asked here is what its authority says; no edit of the scrubber is
asked whether it likes the claim. Everybody is invented.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from hypothesis import strategies as st

from shared.claims import AS_RECEIVED, CLAIM, InstitutionalClaim, ProfessionalClaim
from shared.runtime import embedded_tables
from tests.strategies.clean.codes import Codes
from tests.strategies.clean.inpatient import inpatient_claim
from tests.strategies.clean.outpatient import outpatient_claim
from tests.strategies.clean.professional import professional_claim
from tests.strategies.drawing import drawn

Kind = Literal["professional", "inpatient", "outpatient"]
KINDS: tuple[Kind, ...] = ("professional", "inpatient", "outpatient")
_DRAWN = {"professional": professional_claim, "inpatient": inpatient_claim, "outpatient": outpatient_claim}


@dataclass(frozen=True)
class Sent:
    """A clean claim and the day on which it goes out."""

    claim: ProfessionalClaim | InstitutionalClaim
    on: date


@lru_cache(maxsize=8192)
def sent(kind: Kind, seed: int) -> Sent:
    """The clean claim of a seed. One seed is one choice for hypothesis, which pays for each."""
    chance = random.Random(f"{kind} {seed}")
    document, day = _DRAWN[kind](Codes.known(embedded_tables().current()), chance)
    claim = CLAIM.validate_python(_with_ids(document, kind, seed), strict=False, context=AS_RECEIVED)
    return Sent(claim, day)


def _with_ids(document: dict[str, Any], kind: Kind, seed: int) -> dict[str, Any]:
    number = f"{seed:012x}"[-12:]
    return document | {
        "id": f"0193628d-58f5-7a70-8d2e-{number}",
        "encounter_id": f"ENC-{seed}",
        "patient_control_number": f"{kind[:3].upper()}{number.upper()}",
        "lines": [line | {"number": place} for place, line in enumerate(document["lines"], 1)],
        "total_charge": f"{sum(round(100 * float(line['charge'])) for line in document['lines']) / 100:.2f}",
    }


def clean_claims(kind: Kind) -> st.SearchStrategy[Sent]:
    """Clean claims of a kind, each with the day on which it goes out."""
    return st.integers(0, 2**48 - 1).map(lambda seed: sent(kind, seed))


def drawn_clean_claims(kind: Kind, count: int) -> list[Sent]:
    """Many at once, the same on every run and each with numbers of its own."""
    found = {one.claim.id: one for one in drawn(clean_claims(kind), count)}
    return list(found.values())
