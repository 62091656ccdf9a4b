"""What the 837 writer writes. Expected segments by hand from 005010X222A1 and 005010X223A2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.submission.domain.x12 import EnvelopeSettings, UnwritableClaim, write_interchange
from shared.claims import Contact, InstitutionalClaim, ProfessionalClaim
from shared.x12 import TradingPartner, X12Error
from tests.builders import (
    a_patient,
    a_person,
    a_physician,
    a_professional_claim,
    a_professional_line,
    a_subscriber,
    an_address,
    an_institutional_claim,
    an_institutional_line,
    an_organization_provider,
    an_outpatient_claim,
    commercial,
    medicare,
)

ENVELOPE = EnvelopeSettings(
    sender=TradingPartner("REVCYCLE"),
    sender_name="REVCYCLE",
    submitter_id="SUB01",
    contact=Contact(name="EDI", telephone="6155550100"),
    receiver=TradingPartner("CLEARINGHOUSE"),
    receiver_name="CLEARINGHOUSE",
    receiver_id="CH01",
    control_number=42,
    created_at=datetime(2026, 11, 24, 12, 5, tzinfo=UTC),
)


def written(*claims: ProfessionalClaim | InstitutionalClaim, envelope: EnvelopeSettings = ENVELOPE) -> list[str]:
    return write_interchange(claims, envelope).decode().split("~")[:-1]


def after(segments: Sequence[str], start: str, count: int = 1) -> list[str]:
    """The segments from the first that begins with `start`."""
    begin = next(index for index, segment in enumerate(segments) if segment.startswith(start))
    return list(segments[begin : begin + count])


def with_id(builder: Any, number: int) -> Any:
    return builder.but(id=f"0193628d-58f5-7a70-8d2e-{number:012x}", patient_control_number=f"PCN{number}")


def test_the_header_names_submitter_and_receiver():
    segments = written(a_professional_claim().build())
    assert segments[1:7] == [
        "GS*HC*REVCYCLE*CLEARINGHOUSE*20261124*1205*42*X*005010X222A1",
        "ST*837*0001*005010X222A1",
        "BHT*0019*00*0000000420001*20261124*1205*CH",
        "NM1*41*2*REVCYCLE*****46*SUB01",
        "PER*IC*EDI*TE*6155550100",
        "NM1*40*2*CLEARINGHOUSE*****46*CH01",
    ]


def test_a_patient_who_is_the_subscriber_stands_in_the_subscribers_loop():
    segments = written(a_professional_claim().build())
    assert after(segments, "HL*2", 6) == [
        "HL*2*1*22*0",
        "SBR*P*18*******MB",
        "NM1*IL*1*ABERNATHY*JOAN****MI*1EG4TE5MK73",
        "N3*12 MAPLE STREET",
        "N4*NASHVILLE*TN*372110042",
        "DMG*D8*19500412*F",
    ]


def test_a_patient_apart_from_the_subscriber_has_a_loop_of_its_own():
    parent = a_subscriber("W20045118", person=a_person("ABERNATHY", "RUTH"))
    claim = a_professional_claim().with_coverages(commercial(subscriber=parent, relationship="19")).build()
    assert after(written(claim), "HL*2", 10) == [
        "HL*2*1*22*1",
        "SBR*P**GRP7781******CI",
        "NM1*IL*1*ABERNATHY*RUTH****MI*W20045118",
        "NM1*PR*2*MERIDIAN HEALTH PLAN*****PI*MHP01",
        "HL*3*2*23*0",
        "PAT*19",
        "NM1*QC*1*ABERNATHY*JOAN",
        "N3*12 MAPLE STREET",
        "N4*NASHVILLE*TN*372110042",
        "DMG*D8*19500412*F",
    ]


@pytest.mark.parametrize(("relationship", "code"), [("01", "01"), ("G8", "G8"), ("04", "G8"), ("43", "G8")])
def test_relationships_that_the_guides_do_not_know_are_other(relationship: str, code: str):
    claim = a_professional_claim().with_coverages(commercial(relationship=relationship)).build()
    assert f"PAT*{code}" in written(claim)


def test_claims_share_the_levels_that_read_the_same():
    other = a_professional_claim().with_billing(npi="1444555662", organization="EAST CLINIC")
    claims = [
        with_id(a_professional_claim(), 1),
        with_id(other, 2),
        with_id(a_professional_claim(), 3),
        with_id(a_professional_claim().with_coverages(commercial()), 4),
    ]
    segments = written(*(claim.build() for claim in claims))
    assert [s for s in segments if s[:3] in {"HL*", "CLM"}] == [
        "HL*1**20*1", "HL*2*1*22*0", "CLM*PCN1*125***11:B:1*Y*A*Y*Y", "CLM*PCN3*125***11:B:1*Y*A*Y*Y",
        "HL*3*1*22*0", "CLM*PCN4*125***11:B:1*Y*A*Y*Y",
        "HL*4**20*1", "HL*5*4*22*0", "CLM*PCN2*125***11:B:1*Y*A*Y*Y",
    ]  # fmt: skip


def test_a_subscriber_has_at_most_a_hundred_claims():
    segments = written(*(with_id(a_professional_claim(), number).build() for number in range(101)))
    assert [s for s in segments if s.startswith("HL")] == ["HL*1**20*1", "HL*2*1*22*0", "HL*3*1*22*0"]


def test_a_transaction_set_holds_what_the_envelope_allows():
    claims = [with_id(a_professional_claim(), number).build() for number in range(5)]
    segments = written(*claims, envelope=replace(ENVELOPE, claims_in_set=2))
    assert [s[:11] for s in segments if s.startswith("ST*")] == ["ST*837*0001", "ST*837*0002", "ST*837*0003"]
    assert segments[-2:] == ["GE*3*42", "IEA*1*000000042"]
    assert len([s for s in segments if s.startswith("CLM")]) == 5


def test_money_has_no_trailing_zeros():
    claim = a_professional_claim().with_lines(
        a_professional_line(charge="100.00"), a_professional_line(charge="0.50"), a_professional_line(charge="12.05")
    )
    segments = written(claim.build())
    assert after(segments, "CLM")[0].startswith("CLM*RC0000000000000000A1*112.55*")
    assert [s for s in segments if s.startswith("SV1")] == [
        "SV1*HC:99213*100*UN*1***1", "SV1*HC:99213*0.5*UN*1***1", "SV1*HC:99213*12.05*UN*1***1",
    ]  # fmt: skip


def test_a_line_carries_modifiers_pointers_its_period_and_its_number():
    line = a_professional_line(
        modifiers=["25", "59"], pointers=[2, 1], place_of_service="22", service_through="2026-11-18", emergency=True
    )
    claim = a_professional_claim().with_diagnoses("I10", "E119").with_lines(line).build()
    assert after(written(claim), "LX*1", 4) == [
        "LX*1", "SV1*HC:99213:25:59*125*UN*1*22**2:1**Y", "DTP*472*RD8*20261116-20261118", "REF*6R*1",
    ]  # fmt: skip


def test_a_description_stands_in_the_seventh_component():
    line = a_professional_line("99199", description="TELEPHONE CARE")
    assert "SV1*HC:99199:::::TELEPHONE CARE*125*UN*1***1" in written(a_professional_claim().with_lines(line).build())


def test_a_place_of_service_like_the_claims_is_not_said_again():
    line = a_professional_line(place_of_service="11")
    assert "SV1*HC:99213*125*UN*1***1" in written(a_professional_claim().with_lines(line).build())


def test_a_rendering_provider_who_bills_is_not_named_again():
    claim = a_professional_claim().with_billing(npi="1987654328").build()
    assert not [s for s in written(claim) if s.startswith("NM1*82")]


def test_a_drug_stands_below_its_line():
    line = a_professional_line(
        "J1100", drug={"ndc": "00641036725", "quantity": "1.5", "unit": "ML", "prescription_number": "RX1"}
    )
    assert after(written(a_professional_claim().with_lines(line).build()), "LIN", 3) == [
        "LIN**N4*00641036725", "CTP****1.5*ML", "REF*XZ*RX1",
    ]  # fmt: skip


def test_a_replacement_names_the_payers_number():
    claim = a_professional_claim().but(frequency="7").with_coverages(commercial(payer_claim_control_number="PYR-1"))
    segments = written(claim.build())
    assert "CLM*RC0000000000000000A1*125***11:B:7*Y*A*Y*Y" in segments
    assert "REF*F8*PYR-1" in segments


def test_every_claim_carries_its_trace_number_of_at_most_twenty_characters():
    (trace,) = (s for s in written(a_professional_claim().build()) if s.startswith("REF*D9"))
    assert 1 <= len(trace.removeprefix("REF*D9*")) <= 20


def test_an_accident_is_told_with_its_state():
    claim = a_professional_claim().but(
        related_causes={"causes": ["AA"], "state": "TN"},
        dates={"accident": "2026-11-15", "disability_from": "2026-11-16"},
    )
    segments = written(claim.build())
    assert "CLM*RC0000000000000000A1*125***11:B:1*Y*A*Y*Y**AA:::TN" in segments
    assert after(segments, "DTP*439", 2) == ["DTP*439*D8*20261115", "DTP*360*D8*20261116"]


def test_an_inpatient_stay_tells_its_dates_codes_and_drg():
    claim = an_institutional_claim().but(
        procedures=[{"code": "0DTJ4ZZ", "date": "2026-11-17"}, {"code": "5A1935Z", "date": "2026-11-18"}],
        occurrences=[{"code": "11", "date": "2026-11-10"}],
        occurrence_spans=[{"code": "74", "from_date": "2026-11-12", "through_date": "2026-11-14"}],
        values=[{"code": "80", "amount": "4.00"}],
        condition_codes=["02"],
        external_causes=[{"code": "W010XXA", "poa": "Y"}],
        treatment_codes=["A1"],
    )
    assert after(written(claim.build()), "CLM", 21) == [
        "CLM*RC0000000000000000A1*7622.5***11:A:1**A*Y*Y",
        "DTP*096*TM*1100",
        "DTP*434*RD8*20261116-20261120",
        "DTP*435*DT*202611161400",
        "CL1*1*1*01",
        "REF*D9*B3TTE0TBKT7P7F1801",
        "REF*EA*MRN-1002003",
        "HI*ABK:J189:::::::Y",
        "HI*ABJ:R0602",
        "HI*ABN:W010XXA:::::::Y",
        "HI*DR:194",
        "HI*ABF:N179:::::::Y*ABF:I10:::::::Y",
        "HI*BBR:0DTJ4ZZ:D8:20261117",
        "HI*BBQ:5A1935Z:D8:20261118",
        "HI*BI:74:RD8:20261112-20261114",
        "HI*BH:11:D8:20261110",
        "HI*BE:80:::4",
        "HI*BG:02",
        "HI*TC:A1",
        "NM1*71*1*OKAFOR*SAMUEL****XX*1987654328",
        "PRV*AT*PXC*207R00000X",
    ]


def test_an_exempt_diagnosis_has_no_indicator():
    """005010X223A2 has no POA code 1: an exempt code is reported without."""
    claim = an_institutional_claim().with_diagnoses({"code": "Z0000", "poa": "1"}, {"code": "I10"}).build()
    segments = written(claim)
    assert "HI*ABK:Z0000" in segments
    assert "HI*ABF:I10" in segments


def test_twenty_four_other_diagnoses_take_two_segments():
    claim = an_outpatient_claim().with_diagnoses(*[f"A{number:02d}" for number in range(25)]).build()
    assert [s.count("ABF") for s in written(claim) if s.startswith("HI*ABF")] == [12, 12]


def test_an_institutional_line_without_procedure_leaves_its_place_empty():
    claim = an_institutional_claim().with_lines(
        an_institutional_line("0120", "6400.00", unit="DA", units="4", non_covered="100.00")
    )
    assert "SV2*0120**6400*DA*4**100" in written(claim.build())


def a_secondary_claim() -> Any:
    decided = medicare(
        "B",
        adjudication={
            "paid": "80.00",
            "date": "2026-11-20",
            "adjustments": [{"group": "PR", "reason": str(n), "amount": "1.00"} for n in range(1, 8)]
            + [{"group": "CO", "reason": "45", "amount": "38.00", "quantity": "1"}],
            "remark_codes": ["MA01"],
        },
    )
    line = a_professional_line(
        adjudications=[{"payer_id": "MCAREB", "paid": "80.00", "units": "1", "date": "2026-11-20",
                        "adjustments": [{"group": "CO", "reason": "45", "amount": "45.00"}]}]
    )  # fmt: skip
    return (
        a_professional_claim()
        .with_coverages(decided, commercial(sequence="S"))
        .but(billed_sequence="S")
        .with_lines(line)
    )


def test_a_secondary_claim_tells_what_the_first_payer_decided():
    segments = written(a_secondary_claim().build())
    assert "SBR*S*18*GRP7781******CI" in segments
    assert after(segments, "SBR*P", 12) == [
        "SBR*P*18*******MB",
        "CAS*PR*1*1**2*1**3*1**4*1**5*1**6*1",
        "CAS*PR*7*1",
        "CAS*CO*45*38*1",
        "AMT*D*80",
        "OI***Y***Y",
        "MOA***MA01",
        "NM1*IL*1*ABERNATHY*JOAN****MI*1EG4TE5MK73",
        "N3*12 MAPLE STREET",
        "N4*NASHVILLE*TN*372110042",
        "NM1*PR*2*MEDICARE*****PI*MCAREB",
        "DTP*573*D8*20261120",
    ]
    assert after(segments, "SVD", 3) == ["SVD*MCAREB*80*HC:99213**1", "CAS*CO*45*45", "DTP*573*D8*20261120"]


def test_an_inpatient_secondary_claim_uses_mia_and_the_lines_revenue_code():
    decided = medicare("A", adjudication={"paid": "10.00", "covered_days": "4", "remark_codes": ["MA01", "MA18"]})
    line = an_institutional_line(
        "0120", adjudications=[{"payer_id": "MCAREA", "paid": "10.00", "units": "4", "date": "2026-11-20"}]
    )
    claim = an_institutional_claim().with_coverages(decided, commercial(sequence="S")).but(billed_sequence="S")
    segments = written(claim.with_lines(line).build())
    assert "MIA*4****MA01***************MA18" in segments
    assert "SVD*MCAREA*10**0120*4" in segments


def test_a_foreign_address_has_country_and_subdivision():
    address = an_address(city="TORONTO", state=None, zip_code=None, country="CA", subdivision="ON")
    claim = (
        a_professional_claim()
        .with_patient(address=address)
        .with_coverages(medicare("B", subscriber=a_subscriber(address=address)))
    )
    assert "N4*TORONTO****CA***ON" not in written(claim.build())
    assert "N4*TORONTO***CA***ON" in written(claim.build())


def test_pay_to_address_and_plan_follow_the_billing_provider():
    plan = {"organization": "STATE PLAN", "payer_id": "SP1", "tax_id": "626009999", "address": an_address()}
    claim = a_professional_claim().but(pay_to_address=an_address(line1="PO BOX 7"), pay_to_plan=plan)
    assert after(written(claim.build()), "NM1*87", 7) == [
        "NM1*87*2", "N3*PO BOX 7", "N4*NASHVILLE*TN*372030001",
        "NM1*PE*2*STATE PLAN*****PI*SP1", "N3*400 RIVERSIDE AVENUE", "N4*NASHVILLE*TN*372030001", "REF*EI*626009999",
    ]  # fmt: skip


def test_a_death_and_a_pregnancy_are_told_of_a_professional_patient():
    claim = a_professional_claim().but(patient=a_patient(death_date="2026-11-19", weight_pounds="6.5", pregnant=True))
    assert "PAT*****D8*20261119*01*6.5*Y" in written(claim.build())


def test_numbers_of_a_provider_stand_where_the_guide_has_a_place_for_them():
    ids = [
        {"qualifier": "G2", "value": "PAYER7"},
        {"qualifier": "1G", "value": "UPIN1"},
        {"qualifier": "EI", "value": "9"},
    ]
    claim = a_professional_claim().but(rendering=a_physician(secondary_ids=ids)).with_billing(secondary_ids=ids)
    segments = written(claim.build())
    assert after(segments, "REF*EI", 2) == ["REF*EI*626001234", "REF*1G*UPIN1"]
    assert after(segments, "NM1*PR", 2) == ["NM1*PR*2*MEDICARE*****PI*MCAREB", "REF*G2*PAYER7"]
    assert after(segments, "PRV*PE", 3) == ["PRV*PE*PXC*207R00000X", "REF*G2*PAYER7", "REF*1G*UPIN1"]


def test_a_person_who_bills_with_a_social_security_number_says_so():
    person = an_organization_provider(
        organization=None, person=a_person("OKAFOR", "SAMUEL"), tax_id_kind="SY", tax_id="219099999"
    )
    segments = written(a_professional_claim().but(billing=person).build())
    assert "NM1*85*1*OKAFOR*SAMUEL****XX*1234567893" in segments
    assert "REF*SY*219099999" in segments


def test_kinds_are_never_mixed():
    with pytest.raises(ValueError, match="one kind"):
        write_interchange([a_professional_claim().build(), an_institutional_claim().build()], ENVELOPE)


def test_a_control_number_stands_once_in_an_interchange():
    with pytest.raises(ValueError, match="control number"):
        write_interchange([a_professional_claim().build()] * 2, ENVELOPE)


def test_the_claim_that_cannot_be_written_is_named():
    claims = [
        with_id(a_professional_claim(), 1).build(),
        with_id(a_professional_claim().with_patient(name=a_person("漢", "X")), 2).with_coverages(
            medicare("B", subscriber=a_subscriber(person=a_person("漢", "X")))
        ).build(),
    ]  # fmt: skip
    with pytest.raises(UnwritableClaim) as caught:
        write_interchange(claims, ENVELOPE)
    assert caught.value.patient_control_number == "PCN2"
    assert "漢" not in str(caught.value)


@pytest.mark.parametrize(("groups", "reasons"), [(("PR",), 31), (("PR", "CO", "OA", "PI", "CR"), 7)])
def test_a_claim_with_more_adjustments_than_five_cas_hold_is_refused_and_named(groups: Sequence[str], reasons: int):
    """005010X222A1 2320 CAS: five at most, each of one group with six reasons."""
    adjustments = [
        {"group": group, "reason": str(number), "amount": "1.00"}
        for group in groups
        for number in range(1, reasons + 1)
    ]
    decided = medicare("B", adjudication={"paid": "80.00", "date": "2026-11-20", "adjustments": adjustments})
    secondary = a_professional_claim().with_coverages(decided, commercial(sequence="S")).but(billed_sequence="S")
    claims = [with_id(a_professional_claim(), 1).build(), with_id(secondary, 2).build()]
    with pytest.raises(UnwritableClaim) as caught:
        write_interchange(claims, ENVELOPE)
    assert caught.value.patient_control_number == "PCN2"
    assert "CAS" in str(caught.value)


def test_an_impossible_envelope_is_no_claims_fault():
    with pytest.raises(X12Error) as caught:
        write_interchange([a_professional_claim().build()], replace(ENVELOPE, control_number=10**9))
    assert not isinstance(caught.value, UnwritableClaim)


def test_the_same_claims_give_the_same_bytes():
    claims = [a_professional_claim().build()]
    assert write_interchange(claims, ENVELOPE) == write_interchange(claims, ENVELOPE)


def test_a_payment_group_has_a_qualifier_of_its_own():
    # 005010X223A2 SV202-1: HP for the HIPPS code of a nursing facility, under revenue code 0022.
    stay = an_institutional_claim().but(facility_type="21", drg=None).with_line("0022", procedure="KAQD1")
    assert after(written(stay.build()), "SV2*0022")[0].startswith("SV2*0022*HP:KAQD1*")
