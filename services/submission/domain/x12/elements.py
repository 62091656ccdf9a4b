"""Elements and the segments that are alike in every loop. What is absent is "" and writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeAlias

from services.submission.domain.references import trace_number
from shared.claims import (
    PAYMENT_GROUP_REVENUE_CODES,
    Address,
    Contact,
    Coverage,
    InstitutionalClaim,
    PersonName,
    ProfessionalClaim,
    SecondaryId,
)
from shared.x12 import form, segment

Segments: TypeAlias = str
"""Segments one after the other, none where there is nothing to say."""

Fields: TypeAlias = Callable[[dict[str, Any]], Any]
"""Several fields of a model at once: `name_fields(name.__dict__)`. For what is on every claim: pydantic's attributes
take three times as long one by one, and asking for them was half of the writer's work."""


@lru_cache(maxsize=16_384)
def money(amount: Decimal | None) -> str:
    """X12 type R: no trailing zeros, no trailing point (005010X222A1 appendix B.1.1.3.1.2)."""
    if amount is None:
        return ""
    if not amount:
        return "0"
    text = str(amount)
    if text[-3:] == ".00":
        return text[:-3]
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=4096)
def quantity(value: Decimal | None) -> str:
    """X12 type R, as `money`, for values that may be kept with an exponent."""
    if value is None:
        return ""
    if not value:
        return "0"
    text = str(value)
    if "E" in text:
        text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_UNITED_STATES = (None, "US", "USA")


@lru_cache(maxsize=4096)
def day(value: date) -> str:
    """CCYYMMDD, format qualifier D8."""
    return f"{value.year:04d}{value.month:02d}{value.day:02d}"


def yes(condition: bool) -> str:
    return "Y" if condition else ""


_dtp_day = form("DTP*{}*D8*{}~")
_dtp_period = form("DTP*{}*RD8*{}-{}~")
_ref = form("REF*{}*{}~")
_ref_d9_ea = form("REF*D9*{}~REF*EA*{}~")
_amt = form("AMT*{}*{}~")
_nm1_entity = form("NM1*{}*2*{}*****{}*{}~")
_nm1_person = form("NM1*{}*1*{}*{}*{}**{}*{}*{}~")
_n3_n4 = form("N3*{}~N4*{}*{}*{}~")
_per = form("PER*IC*{}*TE*{}~")

name_fields: Fields = itemgetter("last", "first", "middle", "suffix")
address_fields: Fields = itemgetter("line1", "line2", "city", "state", "zip_code", "country", "subdivision")
contact_fields: Fields = itemgetter("name", "telephone", "extension", "fax", "email")
_payer_number_fields: Fields = itemgetter("referral_number", "prior_authorization", "payer_claim_control_number")


def date_of(qualifier: str, value: date | None) -> Segments:
    return _dtp_day(qualifier, day(value)) if value is not None else ""


def period(qualifier: str, begin: date, end: date) -> Segments:
    return _dtp_period(qualifier, day(begin), day(end))


def reference(qualifier: str, value: str | None) -> Segments:
    return _ref(qualifier, value) if value else ""


def payer_references(coverage: Coverage) -> Segments:
    """The numbers that the billed payer gave to referral, authorization and an earlier claim (2300 REF)."""
    referral, authorization, earlier = _payer_number_fields(coverage.__dict__)
    if not (referral or authorization or earlier):
        return ""
    return reference("9F", referral) + reference("G1", authorization) + reference("F8", earlier)


def trace_and_record(claim: ProfessionalClaim | InstitutionalClaim) -> Segments:
    """REF*D9, the claim through all its attempts, and REF*EA, which both are on every claim."""
    return _ref_d9_ea(trace_number(claim.id), claim.patient.medical_record_number)


def amount(qualifier: str, value: Decimal | None) -> Segments:
    return _amt(qualifier, money(value)) if value is not None else ""


def secondary_ids(ids: Sequence[SecondaryId], allowed: str, most: int) -> Segments:
    """REF of the qualifiers that the loop allows, at most as many as it allows; other numbers have no place in it."""
    if not ids:
        return ""
    qualifiers = allowed.split()
    known = [secondary for secondary in ids if secondary.qualifier in qualifiers]
    return "".join([_ref(secondary.qualifier, secondary.value) for secondary in known[:most]])


def entity(code: str, organization: str, id_kind: str = "", identifier: str | None = None) -> str:
    """NM1 of an organization."""
    if identifier:
        return _nm1_entity(code, organization, id_kind, identifier)
    return segment("NM1", code, "2", organization)


def person(code: str, name: PersonName, id_kind: str = "", identifier: str | None = None) -> str:
    """NM1 of a person."""
    last, first, middle, suffix = name_fields(name.__dict__)
    if identifier:
        return _nm1_person(code, last, first or "", middle or "", suffix or "", id_kind, identifier)
    return segment("NM1", code, "1", last, first or "", middle or "", "", suffix or "")


def place(address: Address | None) -> Segments:
    """N3 and N4. Country only where it is not the United States, subdivision only there and instead of a state."""
    if address is None:
        return ""
    line1, line2, city, state, zip_code, country, subdivision = address_fields(address.__dict__)
    is_foreign = country not in _UNITED_STATES
    if zip_code and not line2 and not is_foreign:
        return _n3_n4(line1, city, state or "", zip_code)
    elsewhere = (country, "", "", "" if state else subdivision or "") if is_foreign else ()
    return segment("N3", line1, line2 or "") + segment("N4", city, state or "", zip_code or "", *elsewhere)


_NAME_AND_TELEPHONE = frozenset({"name", "telephone"})


def contact(who: Contact | None, *, segments: int = 1, kinds: str = "TE EX FX EM") -> Segments:
    """PER with three numbers at most in each segment, an extension beside its telephone, of the kinds allowed there."""
    if who is None:
        return ""
    if who.model_fields_set <= _NAME_AND_TELEPHONE and who.name and who.telephone:
        return _per(who.name, who.telephone)
    extension = who.extension if who.telephone else None
    numbers = (("TE", who.telephone), ("EX", extension), ("FX", who.fax), ("EM", who.email))
    known = [pair for kind, number in numbers if number and kind in kinds for pair in (kind, number)]
    parts = [known[begin : begin + 6] for begin in range(0, min(len(known), segments * 6), 6)]
    return "".join(segment("PER", "IC", "" if index else who.name or "", *part) for index, part in enumerate(parts))


def product_qualifier(revenue_code: str) -> str:
    """SV202-1 and SVD03-1: HP for a payment group, HC for a procedure (005010X223A2)."""
    return "HP" if revenue_code in PAYMENT_GROUP_REVENUE_CODES else "HC"
