"""What only the payer can know: these claims pass the edits and come back as rejections (277CA)."""

from __future__ import annotations

from random import Random

from samples.defects.kinds import defect, put
from samples.encounters import Draft
from samples.models import Change


@defect("member-not-found", fate="rejected", edit="A3:33")
def member_not_found(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    """The number has the right form and nobody has it."""
    return None
