"""Submitter, receiver, and the providers of claim and line: loops 1000A, 1000B, 2010AA-AC, 2310 and 2420."""

from __future__ import annotations

from collections.abc import Hashable
from operator import itemgetter

from services.submission.domain.x12.elements import (
    Fields,
    Segments,
    address_fields,
    contact,
    contact_fields,
    entity,
    name_fields,
    person,
    place,
    reference,
    secondary_ids,
)
from shared.claims import Address, Npi, PayToPlan, Provider, ServiceFacility
from shared.x12 import form, segment

_provider_fields: Fields = itemgetter("organization", "npi", "taxonomy", "tax_id", "tax_id_kind", "secondary_ids")
_prv = form("PRV*{}*PXC*{}~")


def provider_name(code: str, provider: Provider) -> str:
    """NM1 with the NPI where there is one."""
    if (name := provider.person) is not None:
        return person(code, name, "XX", provider.npi)
    return entity(code, provider.organization or "", "XX", provider.npi)


def provider(
    code: str,
    who: Provider | None,
    *,
    specialty: str = "",
    ids: str = "0B 1G G2 LU",
    most_ids: int = 4,
) -> Segments:
    """A provider's loop: NM1, PRV where `specialty` (PRV01) is given and known, REF of the qualifiers allowed there."""
    if who is None:
        return ""
    named = provider_name(code, who)
    if specialty and (taxonomy := who.taxonomy):
        named += _prv(specialty, taxonomy)
    return named + secondary_ids(known, ids, most_ids) if (known := who.secondary_ids) else named


def unless_same(who: Provider | None, other: Provider | None) -> Provider | None:
    """A rendering provider is named only where it differs from the billing provider (2310B) or the claim's (2420A)."""
    if who is None or other is None or who.npi is None or who.npi != other.npi:
        return who
    return None


def service_facility(where: ServiceFacility | None, *, ids: str = "0B G2 LU", with_contact: bool = False) -> Segments:
    """2310C and 2420C of the 837P, 2310E of the 837I."""
    if where is None:
        return ""
    return "".join(
        (
            entity("77", where.organization, "XX", where.npi),
            place(where.address),
            secondary_ids(where.secondary_ids, ids, 3),
            contact(where.contact, kinds="TE EX") if with_contact else "",
        )
    )


def ambulance_stop(code: str, address: Address | None, name: str | None = None) -> Segments:
    """Where the patient was picked up (PW) or brought to (45): 2310E/F, 2420G/H."""
    return segment("NM1", code, "2", name or "") + place(address) if address is not None else ""


def purchased_service_provider(npi: Npi | None) -> Segments:
    """2420B: only the number is sent."""
    return segment("NM1", "QB", "2", "", "", "", "", "", "XX", npi) if npi else ""


def ordering_provider(who: Provider | None) -> Segments:
    """2420E, the only provider of a line with an address and a contact."""
    if who is None:
        return ""
    ids = secondary_ids(who.secondary_ids, "0B 1G G2", 20)
    return provider_name("DK", who) + place(who.address) + ids + contact(who.contact)


def billing_provider(who: Provider) -> Segments:
    """2000A PRV and 2010AA of the 837P."""
    return "".join(
        (
            _billing_specialty(who),
            provider_name("85", who),
            place(who.address),
            reference(who.tax_id_kind, who.tax_id),
            secondary_ids(who.secondary_ids, "0B 1G", 2),
            contact(who.contact, segments=2),
        )
    )


def billing_facility(who: Provider) -> Segments:
    """2000A PRV and 2010AA of the 837I, where NM102 is always 2: a person's name stands as an organization's."""
    name = who.organization or (f"{who.person.last} {who.person.first or ''}" if who.person else "")
    return "".join(
        (
            _billing_specialty(who),
            entity("85", name, "XX", who.npi),
            place(who.address),
            reference("EI", who.tax_id),
            contact(who.contact, segments=2),
        )
    )


def provider_values(who: Provider) -> Hashable:
    """All that a provider's loops are made of. pydantic's own comparison takes several times as long."""
    name, address, whom_to_ask = who.person, who.address, who.contact
    return (
        _provider_fields(who.__dict__),
        name and name_fields(name.__dict__),
        address and address_fields(address.__dict__),
        whom_to_ask and contact_fields(whom_to_ask.__dict__),
    )


def _billing_specialty(who: Provider) -> Segments:
    return _prv("BI", who.taxonomy) if who.taxonomy else ""


def pay_to_address(address: Address | None) -> Segments:
    """2010AB."""
    return segment("NM1", "87", "2") + place(address) if address is not None else ""


def pay_to_plan(plan: PayToPlan | None) -> Segments:
    """2010AC."""
    if plan is None:
        return ""
    named = entity("PE", plan.organization, "PI", plan.payer_id) + place(plan.address)
    return named + secondary_ids(plan.secondary_ids, "2U FY NF", 1) + segment("REF", "EI", plan.tax_id)
