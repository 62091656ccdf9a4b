"""Elements and the segments that are alike in every loop. An absent value is "" and writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

from shared.claims import Address, Contact, PersonName, SecondaryId
from shared.x12 import segment

Segments: TypeAlias = Iterator[str]


def money(amount: Decimal | None) -> str:
    """X12 type R: no trailing zeros, no trailing point (005010X222A1 appendix B.1.1.3.1.2)."""
    if amount is None:
        return ""
    text = str(amount)
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(value: Decimal | None) -> str:
    """X12 type R, as `money`, for values that may be kept with an exponent."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=4096)
def day(value: date) -> str:
    """CCYYMMDD, format qualifier D8."""
    return f"{value.year:04d}{value.month:02d}{value.day:02d}"


def yes(condition: bool) -> str:
    return "Y" if condition else ""


def date_of(qualifier: str, value: date | None) -> Segments:
    if value is not None:
        yield segment("DTP", qualifier, "D8", day(value))


def period(qualifier: str, begin: date, end: date) -> Segments:
    return segment("DTP", qualifier, "RD8", f"{day(begin)}-{day(end)}")


def reference(qualifier: str, value: str | None) -> Segments:
    if value:
        yield segment("REF", qualifier, value)


def amount(qualifier: str, value: Decimal | None) -> Segments:
    if value is not None:
        yield segment("AMT", qualifier, money(value))


def secondary_ids(ids: Iterable[SecondaryId], allowed: str, most: int) -> Segments:
    """REF of the qualifiers that the loop allows, at most as many as it allows; other numbers have no place in it."""
    qualifiers = allowed.split()
    for secondary in [i for i in ids if i.qualifier in qualifiers][:most]:
        yield segment("REF", secondary.qualifier, secondary.value)


def entity(code: str, organization: str, id_kind: str = "", identifier: str | None = None) -> str:
    """NM1 of an organization."""
    if identifier:
        return segment("NM1", code, "2", organization, "", "", "", "", id_kind, identifier)
    return segment("NM1", code, "2", organization)


def person(code: str, name: PersonName, id_kind: str = "", identifier: str | None = None) -> str:
    """NM1 of a person."""
    return segment(
        "NM1", code, "1", name.last, name.first or "", name.middle or "", "", name.suffix or "",
        id_kind if identifier else "", identifier or "",
    )  # fmt: skip


def place(address: Address | None) -> Segments:
    """N3 and N4. Country only where it is not the United States, subdivision only there and instead of a state."""
    if address is None:
        return
    yield segment("N3", address.line1, address.line2 or "")
    country = "" if address.country in (None, "US", "USA") else address.country or ""
    subdivision = (address.subdivision or "") if country and not address.state else ""
    yield segment(
        "N4", address.city, address.state or "", address.zip_code or "", country, "", "", subdivision
    )  # fmt: skip


def contact(who: Contact | None, *, segments: int = 1, kinds: str = "TE EX FX EM") -> Segments:
    """PER with three numbers at most in each segment, an extension beside its telephone, of the kinds allowed there."""
    if who is None:
        return
    extension = who.extension if who.telephone else None
    numbers = (("TE", who.telephone), ("EX", extension), ("FX", who.fax), ("EM", who.email))
    known = [(kind, number) for kind, number in numbers if number and kind in kinds]
    for begin in range(0, min(len(known), segments * 3), 3):
        pairs = [part for pair in known[begin : begin + 3] for part in pair]
        yield segment("PER", "IC", who.name or "" if begin == 0 else "", *pairs)


def each(values: Iterable[str], write: Callable[[str], str]) -> Segments:
    for value in values:
        yield write(value)
