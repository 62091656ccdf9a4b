"""Segments that loop 2300 and loop 2400 have in common: PWK, CN1, CR1, CRC, NTE, HCP, K3."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.submission.domain.x12.elements import Segments, money, quantity
from shared.claims import Ambulance, Contract, Note, Repricing, StateCondition, SupportingDocument
from shared.x12 import segment

_CERTIFICATE = "CT"
"""PWK01 of a DMERC certificate of medical necessity, a segment of its own after the others in 2400."""


def supporting_documents(documents: Sequence[SupportingDocument]) -> Segments:
    """PWK, with AC and the attachment's number where it has one."""
    if not documents:
        return ""
    return "".join(_document(document) for document in documents if document.report_type != _CERTIFICATE)


def _document(document: SupportingDocument) -> str:
    number = document.control_number
    return segment("PWK", document.report_type, document.transmission, "", "", "AC" if number else "", number or "")


def certificates(documents: Sequence[SupportingDocument]) -> Segments:
    if not documents:
        return ""
    known = (document for document in documents if document.report_type == _CERTIFICATE)
    return "".join(segment("PWK", _CERTIFICATE, document.transmission) for document in known)


def contract_terms(contract: Contract | None) -> Segments:
    if contract is None:
        return ""
    return segment(
        "CN1", contract.kind, money(contract.amount), quantity(contract.percent), contract.code or "",
        quantity(contract.discount_percent), contract.version or "",
    )  # fmt: skip


def fixed_format(texts: Iterable[str]) -> Segments:
    return "".join([segment("K3", text) for text in texts])


def note(text: Note | None) -> Segments:
    return segment("NTE", text.kind, text.text) if text is not None else ""


def third_party_note(text: str | None) -> Segments:
    return segment("NTE", "TPO", text) if text else ""


def transport(ambulance: Ambulance | None) -> Segments:
    """CR1: weight in pounds (LB), distance in miles (DH)."""
    if ambulance is None:
        return ""
    weight = ambulance.weight_pounds
    return segment(
        "CR1", "LB" if weight is not None else "", quantity(weight), "", ambulance.reason, "DH",
        quantity(ambulance.miles), "", "", ambulance.round_trip_purpose or "", ambulance.stretcher_purpose or "",
    )  # fmt: skip


def conditions(wanted: Sequence[StateCondition], *categories: str) -> Segments:
    """CRC of the categories, in the guide's order of categories."""
    if not wanted:
        return ""
    known = sorted(
        (condition for condition in wanted if condition.category in categories),
        key=lambda condition: categories.index(condition.category),
    )
    return "".join(segment("CRC", c.category, "Y" if c.applies else "N", *c.codes) for c in known)


def repricing(terms: Repricing | None, *, services: str) -> Segments:
    """HCP. `services` says which of HCP08-12 the loop has: R revenue code, P procedure, U units; none in 837P 2300."""
    if terms is None:
        return ""
    has_procedure = "P" in services and terms.approved_procedure
    has_units = "U" in services and terms.approved_unit and terms.approved_units is not None
    return segment(
        "HCP", terms.methodology, money(terms.allowed), money(terms.savings), terms.organization_id or "",
        quantity(terms.rate), terms.approved_drg or "", money(terms.approved_amount),
        (terms.approved_revenue_code or "") if "R" in services else "",
        "HC" if has_procedure else "", (terms.approved_procedure or "") if has_procedure else "",
        (terms.approved_unit or "") if has_units else "", quantity(terms.approved_units) if has_units else "",
        terms.reject_reason or "", terms.compliance or "", terms.exception or "",
    )  # fmt: skip
