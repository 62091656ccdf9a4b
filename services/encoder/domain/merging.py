"""Two encounters that were one."""

from __future__ import annotations

from shared.claims import Charge, Encounter

_LONGEST_ID = 50


def merged_encounter(prior: Encounter, survivor: Encounter) -> Encounter:
    """The survivor with the charges of both, the longer time, and what of the rest only the prior one has."""
    taken = {charge.id for charge in survivor.charges}
    charges = (*survivor.charges, *(_apart(charge, taken, prior.id) for charge in prior.charges))
    return survivor.model_copy(
        update={
            "charges": charges,
            "started_at": min(prior.started_at, survivor.started_at),
            "ended_at": survivor.ended_at,
            "coverages": survivor.coverages or prior.coverages,
            "admitting_diagnosis": survivor.admitting_diagnosis or prior.admitting_diagnosis,
        }
    )


def _apart(charge: Charge, taken: set[str], encounter_id: str) -> Charge:
    """With an id of its own: both encounters may have counted their charges from one."""
    if charge.id not in taken:
        return charge
    return charge.model_copy(update={"id": f"{encounter_id}-{charge.id}"[-_LONGEST_ID:]})
