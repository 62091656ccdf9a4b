"""What can be wrong with a request to submission.

ServiceError
├── NotFound
│   ├── ClaimNotFound
│   └── InterchangeNotFound
├── Conflict
│   ├── ClaimNotRejected
│   └── ClaimOwned
├── Invalid
│   ├── IdentityChanged
│   ├── UnreadableResponse
│   └── ResponseTooLarge
└── RouteUnavailable
"""

from __future__ import annotations

from shared.errors import Conflict, Invalid, NotFound, ServiceError


class ClaimNotFound(NotFound):
    code, title = "claim_not_found", "There is no such claim"


class InterchangeNotFound(NotFound):
    code, title = "interchange_not_found", "There is no such interchange"


class ClaimNotRejected(Conflict):
    code, title = "claim_not_rejected", "Only a rejected claim can be corrected here"


class ClaimOwned(Conflict):
    code, title = "claim_owned", "Somebody else works on this rejection"


class IdentityChanged(Invalid):
    code, title = "claim_identity_changed", "A correction keeps the claim's id, encounter and kind"


class UnreadableResponse(Invalid):
    code, title = "response_unreadable", "The file is not a TA1, 999 or 277CA"


class ResponseTooLarge(ServiceError):
    code, title, status = "response_too_large", "The file is too large", 413


class RouteUnavailable(ServiceError):
    code, title, status = "route_unavailable", "The clearinghouse cannot be reached now", 503
