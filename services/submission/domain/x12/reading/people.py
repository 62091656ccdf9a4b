"""Names, addresses, contacts and numbers of the people and organisations: segments that are alike in every loop."""

from __future__ import annotations

from services.submission.domain.x12.reading.faults import Placed
from services.submission.domain.x12.reading.parts import Part, Take, day, each, element, fields, fill, within

_PERSON = (
    element("last", "NM103"),
    element("first", "NM104"),
    element("middle", "NM105"),
    element("suffix", "NM107"),
)
_ORGANIZATION = (element("organization", "NM103"),)
_NPI = (element("npi", "NM109"),)
_MEMBER_ID = (element("member_id", "NM109"),)
_STREET = (element("line1", "N301"), element("line2", "N302"))
_TOWN = (
    element("city", "N401"),
    element("state", "N402"),
    element("zip_code", "N403"),
    element("country", "N404"),
    element("subdivision", "N407"),
)
_NUMBER_KINDS = {"TE": "telephone", "EX": "extension", "FX": "fax", "EM": "email"}

person_name: Take = fields(*_PERSON)


def _named(part: Part, placed: Placed) -> None:
    """NM102: 1 a person, 2 an organisation."""
    if placed.segment[2] == "1":
        fill(part.child("person", placed), placed, _PERSON)
    else:
        fill(part, placed, _ORGANIZATION)


def provider_name(part: Part, placed: Placed) -> None:
    """NM1 of a provider, with the NPI."""
    _named(part, placed)
    fill(part, placed, _NPI)


def facility_name(part: Part, placed: Placed) -> None:
    """NM1 of a place of service, which is always an organisation."""
    fill(part, placed, _ORGANIZATION)
    fill(part, placed, _NPI)


def subscriber_name(part: Part, placed: Placed) -> None:
    """NM1*IL of 2010BA and 2330A."""
    _named(part, placed)
    fill(part, placed, _MEMBER_ID)


payer_name: Take = fields(element("name", "NM103"), element("payer_id_kind", "NM108"), element("payer_id", "NM109"))
street: Take = fields(*_STREET)
town: Take = fields(*_TOWN)
taxonomy: Take = fields(element("taxonomy", "PRV03"))
secondary_id: Take = each("secondary_ids", element("qualifier", "REF01"), element("value", "REF02"))
demographics: Take = fields(element("birth_date", "DMG02", day), element("sex", "DMG03"))

ADDRESS: dict[str, Take] = {"N3": within("address", street), "N4": within("address", town)}
PLACE: dict[str, Take] = {"N3": street, "N4": town}
"""The address itself, where the object is nothing else."""


def tax_id(part: Part, placed: Placed) -> None:
    """REF*EI or REF*SY of a provider."""
    part.put("tax_id_kind", placed.segment[1], placed, "REF01")
    part.put("tax_id", placed.segment[2], placed, "REF02")


def contact(part: Part, placed: Placed) -> None:
    """PER: a name and up to three numbers, each behind its kind."""
    who, segment = part.child("contact", placed), placed.segment
    if segment[2]:
        who.put("name", segment[2], placed, "PER02")
    for number in (3, 5, 7):
        kind = _NUMBER_KINDS.get(segment[number])
        if kind is not None and segment[number + 1]:
            who.put(kind, segment[number + 1], placed, f"PER{number + 1:02d}")
