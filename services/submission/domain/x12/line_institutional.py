"""Loop 2400 of the 837I and all below it: SV2, drug, providers, other payers' decisions."""

from __future__ import annotations

from operator import itemgetter

from services.submission.domain.references import line_control_number
from services.submission.domain.x12.elements import (
    Fields,
    Segments,
    amount,
    money,
    product_qualifier,
    quantity,
    reference,
)
from services.submission.domain.x12.line_parts import drug, lx, ref_line, service_date
from services.submission.domain.x12.other_payers import line_adjudications
from services.submission.domain.x12.parties import provider, unless_same
from services.submission.domain.x12.supplements import repricing, supporting_documents, third_party_note
from shared.claims import InstitutionalClaim, InstitutionalLine
from shared.x12 import composite, form, segment

_lx_sv2_dtp_ref = form("LX*{}~SV2*{}*{}*{}*{}*{}~{}REF*6R*{}~")
_PLAIN = (
    "number", "control_number", "revenue_code", "procedure", "modifiers", "charge", "unit", "units", "service_from",
    "service_through",
)  # fmt: skip
"""What most lines are made of; see `claim_professional`."""
_IS_PLAIN = frozenset(_PLAIN)
_line_fields: Fields = itemgetter(*_PLAIN)


def institutional_lines(claim: InstitutionalClaim) -> Segments:
    """The claim's service lines."""
    return "".join(
        [_plain_line(line) if line.model_fields_set <= _IS_PLAIN else _line(line, claim) for line in claim.lines]
    )


def _plain_line(line: InstitutionalLine) -> Segments:
    """A line that sets nothing but `_PLAIN`: SV2 ends with its units."""
    (number, control_number, revenue_code, procedure, modifiers, charge, unit, units, begin, end) = _line_fields(
        line.__dict__
    )
    return _lx_sv2_dtp_ref(
        number, revenue_code,
        composite(product_qualifier(revenue_code), procedure, *modifiers) if procedure else "",
        money(charge), unit, quantity(units), service_date(begin, end), control_number or number,
    )  # fmt: skip


def _line(line: InstitutionalLine, claim: InstitutionalClaim) -> Segments:
    """A line with all that it may hold."""
    return "".join(
        (
            lx(line.number),
            _service(line),
            supporting_documents(line.supporting_documents),
            service_date(line.service_from, line.service_through),
            ref_line(line_control_number(line)),
            reference("9B", line.repriced_line_number),
            reference("9D", line.adjusted_repriced_line_number),
            amount("GT", line.sales_tax),
            amount("N8", line.facility_tax),
            third_party_note(line.third_party_note),
            repricing(line.repricing, services="RPU"),
            drug(line.drug),
            provider("72", unless_same(line.operating, claim.operating), most_ids=20),
            provider("ZZ", unless_same(line.other_operating, claim.other_operating), most_ids=20),
            provider("82", unless_same(line.rendering, claim.rendering), most_ids=20),
            provider("DN", unless_same(line.referring, claim.referring), ids="0B 1G G2", most_ids=20),
            line_adjudications(line),
        )
    )


def _service(line: InstitutionalLine) -> str:
    modifiers = (*line.modifiers, "", "", "", "")[:4]
    qualifier = product_qualifier(line.revenue_code)
    procedure = composite(qualifier, line.procedure, *modifiers, line.description or "") if line.procedure else ""
    return segment(
        "SV2", line.revenue_code, procedure, money(line.charge), line.unit, quantity(line.units), "",
        money(line.non_covered),
    )  # fmt: skip
