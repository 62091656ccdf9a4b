"""The grouper as the encoder asks it: over REST, with the caller's own token, never inside a unit of work."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Protocol

import httpx
import orjson

from services.encoder.domain.audits.worth import Grouped
from services.encoder.errors import GrouperUnavailable
from shared.claims import InstitutionalClaim, ProfessionalClaim

_NOT_GROUPABLE = range(400, 500)


class Grouper(Protocol):
    """Says what a claim groups to and what it is expected to pay."""

    async def group(self, claim: ProfessionalClaim | InstitutionalClaim, authorization: str) -> Grouped:
        """Raises GrouperUnavailable. A claim that the grouper has no answer for is `Grouped()`."""
        ...


class GrouperOverHttp:
    """`POST /v1/price` of the grouper, whose answer holds the DRG and the estimate. `authorization` is passed on."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def group(self, claim: ProfessionalClaim | InstitutionalClaim, authorization: str) -> Grouped:
        body = orjson.dumps({"subject": orjson.loads(claim.model_dump_json())})
        headers = {"Authorization": authorization, "Content-Type": "application/json"}
        try:
            response = await self._client.post("v1/price", content=body, headers=headers)
        except httpx.HTTPError as error:
            raise GrouperUnavailable(f"the grouper did not answer: {type(error).__name__}") from error
        if response.status_code in (401, 403) or response.status_code not in (200, *_NOT_GROUPABLE):
            raise GrouperUnavailable(f"the grouper answered {response.status_code}")
        return _grouped(orjson.loads(response.content)) if response.status_code == 200 else Grouped()


class NoGrouper:
    """Where no address of a grouper is set."""

    async def group(self, claim: ProfessionalClaim | InstitutionalClaim, authorization: str) -> Grouped:
        raise GrouperUnavailable("REVCYCLE_ENCODER_GROUPER_URL is not set")


def _grouped(priced: dict[str, Any]) -> Grouped:
    drg = (priced.get("grouping") or {}).get("drg") or {}
    total = priced["estimate"].get("total")
    return Grouped(
        drg=drg.get("drg"),
        weight=drg.get("weight"),
        payment=None if total is None else Decimal(str(total)),
    )
