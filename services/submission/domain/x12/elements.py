"""Elements and the segments that are alike in every loop. What is absent is "" and writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

from shared.claims import PAYMENT_GROUP_REVENUE_CODES, Address, Contact, Coverage, PersonName, SecondaryId
from shared.x12 import form, segment

Segments: TypeAlias = str
"""Segments one after the other, none where there is nothing to say."""


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


_DAY = form("DTP*%s*D8*%s~")
_PERIOD = form("DTP*%s*RD8*%s-%s~")
_REFERENCE = form("REF*%s*%s~")
_AMOUNT = form("AMT*%s*%s~")
_ENTITY = form("NM1*%s*2*%s*****%s*%s~")
_PERSON = form("NM1*%s*1*%s*%s*%s**%s*%s*%s~")
_STREET = form("N3*%s~")
_CITY = form("N4*%s*%s*%s~")
_CONTACT = form("PER*IC*%s*TE*%s~")


def date_of(qualifier: str, value: date | None) -> Segments:
    return _DAY % (qualifier, day(value)) if value is not None else ""


def period(qualifier: str, begin: date, end: date) -> Segments:
    return _PERIOD % (qualifier, day(begin), day(end))


def reference(qualifier: str, value: str | None) -> Segments:
    return _REFERENCE % (qualifier, value) if value else ""


def payer_references(coverage: Coverage) -> Segments:
    """The numbers that the billed payer gave to referral, authorization and an earlier claim (2300 REF)."""
    return (
        reference("9F", coverage.referral_number)
        + reference("G1", coverage.prior_authorization)
        + reference("F8", coverage.payer_claim_control_number)
    )


def amount(qualifier: str, value: Decimal | None) -> Segments:
    return _AMOUNT % (qualifier, money(value)) if value is not None else ""


def secondary_ids(ids: Sequence[SecondaryId], allowed: str, most: int) -> Segments:
    """REF of the qualifiers that the loop allows, at most as many as it allows; other numbers have no place in it."""
    if not ids:
        return ""
    qualifiers = allowed.split()
    known = [secondary for secondary in ids if secondary.qualifier in qualifiers]
    return "".join([_REFERENCE % (secondary.qualifier, secondary.value) for secondary in known[:most]])


def entity(code: str, organization: str, id_kind: str = "", identifier: str | None = None) -> str:
    """NM1 of an organization."""
    if identifier:
        return _ENTITY % (code, organization, id_kind, identifier)
    return segment("NM1", code, "2", organization)


def person(code: str, name: PersonName, id_kind: str = "", identifier: str | None = None) -> str:
    """NM1 of a person."""
    names = (name.last, name.first or "", name.middle or "")
    if identifier:
        return _PERSON % (code, *names, name.suffix or "", id_kind, identifier)
    return segment("NM1", code, "1", *names, "", name.suffix or "")


def place(address: Address | None) -> Segments:
    """N3 and N4. Country only where it is not the United States, subdivision only there and instead of a state."""
    if address is None:
        return ""
    street = segment("N3", address.line1, address.line2) if address.line2 else _STREET % address.line1
    if address.country in _UNITED_STATES:
        if address.zip_code:
            return street + _CITY % (address.city, address.state or "", address.zip_code)
        return street + segment("N4", address.city, address.state or "")
    subdivision = "" if address.state else address.subdivision or ""
    return street + segment(
        "N4", address.city, address.state or "", address.zip_code or "", address.country or "", "", "", subdivision
    )


_NAME_AND_TELEPHONE = frozenset({"name", "telephone"})


def contact(who: Contact | None, *, segments: int = 1, kinds: str = "TE EX FX EM") -> Segments:
    """PER with three numbers at most in each segment, an extension beside its telephone, of the kinds allowed there."""
    if who is None:
        return ""
    if who.model_fields_set <= _NAME_AND_TELEPHONE and who.name and who.telephone:
        return _CONTACT % (who.name, who.telephone)
    extension = who.extension if who.telephone else None
    numbers = (("TE", who.telephone), ("EX", extension), ("FX", who.fax), ("EM", who.email))
    known = [pair for kind, number in numbers if number and kind in kinds for pair in (kind, number)]
    parts = [known[begin : begin + 6] for begin in range(0, min(len(known), segments * 6), 6)]
    return "".join(segment("PER", "IC", "" if index else who.name or "", *part) for index, part in enumerate(parts))


def product_qualifier(revenue_code: str) -> str:
    """SV202-1 and SVD03-1: HP for a payment group, HC for a procedure (005010X223A2)."""
    return "HP" if revenue_code in PAYMENT_GROUP_REVENUE_CODES else "HC"
