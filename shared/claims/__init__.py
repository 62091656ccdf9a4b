"""The canonical encounter and claim: every service, event and API speaks of these and of nothing else."""

from shared.claims.base import X12, Amount, Code, Date, Instant, Many, Model, Money, Quantity, Reference, Text
from shared.claims.claim import (
    CLAIM,
    Admission,
    Claim,
    ClaimKind,
    ClaimReferences,
    InstitutionalClaim,
    ProfessionalClaim,
    ProfessionalDates,
    RelatedCauses,
)
from shared.claims.clinical import (
    Ambulance,
    Contract,
    Diagnosis,
    Drug,
    FormAnswer,
    Measurement,
    Occurrence,
    OccurrenceSpan,
    PoaIndicator,
    Procedure,
    Repricing,
    SpinalManipulation,
    SupportingForm,
    ValueAmount,
)
from shared.claims.coverage import (
    Adjudication,
    Adjustment,
    Coverage,
    LineAdjudication,
    OtherPayerProvider,
    PayerSequence,
)
from shared.claims.decisions import (
    DrgAssignment,
    Finding,
    FormatRepair,
    GroupedDiagnosis,
    Grouping,
    Override,
    PayerStatus,
    Rejection,
    Repair,
    ReturnReason,
    ScrubReport,
    Severity,
    X12Element,
)
from shared.claims.encounter import (
    Accident,
    Charge,
    CodedDiagnoses,
    Document,
    Encounter,
    EncounterClass,
    EncounterProviders,
    Facility,
)
from shared.claims.identifiers import (
    AS_RECEIVED,
    ClaimId,
    Ein,
    HcpcsCode,
    IcdCode,
    Identifier,
    IdentifierProblem,
    InvalidIdentifier,
    Mbi,
    MemberId,
    Modifier,
    Ndc,
    Npi,
    PatientControlNumber,
    PcsCode,
    RevenueCode,
    Ssn,
    TaxId,
    TaxonomyCode,
    ZipCode,
    luhn_sum,
)
from shared.claims.lines import Dme, InstitutionalLine, LineDates, ProfessionalLine, PurchasedService
from shared.claims.parties import (
    Address,
    Contact,
    Note,
    Patient,
    Payer,
    PayToPlan,
    PersonName,
    Provider,
    Relationship,
    SecondaryId,
    ServiceFacility,
    Sex,
    StateCondition,
    Subscriber,
    SupportingDocument,
)
from shared.claims.x12_location import x12_location

__all__ = [name for name in globals() if name[0].isupper() or name in {"luhn_sum", "x12_location"}]
