"""Loop 2400 of the 837P and all below it: SV1, drug, providers, other payers' decisions, forms."""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter

from services.submission.domain.references import line_control_number
from services.submission.domain.x12.elements import (
    Fields,
    Segments,
    amount,
    date_of,
    day,
    money,
    quantity,
    reference,
    yes,
)
from services.submission.domain.x12.line_parts import drug, lx, ref_line, service_date
from services.submission.domain.x12.other_payers import line_adjudications
from services.submission.domain.x12.parties import (
    ambulance_stop,
    ordering_provider,
    provider,
    purchased_service_provider,
    service_facility,
    unless_same,
)
from services.submission.domain.x12.supplements import (
    certificates,
    conditions,
    contract_terms,
    fixed_format,
    note,
    repricing,
    supporting_documents,
    third_party_note,
    transport,
)
from shared.claims import (
    Dme,
    FormAnswer,
    LineDates,
    Measurement,
    ProfessionalClaim,
    ProfessionalLine,
    SupportingForm,
)
from shared.x12 import composite, form, segment

_lx_sv1_dtp_ref = form("LX*{}~SV1*HC:{}*{}*{}*{}*{}**{}~{}REF*6R*{}~")
_PLAIN = (
    "number", "control_number", "procedure", "modifiers", "charge", "unit", "units", "pointers", "service_from",
    "service_through", "place_of_service",
)  # fmt: skip
"""What most lines are made of; see `claim_professional`."""
_IS_PLAIN = frozenset(_PLAIN)
_line_fields: Fields = itemgetter(*_PLAIN)


def professional_lines(claim: ProfessionalClaim) -> Segments:
    """The claim's service lines."""
    place = claim.place_of_service
    return "".join(
        [
            _plain_line(line, place) if line.pointers and line.model_fields_set <= _IS_PLAIN else _line(line, claim)
            for line in claim.lines
        ]
    )


def _plain_line(line: ProfessionalLine, place_of_claim: str) -> Segments:
    """A line that sets nothing but `_PLAIN`: SV1 ends with its pointers."""
    (number, control_number, procedure, modifiers, charge, unit, units, pointers, begin, end, place) = _line_fields(
        line.__dict__
    )
    return _lx_sv1_dtp_ref(
        number, composite(procedure, *modifiers) if modifiers else procedure, money(charge), unit, quantity(units),
        "" if place is None or place == place_of_claim else place, _pointers(pointers), service_date(begin, end),
        control_number or number,
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _pointers(pointers: tuple[int, ...]) -> str:
    """SV107. Twelve diagnoses, four pointers; yet a practice has its habits."""
    return composite(*map(str, pointers))


def _line(line: ProfessionalLine, claim: ProfessionalClaim) -> Segments:
    """A line with all that it may hold."""
    purchased = line.purchased_service
    return "".join(
        (
            lx(line.number),
            _service(line, claim),
            _equipment(line.dme),
            supporting_documents(line.supporting_documents),
            certificates(line.supporting_documents),
            transport(line.ambulance),
            _equipment_certification(line.dme),
            conditions(line.conditions, "07", "70", "09"),
            service_date(line.service_from, line.service_through),
            _dates(line.dates),
            _quantities(line),
            _measurements(line.measurements),
            contract_terms(line.contract),
            _references(line),
            amount("T", line.sales_tax),
            amount("F4", line.postage),
            fixed_format(line.fixed_format),
            note(line.note),
            third_party_note(line.third_party_note),
            segment("PS1", purchased.provider_id, money(purchased.amount)) if purchased is not None else "",
            repricing(line.repricing, services="PU"),
            drug(line.drug),
            _providers(line, claim),
            line_adjudications(line),
            "".join(map(_form, line.forms)),
        )
    )


def _service(line: ProfessionalLine, claim: ProfessionalClaim) -> str:
    """SV1. The place of service only where it differs from the claim's (SV105 situational rule)."""
    place = line.place_of_service if line.place_of_service != claim.place_of_service else None
    return segment(
        "SV1", composite("HC", line.procedure, *_four(line.modifiers), line.description or ""), money(line.charge),
        line.unit, quantity(line.units), place or "", "", _pointers(line.pointers), "", yes(line.emergency),
        "", yes(line.epsdt), yes(line.family_planning), "", "", "0" if line.copay_exempt else "",
    )  # fmt: skip


def _four(modifiers: tuple[str, ...]) -> tuple[str, ...]:
    return (*modifiers, "", "", "", "")[:4]


def _equipment(dme: Dme | None) -> Segments:
    if dme is None:
        return ""
    return segment(
        "SV5", composite("HC", dme.procedure), "DA", quantity(dme.days), money(dme.rental_price),
        money(dme.purchase_price), dme.rental_frequency,
    )  # fmt: skip


def _equipment_certification(dme: Dme | None) -> Segments:
    if dme is None or dme.certification is None:
        return ""
    return segment("CR3", dme.certification, "MO", quantity(dme.certified_months))


def _dates(dates: LineDates) -> Segments:
    return "".join(
        (
            date_of("471", dates.prescription),
            date_of("607", dates.certification_revision),
            date_of("463", dates.begin_therapy),
            date_of("461", dates.last_certification),
            date_of("304", dates.last_seen),
            date_of("738", dates.hemoglobin_test),
            date_of("739", dates.creatinine_test),
            date_of("011", dates.shipped),
            date_of("455", dates.last_xray),
            date_of("454", dates.initial_treatment),
        )
    )


def _quantities(line: ProfessionalLine) -> Segments:
    patients, units = line.ambulance_patients, line.obstetric_anesthesia_units
    count = segment("QTY", "PT", quantity(patients)) if patients is not None else ""
    return count + segment("QTY", "FL", quantity(units)) if units is not None else count


def _measurements(measurements: tuple[Measurement, ...]) -> Segments:
    return "".join([segment("MEA", m.purpose, m.kind, quantity(m.value)) for m in measurements])


def _references(line: ProfessionalLine) -> Segments:
    return "".join(
        (
            reference("9B", line.repriced_line_number),
            reference("9D", line.adjusted_repriced_line_number),
            reference("G1", line.prior_authorization),
            ref_line(line_control_number(line)),
            reference("EW", line.mammography_certificate),
            reference("X4", line.clia_number),
            reference("F4", line.referring_clia_number),
            reference("BT", line.immunization_batch),
            reference("9F", line.referral_number),
        )
    )


def _providers(line: ProfessionalLine, claim: ProfessionalClaim) -> Segments:
    return "".join(
        (
            provider("82", unless_same(line.rendering, claim.rendering or claim.billing), specialty="PE", most_ids=20),
            purchased_service_provider(line.purchased_service_provider),
            service_facility(line.service_facility, ids="G2 LU"),
            provider("DQ", line.supervising, most_ids=20),
            ordering_provider(line.ordering),
            provider("DN", line.referring, ids="0B 1G G2", most_ids=20),
            ambulance_stop("PW", line.pickup),
            ambulance_stop("45", line.drop_off, line.drop_off_name),
        )
    )


def _form(form: SupportingForm) -> Segments:
    """2440."""
    return segment("LQ", form.kind, form.form) + "".join(map(_answer, form.answers))


def _answer(answer: FormAnswer) -> str:
    when = day(answer.date) if answer.date else ""
    return segment("FRM", answer.question, answer.answer or "", answer.text or "", when, quantity(answer.percent))
