"""What can be wrong with a request to submission.

ServiceError
├── NotFound
│   ├── ClaimNotFound
│   ├── DenialNotFound
│   ├── InterchangeNotFound
│   ├── RouteNotFound
│   ├── PatternNotFound
│   ├── ProviderAdjustmentNotFound
│   ├── RemittanceNotFound
│   ├── RemittedClaimNotFound
│   └── ResponseNotFound
├── Conflict
│   ├── AttemptsExhausted
│   ├── ClaimExists
│   ├── ClaimNeverSent
│   ├── ClaimNotCorrectable
│   ├── ClaimNotOwned
│   ├── ClaimNotRejected
│   ├── ClaimOwned
│   ├── DenialClosed
│   ├── DoubtfulMatch
│   ├── NoSecondaryClaim
│   ├── NothingToVoid
│   ├── PayeeUnknown
│   ├── PayerNumberMissing
│   ├── RemittanceSettled
│   ├── ReplacementNotTaken
│   └── ResponseRead
├── Invalid
│   ├── IdentityChanged
│   ├── InvalidChange
│   ├── InvalidChangeReason
│   ├── InvalidClaimId
│   ├── RouteUnnamed
│   ├── InvalidLimits
│   ├── UnreadableClaims
│   ├── UnreadableResponse
│   └── ResponseTooLarge
├── RouteUnavailable
└── ScrubberUnavailable
"""

from __future__ import annotations

from shared.errors import Conflict, Invalid, NotFound, ServiceError


class ClaimNotFound(NotFound):
    code, title = "claim_not_found", "There is no such claim"


class ResponseNotFound(NotFound):
    code, title = "response_not_found", "There is no such file"


class PatternNotFound(NotFound):
    code, title = "pattern_not_found", "There is no such pattern of rejections"


class InterchangeNotFound(NotFound):
    code, title = "interchange_not_found", "There is no such interchange"


class RouteNotFound(NotFound):
    code, title = "route_not_found", "There is no such route"


class ClaimExists(Conflict):
    code, title = "claim_exists", "There is a claim with this id"


class RemittanceNotFound(NotFound):
    code, title = "remittance_not_found", "There is no such remittance"


class RemittedClaimNotFound(NotFound):
    code, title = "remitted_claim_not_found", "There is no such claim of a payment"


class ProviderAdjustmentNotFound(NotFound):
    code, title = "provider_adjustment_not_found", "There is no such adjustment of a provider's account"


class RemittanceSettled(Conflict):
    """What a payment or a claim of it does was decided already, or is for nobody to decide."""

    code, title = "remittance_settled", "There is nothing to decide here"


class DoubtfulMatch(Conflict):
    """What the two say of themselves does not go together; `confirm` posts it all the same."""

    code, title = "match_doubtful", "The payment does not look like this claim's"


class PayeeUnknown(Conflict):
    """Whose a payment is must be beyond doubt: somebody else's patients may stand in it."""

    code, title = "payee_unknown", "No claim of the caller's alone names this payee as billing provider"


class ClaimNeverSent(Conflict):
    code, title = "claim_never_sent", "The claim has not gone out, so no payment can be of it"


class DenialNotFound(NotFound):
    code, title = "denial_not_found", "There is no such denial"


class DenialClosed(Conflict):
    code, title = "denial_closed", "The denial is done with"


class ClosingReasonMissing(Invalid):
    code, title = "closing_reason_missing", "An underpayment is let go for a reason"


class ClaimNotRejected(Conflict):
    code, title = "claim_not_rejected", "The claim is not on the rejection worklist"


class ClaimNotCorrectable(Conflict):
    code, title = "claim_not_correctable", "The claim cannot be sent again as it stands"


class ClaimOwned(Conflict):
    code, title = "claim_owned", "Somebody else works on this claim"


class ClaimNotOwned(Conflict):
    code, title = "claim_not_owned", "The claim is not the caller's"


class PayerNumberMissing(Conflict):
    """A replacement or void must name the payer's own number of the claim, and none is known."""

    code, title = "payer_number_missing", "The payer's claim control number is not known"


class NothingToVoid(Conflict):
    """The payer never took the claim."""

    code, title = "nothing_to_void", "The payer never took the claim"


class NoSecondaryClaim(Conflict):
    code, title = "no_secondary_claim", "There is nothing to bill to a next payer"


class AttemptsExhausted(Conflict):
    """The control number has two digits for the attempt."""

    code, title = "attempts_exhausted", "A claim goes out at most 99 times"


class IdentityChanged(Invalid):
    code, title = "claim_identity_changed", "A correction keeps the claim's id, encounter and kind"


class InvalidChange(Invalid):
    code, title = "change_invalid", "The change does not fit the claim"


class InvalidChangeReason(Invalid):
    code, title = "change_reason_invalid", "The claim change reason does not fit the claim"


class InvalidClaimId(Invalid):
    code, title = "claim_id_format", "The claim's id is not a UUID in small letters"


class ReplacementNotTaken(Conflict):
    code, title = "replacement_not_taken", "The payer takes no replacement or void of what it has decided on"


class ResponseRead(Conflict):
    code, title = "response_read", "The file is read, or will be in a moment"


class InvalidLimits(Invalid):
    code, title = "limits_invalid", "The times for appeals and replacements contradict themselves"


class RouteUnnamed(Invalid):
    code, title = "route_unnamed", "There are several routes, and which is meant is not said"


class UnreadableClaims(Invalid):
    code, title = "claims_unreadable", "The file, or a claim of it, is not an 837 that can be taken"


class UnreadableResponse(Invalid):
    code, title = "response_unreadable", "The file is not a TA1, 999, 277CA or 835"


class ResponseTooLarge(ServiceError):
    code, title, status = "response_too_large", "The file is too large", 413


class RouteUnavailable(ServiceError):
    code, title, status = "route_unavailable", "The clearinghouse cannot be reached now", 503


class ScrubberUnavailable(ServiceError):
    code, title, status = "scrubber_unavailable", "The scrubber cannot be asked now, and no claim goes past it", 503
