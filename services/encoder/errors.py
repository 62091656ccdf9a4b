"""What can stand in a caller's way at the encoder.

ServiceError
├── NotFound
│   ├── ChartNotFound        chart_not_found
│   ├── CodeNotFound         code_not_found          the code does not stand on the day; `current` may name others
│   ├── DocumentNotFound     document_not_found
│   ├── FacilityNotFound     facility_not_found
│   ├── MessageNotFound      message_not_found       no HL7 message has this id
│   ├── PlaceNotFound        place_not_found         a classification has nothing at this place on the day
│   └── RiskModelNotFound    risk_model_not_found    no risk adjustment model has this name; `models` names them
├── Conflict
│   ├── EncounterConflict    encounter_conflict      the encounter is known with another content
│   ├── ChartOwned           chart_owned             somebody else works on the chart
│   ├── ChartNotOwned        chart_not_owned         nothing to release
│   ├── ChartClosed          chart_closed            finalized charts change only when they are returned
│   └── ChartCoded           chart_coded             coding has begun; the encounter cannot be replaced
├── StaleVersion             stale_version
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
    └── FacilityMismatch     facility_mismatch
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.claims import Model
from shared.errors import Conflict, Invalid, NotFound


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


class FacilityNotFound(NotFound):
    code, title = "facility_not_found", "There is no profile of this facility"


class MessageNotFound(NotFound):
    code, title = "message_not_found", "There is no such message"


class PlaceNotFound(NotFound):
    code, title = "place_not_found", "The classification has nothing at this place"


class EncounterConflict(Conflict):
    code, title = "encounter_conflict", "The encounter is already known with another content"


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


class FacilityMismatch(Invalid):
    code, title = "facility_mismatch", "The profile names another facility than the address"


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
