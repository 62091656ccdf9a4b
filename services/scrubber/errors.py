"""What can stand in a caller's way at the scrubber. A failed edit is no error: it is a finding.

ServiceError
├── NotFound
│   ├── ClaimNotFound     claim_not_found
│   ├── CodeNotFound      code_not_found         the code is not in its set on the day
│   ├── EditNotFound      edit_not_found
│   ├── LimitNotFound     limit_not_found        CMS publishes no limit on the code
│   └── AddOnNotFound     add_on_not_found       CMS lists the code as no add-on
├── Conflict
│   ├── ClaimNotHeld      claim_not_held         only a held claim is worked on here
│   └── ClaimOwned        claim_owned            somebody else works on it
└── Invalid
    ├── IdentityChanged   claim_identity_changed a correction keeps id, encounter and kind
    └── NoSuchFinding     finding_not_found      an override names what does not hold the claim
"""

from __future__ import annotations

from shared.errors import Conflict, Invalid, NotFound


class ClaimNotFound(NotFound):
    code, title = "claim_not_found", "This claim has not come to the scrubber"


class CodeNotFound(NotFound):
    code, title = "code_not_found", "The code is not in this code set on this day"


class EditNotFound(NotFound):
    code, title = "edit_not_found", "There is no such edit"


class LimitNotFound(NotFound):
    code, title = "limit_not_found", "No limit on this code is published"


class AddOnNotFound(NotFound):
    code, title = "add_on_not_found", "This code is not an add-on code"


class ClaimNotHeld(Conflict):
    code, title = "claim_not_held", "Only a held claim is worked on here"


class ClaimOwned(Conflict):
    code, title = "claim_owned", "Somebody else works on this claim"


class IdentityChanged(Invalid):
    code, title = "claim_identity_changed", "A correction keeps the claim's id, encounter and kind"


class NoSuchFinding(Invalid):
    code, title = "finding_not_found", "An override names an edit that does not hold the claim"
