"""What only the clearinghouse and the payers can know: these claims pass the edits and come back as rejections (277CA).

Members that a payer does not find are not among them: who is found depends on the payer and not on the encounter.
"""

from __future__ import annotations

from random import Random

from samples.defects.kinds import defect, put
from samples.encounters import Draft
from samples.models import Change

_AUTHORIZED = {"MHP01": {"27447", "70553", "72148"}, "BRM02": {"27447", "70553"}}
"""What these invented payers want a prior authorisation for, by contracts that nobody has loaded into the scrubber."""


@defect("payer-id-unknown", fate="rejected", edit="A7:153")
def payer_id_unknown(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    """Two digits of the payer's id changed places at the registration desk."""
    if draft.coverage["filing_indicator"] != "CI":
        return None
    payer_id = draft.coverage["payer"]["payer_id"]
    draft.coverage["payer"]["payer_id"] = f"{payer_id[:-2]}{payer_id[-1]}{payer_id[-2]}"
    return put("/coverages/0/payer/payer_id", payer_id)


@defect("authorization-wanted-by-payer", fate="rejected", edit="A6:252")
def authorization_wanted_by_payer(draft: Draft, random: Random) -> tuple[Change, ...] | None:
    procedures = {charge.get("procedure") for charge in draft.encounter["charges"]}
    if not procedures.intersection(_AUTHORIZED.get(draft.coverage["payer"]["payer_id"], ())):
        return None
    return put("/coverages/0/prior_authorization", draft.coverage.pop("prior_authorization"))
