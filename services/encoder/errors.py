"""What can stand in a caller's way at the encoder.

ServiceError
├── NotFound
│   ├── AuditNotFound        audit_not_found
│   ├── AuditCaseNotFound    audit_case_not_found
│   ├── ChartNotFound        chart_not_found
│   ├── CodeNotFound         code_not_found          the code does not stand on the day; `current` may name others
│   ├── DocumentNotFound     document_not_found
│   ├── FlagNotFound         flag_not_found
│   ├── FacilityNotFound     facility_not_found
│   ├── HoldNotFound         hold_not_found          the chart is not held for this reason
│   ├── CoderNotFound        coder_not_found         there is no profile of this coder
│   ├── QueryNotFound        query_not_found
│   ├── TemplateNotFound     template_not_found      no query template has this id on the day
│   ├── MessageNotFound      message_not_found       no HL7 message has this id
│   ├── PlaceNotFound        place_not_found         a classification has nothing at this place on the day
│   └── RiskModelNotFound    risk_model_not_found    no risk adjustment model has this name; `models` names them
├── Conflict
│   ├── AuditCaseClosed      audit_case_closed       the case is not in the state that this asks for
│   ├── AuditCaseNotYours    audit_case_not_yours    somebody else audits it, or coded it
│   ├── AuditCaseUncoded     audit_case_uncoded      the auditor has given no codes
│   ├── OwnCodingAudited     own_coding_audited      nobody audits his or her own coding
│   ├── EncounterConflict    encounter_conflict      the encounter is known with another content
│   ├── ChartOwned           chart_owned             somebody else works on the chart
│   ├── ChartNotOwned        chart_not_owned         nothing to release
│   ├── ChartClosed          chart_closed            finalized charts change only when they are returned
│   ├── MessageNotPending    message_not_pending     the HL7 message waits for nothing
│   ├── ChartCoded           chart_coded             coding has begun; the encounter cannot be replaced
│   ├── ChartHeld            chart_held              it is held; lift the holds first
│   ├── CoderNotQualified    coder_not_qualified     the chart asks for a credential that the coder does not have
│   ├── QueryOpen            query_open              a query is not answered: the chart is not finalized meanwhile
│   └── QueryClosed          query_closed            the query's state does not allow this
├── Forbidden
│   └── NotAddressed         not_addressed           the query asks another physician
├── StaleVersion             stale_version
├── GrouperUnavailable       grouper_unavailable     503: the grouper gives no answer now
└── Invalid
    ├── DocumentUnreadable   document_unreadable     a document's words cannot be had
    │   ├── DocumentTypeUnknown      document_type_unknown
    │   ├── DocumentEncodingUnknown  document_encoding_unknown
    │   ├── DocumentMalformed        document_malformed
    │   ├── DocumentEncrypted        document_encrypted
    │   ├── DocumentWithoutText      document_without_text   a scan: pictures of words
    │   └── DocumentTooLarge         document_too_large
    ├── InvalidBundle        bundle_invalid
    ├── InvalidCodes         codes_invalid
    ├── ChartNotReady        chart_not_ready
    ├── NoteMisplaced        note_misplaced          an education note names no difference
    ├── UnknownHoldReason    hold_reason_unknown
    ├── InvalidHold          hold_invalid            it would end before it begins, or after more than a year
    ├── CoderMismatch        coder_mismatch          the profile names another coder than the address
    ├── QueryNotCompliant    query_not_compliant     the query's text breaks rules of compliant practice
    ├── TemplateNotFilled    template_not_filled     a template's words are missing, or come beside its own
    ├── InvalidAnswer        answer_invalid          the answer is none of the query's
    └── FacilityMismatch     facility_mismatch
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.claims import Model
from shared.errors import Conflict, Forbidden, Invalid, NotFound, ServiceError


class AuditNotFound(NotFound):
    code, title = "audit_not_found", "There is no such audit"


class AuditCaseNotFound(NotFound):
    code, title = "audit_case_not_found", "There is no such case"


class ChartNotFound(NotFound):
    code, title = "chart_not_found", "There is no such chart"


class CodeNotFound(NotFound):
    code, title = "code_not_found", "The code does not stand on this day"


class RiskModelNotFound(NotFound):
    code, title = "risk_model_not_found", "There is no risk adjustment model of this name"

    def __init__(self, models: Sequence[str]) -> None:
        super().__init__(f"the models are {', '.join(models)}", extra={"models": list(models)})


class DocumentNotFound(NotFound):
    code, title = "document_not_found", "The chart has no such document"


class FlagNotFound(NotFound):
    code, title = "flag_not_found", "The chart does not have this flag"


class FacilityNotFound(NotFound):
    code, title = "facility_not_found", "There is no profile of this facility"


class MessageNotFound(NotFound):
    code, title = "message_not_found", "There is no such message"


class PlaceNotFound(NotFound):
    code, title = "place_not_found", "The classification has nothing at this place"


class AuditCaseClosed(Conflict):
    code, title = "audit_case_closed", "The case is not in a state for this"


class AuditCaseNotYours(Conflict):
    code, title = "audit_case_not_yours", "The case is somebody else's"


class AuditCaseUncoded(Conflict):
    code, title = "audit_case_uncoded", "The auditor has given no codes yet"


class OwnCodingAudited(Conflict):
    code, title = "own_coding_audited", "Nobody audits his or her own coding"


class EncounterConflict(Conflict):
    code, title = "encounter_conflict", "The encounter is already known with another content"


class MessageNotPending(Conflict):
    code, title = "message_not_pending", "The message waits for nothing"


class ChartOwned(Conflict):
    code, title = "chart_owned", "Somebody else works on this chart"


class ChartNotOwned(Conflict):
    code, title = "chart_not_owned", "Nobody works on this chart"


class ChartClosed(Conflict):
    code, title = "chart_closed", "The chart is finalized"


class ChartCoded(Conflict):
    code, title = "chart_coded", "Coding of the chart has begun"


class DocumentUnreadable(Invalid):
    code, title = "document_unreadable", "The document's words cannot be read"


class DocumentTypeUnknown(DocumentUnreadable):
    code, title = "document_type_unknown", "The document is of a kind that is not read here"


class DocumentEncodingUnknown(DocumentUnreadable):
    code, title = "document_encoding_unknown", "The document's character set is not what it says"


class DocumentMalformed(DocumentUnreadable):
    code, title = "document_malformed", "The document is damaged"


class DocumentEncrypted(DocumentUnreadable):
    code, title = "document_encrypted", "The document is locked with a password"


class DocumentWithoutText(DocumentUnreadable):
    code, title = "document_without_text", "The document has no text"


class DocumentTooLarge(DocumentUnreadable):
    code, title = "document_too_large", "The document is too large"


class HoldNotFound(NotFound):
    code, title = "hold_not_found", "The chart is not held for this reason"


class CoderNotFound(NotFound):
    code, title = "coder_not_found", "There is no profile of this coder"


class QueryNotFound(NotFound):
    code, title = "query_not_found", "There is no such query"


class TemplateNotFound(NotFound):
    code, title = "template_not_found", "There is no such query template"


class ChartHeld(Conflict):
    code, title = "chart_held", "The chart is held"


class CoderNotQualified(Conflict):
    code, title = "coder_not_qualified", "The chart asks for what the coder does not have"


class NotAddressed(Forbidden):
    code, title = "not_addressed", "The query asks another physician"


class QueryOpen(Conflict):
    code, title = "query_open", "A query of the chart is open"


class QueryClosed(Conflict):
    code, title = "query_closed", "The state of the query does not allow this"


class UnknownHoldReason(Invalid):
    code, title = "hold_reason_unknown", "Charts are not held for this reason"


class InvalidHold(Invalid):
    code, title = "hold_invalid", "The hold ends too soon or too late"


class CoderMismatch(Invalid):
    code, title = "coder_mismatch", "The profile names another coder than the address"


class TemplateNotFilled(Invalid):
    code, title = "template_not_filled", "The template and the words given do not fit"


class InvalidAnswer(Invalid):
    code, title = "answer_invalid", "The answer is none of the query's"


class FacilityMismatch(Invalid):
    code, title = "facility_mismatch", "The profile names another facility than the address"


class GrouperUnavailable(ServiceError):
    code, title, status = "grouper_unavailable", "The grouper gives no answer now", 503


class NoteMisplaced(Invalid):
    code, title = "note_misplaced", "The note names no difference"


class InvalidBundle(Invalid):
    """Some of a FHIR Bundle cannot be taken; `extra["issues"]` lists all that is wrong, like an OperationOutcome."""

    code, title = "bundle_invalid", "The FHIR Bundle cannot be taken as it is"


class _Faulty(Invalid):
    """Several faults at once; `errors` holds each with code, pointer, message and X12 element."""

    def __init__(self, faults: Sequence[Model], detail: str) -> None:
        self.errors = tuple(fault.model_dump() for fault in faults)
        super().__init__(detail, pointer=self.errors[0]["pointer"], x12=self.errors[0]["x12"])


class InvalidCodes(_Faulty):
    """Codes fail the check against their code set."""

    code, title = "codes_invalid", "Some of the codes cannot stand"


class ChartNotReady(_Faulty):
    """A claim cannot be made yet."""

    code, title = "chart_not_ready", "The chart cannot be finalized yet"


class QueryNotCompliant(_Faulty):
    """The text of a query breaks rules of compliant practice; the code of each fault is the rule's id."""

    code, title = "query_not_compliant", "The query is not compliant"
