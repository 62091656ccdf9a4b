"""HI: diagnoses, procedures and the coded events of a stay (2300), twelve composites to a segment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter

from services.submission.domain.x12.elements import Fields, Segments, day, money
from shared.claims import Diagnosis, InstitutionalClaim, Occurrence, OccurrenceSpan, Procedure, ProfessionalClaim
from shared.claims.clinical import ValueAmount
from shared.x12 import composite, form, marked, segment

_MOST_IN_SEGMENT = 12
_hi = form("HI*{}~")
_hi_diagnoses = form("HI*ABK:{}~")
_code = form("{}:{}")
_code_present = form("{}:{}:::::::{}")
_diagnosis_fields: Fields = itemgetter("code", "poa")
_institutional_fields: Fields = itemgetter(
    "diagnoses", "admitting_diagnosis", "reasons_for_visit", "external_causes", "drg", "procedures",
    "occurrence_spans", "occurrences", "values", "condition_codes", "treatment_codes",
)  # fmt: skip
_NEXT_DIAGNOSIS = marked("*ABF:")


def _health_codes(codes: Sequence[str]) -> Segments:
    if not codes:
        return ""
    if len(codes) <= _MOST_IN_SEGMENT:
        return segment("HI", *codes)
    return segment("HI", *codes[:_MOST_IN_SEGMENT]) + _health_codes(codes[_MOST_IN_SEGMENT:])


def _plain(qualifier: str, codes: Iterable[str]) -> list[str]:
    return [_code(qualifier, code) for code in codes]


def _diagnosis(qualifier: str, diagnosis: Diagnosis) -> str:
    """With its POA indicator in HI0x-9. The 5010 guide has no 1: a code that is exempt goes without (X223A2 HI01-9)."""
    code, poa = _diagnosis_fields(diagnosis.__dict__)
    return _code(qualifier, code) if poa is None or poa == "1" else _code_present(qualifier, code, poa)


def _dated(qualifier: str, item: Procedure | Occurrence) -> str:
    if item.date is None:
        return _code(qualifier, item.code)
    return composite(qualifier, item.code, "D8", day(item.date))


def _span(span: OccurrenceSpan) -> str:
    return composite("BI", span.code, "RD8", f"{day(span.from_date)}-{day(span.through_date)}")


def _value(value: ValueAmount) -> str:
    return composite("BE", value.code, "", "", money(value.amount))


def professional_codes(claim: ProfessionalClaim) -> Segments:
    """Diagnoses (ABK, then ABF), anaesthesia-related procedures (BP, BO) and condition codes (BG) of the 837P."""
    codes = [diagnosis.code for diagnosis in claim.diagnoses]
    diagnoses = _hi_diagnoses(_NEXT_DIAGNOSIS.join(codes)) if codes else ""
    procedures, conditions = claim.anesthesia_procedures, claim.condition_codes
    if not procedures and not conditions:
        return diagnoses
    anesthesia = _health_codes(_plain("BP", procedures[:1]) + _plain("BO", procedures[1:]))
    return diagnoses + anesthesia + _health_codes(_plain("BG", conditions))


def institutional_codes(claim: InstitutionalClaim) -> Segments:
    """The thirteen HI of the 837I, in the order of the guide."""
    diagnoses, admitting, reasons, causes, drg, *rest = _institutional_fields(claim.__dict__)
    segments = [_hi(_diagnosis("ABK", diagnosis)) for diagnosis in diagnoses[:1]]
    if admitting is not None:
        segments.append(_hi(_code("ABJ", admitting.code)))
    if reasons:
        segments.append(_health_codes(_plain("APR", [reason.code for reason in reasons])))
    if causes:
        segments.append(_health_codes([_diagnosis("ABN", cause) for cause in causes]))
    if drg is not None:
        segments.append(_hi(_code("DR", drg)))
    segments.append(_health_codes([_diagnosis("ABF", diagnosis) for diagnosis in diagnoses[1:]]))
    if any(rest):
        segments.append(_events_of_the_stay(claim))
    return "".join(segments)


def _events_of_the_stay(claim: InstitutionalClaim) -> Segments:
    return "".join(
        (
            _health_codes([_dated("BBR", procedure) for procedure in claim.procedures[:1]]),
            _health_codes([_dated("BBQ", procedure) for procedure in claim.procedures[1:]]),
            _health_codes([_span(span) for span in claim.occurrence_spans]),
            _health_codes([_dated("BH", occurrence) for occurrence in claim.occurrences]),
            _health_codes([_value(value) for value in claim.values]),
            _health_codes(_plain("BG", claim.condition_codes)),
            _health_codes(_plain("TC", claim.treatment_codes)),
        )
    )
