"""What can stand in a caller's way at the scrubber. A failed edit is no error: it is a finding.

ServiceError
├── NotFound
│   ├── ClaimNotFound     claim_not_found
│   ├── CodeNotFound      code_not_found         the code is not in its set on the day
│   ├── EditNotFound      edit_not_found
│   ├── LimitNotFound     limit_not_found        CMS publishes no limit on the code
│   ├── AddOnNotFound     add_on_not_found       CMS lists the code as no add-on
│   └── RuleNotFound      rule_not_found         no customer rule has this id, or none this version
├── Conflict
│   ├── ClaimExists       claim_exists           a claim comes in once; then it is corrected
│   ├── ClaimNotHeld      claim_not_held         only a held claim is worked on here
│   ├── ClaimOwned        claim_owned            somebody else works on it
│   ├── ClaimNotCoded     claim_not_coded        only what was coded here goes back to its coder
│   ├── ClaimNotOwned     claim_not_owned        a lease is only renewed by who has it
│   ├── RuleExists        rule_exists            the id of a customer rule is given once
│   └── RuleNotReady      rule_not_ready         the rule's status does not allow this step
├── Forbidden
│   └── OwnRule           rule_own               an author does not approve what they wrote
└── Invalid
    ├── InvalidClaimId    claim_id_format        a claim that comes in has an id that can be kept
    ├── IdentityChanged   claim_identity_changed a correction keeps id, encounter and kind
    ├── InvalidPatch      patch_invalid          an operation of a JSON Patch cannot be done on the claim
    ├── NoRepair          repair_not_suggested   the edit suggests no change of this claim
    ├── NoSuchFinding     finding_not_found      an override names what does not hold the claim
    ├── InvalidRule       rule_invalid           the condition or its action is not one on such a claim
    ├── InvalidRules      rules_invalid          faults in a document of rules; none of it is taken
    └── UnreadableRules   rules_unreadable       the document is not YAML, or not a list of rules
"""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, Invalid, NotFound


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


class ClaimExists(Conflict):
    code, title = "claim_exists", "There is a claim with this id"


class ClaimNotHeld(Conflict):
    code, title = "claim_not_held", "Only a held claim is worked on here"


class ClaimOwned(Conflict):
    code, title = "claim_owned", "Somebody else works on this claim"


class ClaimNotCoded(Conflict):
    code, title = "claim_not_coded", "The claim was not coded here: there is no coder to return it to"


class ClaimNotOwned(Conflict):
    code, title = "claim_not_owned", "The claim is nobody's; take it first"


class InvalidClaimId(Invalid):
    code, title = "claim_id_format", "The claim's id is not a UUID in small letters"


class IdentityChanged(Invalid):
    code, title = "claim_identity_changed", "A correction keeps the claim's id, encounter and kind"


class InvalidPatch(Invalid):
    """The pointer is into the patch: the first operation that cannot be done."""

    code, title = "patch_invalid", "The patch cannot be applied to the claim"


class NoRepair(Invalid):
    code, title = "repair_not_suggested", "The edit suggests no repair on this claim"


class NoSuchFinding(Invalid):
    code, title = "finding_not_found", "An override names an edit that does not hold the claim"


class RuleNotFound(NotFound):
    code, title = "rule_not_found", "There is no such rule"


class RuleExists(Conflict):
    code, title = "rule_exists", "A rule has this id already"


class RuleNotReady(Conflict):
    code, title = "rule_not_ready", "The rule's status does not allow this"


class OwnRule(Forbidden):
    code, title = "rule_own", "A rule is approved by somebody else than its author"


class InvalidRule(Invalid):
    """`faults` in the problem names each: pointer, message and, in a condition, line and column from 1."""

    code, title = "rule_invalid", "The rule is not one that a claim can be held to"


class InvalidRules(Invalid):
    """As InvalidRule, with pointers into the document."""

    code, title = "rules_invalid", "The document of rules has faults; nothing of it was taken"


class UnreadableRules(Invalid):
    code, title = "rules_unreadable", "The document cannot be read as a list of rules"
