"""States and ZIP codes, whoever's they are (every N4 segment)."""

from __future__ import annotations

from collections.abc import Iterator

from services.scrubber.domain.claim_parts import AnyClaim, in_united_states
from services.scrubber.domain.edits.patient import entity_of_patient, is_subscriber
from services.scrubber.domain.engine import Circumstances, Defect, edit
from shared.claims import Address

_ZIP_HAS_ITS_OWN_EDIT = {"85", "77"}
_WITH_STATES = {"CA": "ca_provinces", "CAN": "ca_provinces"}


def _sent(claim: AnyClaim, on: Circumstances) -> Iterator[tuple[str, str, Address]]:
    """The addresses that an 837 has: of a patient who is the subscriber only one, by preference the subscriber's."""
    for pointer, entity, address in on.parts.addresses:
        if entity != "QC":
            yield pointer, entity, address
        elif not (is_subscriber(claim) and claim.billed_coverage.subscriber.address is not None):
            yield pointer, entity_of_patient(claim), address


@edit(
    "address-state-invalid",
    title="The state is missing or is not one",
    predicted="A7:501",
    source="005010X222A1 and X223A2, N402: required in the United States and Canada; USPS Publication 28, appendix B",
    row=21,
)
def address_state_invalid(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for pointer, entity, address in _sent(claim, on):
        states = "us_states" if in_united_states(address) else _WITH_STATES.get(address.country or "")
        if states is None:
            continue
        if address.state is None:
            yield Defect(f"{pointer}/state", "Give the state.", predicted=f"A6:501:{entity}")
        elif not on.listed(states, address.state):
            yield Defect(
                f"{pointer}/state",
                "Give the two-letter code of the state.",
                {"list": states},
                predicted=f"A7:501:{entity}",
            )


@edit(
    "address-zip-invalid",
    title="The ZIP code is missing or is not one",
    predicted="A7:500",
    source="005010X222A1 and X223A2, N403: required in the United States",
    row=21,
)
def address_zip_invalid(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for pointer, entity, address in _sent(claim, on):
        if entity in _ZIP_HAS_ITS_OWN_EDIT or not in_united_states(address):
            continue
        if address.zip_code is None:
            yield Defect(f"{pointer}/zip_code", "Give the ZIP code.", predicted=f"A6:500:{entity}")
        elif address.zip_code.problem:
            yield Defect(
                f"{pointer}/zip_code", "Give five or nine digits of the ZIP code.", predicted=f"A7:500:{entity}"
            )


@edit(
    "pay-to-address-repeated",
    title="The pay-to address is the billing address",
    predicted="A7:126:87",
    source="005010X222A1 and X223A2, 2010AB: only where it differs from 2010AA",
    row=22,
)
def pay_to_address_repeated(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.pay_to_address is not None and claim.pay_to_address == claim.billing.address:
        yield Defect("/pay_to_address", "Leave the pay-to address out: it is the billing address.")
