"""What can stand in a caller's way at the grouper.

ServiceError
├── NotFound
│   ├── ClaimNotGrouped   claim_not_grouped
│   ├── DrgNotFound       drg_not_found      there is no such MS-DRG on the day
│   └── ServiceNotListed  service_not_listed a schedule or payment system has no line for the code on the day
├── Invalid
│   ├── NotGroupable      not_groupable      `reasons` says what the coder must look at
│   ├── NotScorable       not_scorable       `reasons` says what a risk score cannot be made of
│   └── NotExplainable    not_explainable    no DRG applies, so there is none to explain
├── EngineFailed          engine_failed      the native engine died or hung on this claim
└── EngineBusy            engine_busy        too many claims wait for the engine
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.claims import ReturnReason
from shared.errors import Invalid, NotFound, ServiceError


class ClaimNotGrouped(NotFound):
    code, title = "claim_not_grouped", "This claim has not come to the grouper"


class DrgNotFound(NotFound):
    code, title = "drg_not_found", "There is no such MS-DRG on this day"


class ServiceNotListed(NotFound):
    code, title = "service_not_listed", "The payment system does not list this service on this day"


class _ForReasons(Invalid):
    """`extra["reasons"]` lists all that is wrong, each with its pointer."""

    def __init__(self, reasons: Sequence[ReturnReason]) -> None:
        super().__init__(
            reasons[0].message,
            pointer=reasons[0].pointer,
            extra={"reasons": [reason.model_dump(mode="json", exclude_none=True) for reason in reasons]},
        )
        self.reasons = tuple(reasons)


class NotGroupable(_ForReasons):
    """The claim has no DRG as it stands."""

    code, title = "not_groupable", "The claim cannot be grouped as it is"


class NotScorable(_ForReasons):
    """The person has no risk score as the question stands."""

    code, title = "not_scorable", "No risk score can be made of this"


class NotExplainable(Invalid):
    code, title = "not_explainable", "There is no DRG to explain"


class EngineFailed(ServiceError):
    code, title, status = "engine_failed", "The grouping engine failed on this claim", 503

    def __init__(self, why: str) -> None:
        super().__init__(f"the engine {why}; it has been replaced", extra={"retry_after": 1})


class EngineBusy(ServiceError):
    code, title, status = "engine_busy", "The grouper has more to do than it can take", 503

    def __init__(self) -> None:
        super().__init__("too many claims wait to be grouped", extra={"retry_after": 1})
