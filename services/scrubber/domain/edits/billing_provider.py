"""The billing provider: who asks for the money (loops 2010AA and 2000A)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.scrubber.domain.claim_parts import AnyClaim, in_united_states
from services.scrubber.domain.edits.payer import MEDICARE
from services.scrubber.domain.engine import Circumstances, Defect, edit
from shared.claims import Provider, Severity

_BOX = re.compile(r"\b(P\.?\s*O\.?\s*B(OX|\.)?|POST\s+OFFICE\s+BOX|LOCK\s*BOX)\s*#?\s*\d*\b", re.IGNORECASE)
_BILLING_ZIP_DIGITS = 9
_NUMBER_OF_PAYER = "G2"


def without_npi(provider: Provider, on: Circumstances) -> Severity | None:
    """How severe it is to have no NPI: one who gives no health care gets none, and goes by the payer's own number.

    CMS calls such providers atypical: drivers, carers at home, builders of ramps. Medicare has none of them.
    """
    atypical = any(one.qualifier == _NUMBER_OF_PAYER for one in provider.secondary_ids)
    return "warning" if atypical and on.billed.filing_indicator not in MEDICARE else None


@edit(
    "billing-npi-missing",
    title="The billing provider has no NPI",
    version="2",
    predicted="A6:562:85",
    source="45 CFR 162.410(a)(1); 005010X222A1 and X223A2, 2010AA NM109",
    row=14,
)
def billing_npi_missing(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.billing.npi is None:
        severity = without_npi(claim.billing, on)
        yield Defect("/billing/npi", "Give the NPI of the billing provider.", severity=severity)


@edit(
    "billing-tax-id-missing",
    title="The billing provider has no tax id",
    predicted="A6:128:85",
    source="005010X222A1 and X223A2, 2010AA REF*EI (required)",
    row=17,
)
def billing_tax_id_missing(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.billing.tax_id is None:
        yield Defect("/billing/tax_id", "Give the employer identification or social security number of the biller.")


@edit(
    "billing-tax-id-invalid",
    title="The billing provider's tax id is not one",
    predicted="A7:128:85",
    source="26 CFR 301.6109-1(a)(1)(ii); 005010X222A1 and X223A2, 2010AA REF*EI",
    row=17,
)
def billing_tax_id_invalid(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.billing.tax_id is not None and (problem := claim.billing.tax_id.problem):
        yield Defect("/billing/tax_id", f"Correct the tax id: {problem.message}.", {"check": problem.code})


@edit(
    "billing-address-missing",
    title="The billing provider has no address",
    predicted="A6:503:85",
    source="005010X222A1 and X223A2, 2010AA N3 and N4 (required)",
    row=19,
)
def billing_address_missing(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.billing.address is None:
        yield Defect("/billing/address", "Give the street address of the billing provider.")


@edit(
    "billing-address-po-box",
    title="The billing address is a post office box",
    predicted="A7:503:85",
    source="005010X222A1 and X223A2, 2010AA N3: a street address; a box belongs in 2010AB",
    row=19,
)
def billing_address_po_box(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    address = claim.billing.address
    if address is None:
        return
    for name, line in (("line1", address.line1), ("line2", address.line2)):
        if line is not None and _BOX.search(line):
            yield Defect(
                f"/billing/address/{name}",
                "Give the street address here, and the box as the pay-to address.",
            )


@edit(
    "billing-zip-nine-digits",
    title="The billing ZIP code is not nine digits",
    predicted="A7:500:85",
    source="005010X222A1 and X223A2, 2010AA N403: the full nine digits",
    row=20,
)
def billing_zip_nine_digits(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    address = claim.billing.address
    if address is None or not in_united_states(address):
        return
    if address.zip_code is None:
        yield Defect("/billing/address/zip_code", "Give the nine-digit ZIP code.", predicted="A6:500:85")
    elif address.zip_code.problem or len(address.zip_code) != _BILLING_ZIP_DIGITS:
        yield Defect(
            "/billing/address/zip_code",
            "Give all nine digits of the ZIP code.",
            {"length": str(len(address.zip_code))},
        )


@edit(
    "billing-taxonomy-missing",
    title="The payer wants the billing provider's taxonomy code",
    version="2",
    predicted="A6:145:85",
    source="005010X222A1 and X223A2, 2000A PRV03: required where the payer decides by it",
    row=18,
)
def billing_taxonomy_missing(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    rule = on.payer_rule
    if rule.taxonomy_required is not None and claim.billing.taxonomy is None:
        yield Defect(
            "/billing/taxonomy",
            "Give the taxonomy code of the billing provider.",
            {"payer": rule.profile},
            severity=rule.taxonomy_required,
        )
