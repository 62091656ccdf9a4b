"""Which claims a 999 finds fault with, and where. Positions are counted by hand in the set that is written out here."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.submission.domain.acknowledgements import answers_by_claim, read_answers
from services.submission.domain.answers import Answer
from services.submission.domain.status_codes import wording
from services.submission.domain.x12 import write_interchange
from services.submission.route_settings import terms_of
from services.submission.settings import SubmissionSettings
from shared.claims import ClaimId, InstitutionalClaim, PayerStatus, ProfessionalClaim
from tests.builders import a_professional_claim, a_professional_line, an_institutional_claim, commercial, medicare

DAY = date(2026, 11, 24)
ENVELOPE = terms_of(SubmissionSettings()).envelope(7, datetime(2026, 11, 24, tzinfo=UTC))

FIRST = a_professional_claim().but(id=ClaimId("0193628d-58f5-7a70-8d2e-7a3d8ef0a001"), patient_control_number="ONE")
SECOND = a_professional_claim().but(id=ClaimId("0193628d-58f5-7a70-8d2e-7a3d8ef0a002"), patient_control_number="TWO")
SECOND = SECOND.with_coverages(commercial(relationship="19"))
OTHER_GROUP = a_professional_claim().with_billing(npi="1987654328", contact=None)
THIRD = OTHER_GROUP.but(id=ClaimId("0193628d-58f5-7a70-8d2e-7a3d8ef0a003"), patient_control_number="THREE")

# ST 1, BHT, NM1*41, PER, NM1*40 5; HL*20 6, PRV, NM1*85 8, N3, N4 10, REF*EI, PER 12;
# HL*22 13, SBR, NM1*IL 15, N3, N4, DMG, NM1*PR 19, CLM*ONE 20, REF*D9, REF*EA, HI 23, NM1*82, PRV, LX 26, SV1 27,
# DTP, REF*6R 29; HL*22 30, SBR 31, NM1*IL, NM1*PR 33, HL*23 34, PAT, NM1*QC 36, N3, N4, DMG 39, CLM*TWO 40, REF, REF,
# HI, NM1*82, PRV, LX, SV1 47, DTP, REF*6R 49; HL*20 50, PRV, NM1*85 52, …
SENT = write_interchange([FIRST.build(), SECOND.build(), THIRD.build()], ENVELOPE)


def a_999(*faults: str, ak2: str = "0001", ik5: str = "IK5*R*5") -> Answer:
    isa = "ISA*00*          *00*          *ZZ*CLEARINGHOUSE  *ZZ*REVCYCLE       *261116*1200*^*00501*000000001*0*T*:~"
    segments = ("ST*999*0001", "AK1*HC*7*005010X222A1", f"AK2*837*{ak2}*005010X222A1", *faults, ik5)
    return next(read_answers((isa + "~".join(segments) + "~").encode(), DAY))


def found(*faults: str, sent: bytes = SENT, **said: str) -> dict[str, list[str]]:
    """What is wrong with each claim, as `code x12 pointer shape`."""
    *of_claims, _ = answers_by_claim(a_999(*faults, **said), sent)
    return {str(one.patient_control_number): [_said(status) for status in one.statuses] for one in of_claims}


def _said(status: PayerStatus) -> str:
    assert status.place is not None
    x12 = status.place.x12
    place = f"{x12.loop}.{x12.element or x12.segment}"
    return " ".join(map(str, filter(None, (status.status, place, status.place.pointer, status.place.shape))))


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        (("IK3*CLM*20**8", "IK4*2*782*6*12X"), {"ONE": ["6 2300.CLM02 /total_charge 999"]}),
        (("IK3*SV1*47*2400*8", "IK4*1:2*234*7"), {"TWO": ["7 2400.SV101-2 /lines/0/procedure 99999"]}),
        (("IK3*NM1*36**8", "IK4*3*1035*6"), {"TWO": ["6 2010CA.NM103 /patient/name/last AAAAAAAAA"]}),
        # The patient is the subscriber, and was said once, in 2010BA.
        (("IK3*DMG*18**8", "IK4*2**8"), {"ONE": ["8 2010BA.DMG02 /coverages/billed/subscriber/birth_date 99999999"]}),
        (("IK3*HI*23**8", "IK4*1:2*1271*7"), {"ONE": ["7 2300.HI01-2 /diagnoses/0/code A99"]}),
        (("IK3*HI*23**8", "IK4*1:1*1270*7"), {"ONE": ["7 2300.HI01-1 /diagnoses/0/code AAA"]}),
        (("IK3*DTP*28**8", "IK4*3*1251*8"), {"ONE": ["8 2400.DTP03 /lines/0/service_from 99999999"]}),
        # It has no middle name: nothing stood there.
        (("IK3*NM1*32**8", "IK4*5*1037*1"), {"TWO": ["1 2010BA.NM105 /coverages/billed/subscriber/person/middle"]}),
        (("IK3*SBR*31**2",), {"TWO": ["2 2000B.SBR /coverages/billed"]}),
        (("IK3*REF*21**2",), {"ONE": ["2 2300.REF"]}),
        # An element with a component that the guide does not have there.
        (("IK3*NM1*24**8", "IK4*9:1*67*7"), {"ONE": ["7 2310B.NM109-1 /rendering/npi 9999999999"]}),
    ],
)  # fmt: skip
def test_a_fault_is_of_the_claim_that_stands_there_and_of_the_field_that_the_element_fills(
    faults: tuple[str, ...], expected: dict[str, list[str]]
):
    assert found(*faults) == expected


def test_a_fault_above_the_claims_is_of_every_claim_below_it():
    assert found("IK3*N4*10**8", "IK4*3*116*5") == {
        number: ["5 2010AA.N403 /billing/address/zip_code 999999999"] for number in ("ONE", "TWO")
    }
    of_submitter = ["5 1000A.PER04 9999999999"]
    assert found("IK3*PER*4**8", "IK4*4*364*5") == dict.fromkeys(("ONE", "TWO", "THREE"), of_submitter)
    # Each below it has faults of its own as well.
    both = found("IK3*N4*10**8", "IK4*3*116*5", "IK3*CLM*40**8", "IK4*2*782*6")
    assert both == {
        "ONE": ["5 2010AA.N403 /billing/address/zip_code 999999999"],
        "TWO": ["5 2010AA.N403 /billing/address/zip_code 999999999", "6 2300.CLM02 /total_charge 999"],
    }


def test_several_faults_of_a_claim_are_one_answer_with_their_own_segments():
    *of_claims, rest = answers_by_claim(
        a_999("IK3*CLM*20**8", "IK4*2*782*6*1X", "IK3*DMG*39**8", "IK4*2**8*19501340", "IK3*SV1*27**8", "IK4*2*782*6"),
        SENT,
    )  # fmt: skip
    assert [(one.patient_control_number, one.scope, one.verdict, len(one.statuses)) for one in of_claims] == [
        ("ONE", "claim", "rejected", 2), ("TWO", "claim", "rejected", 1),
    ]  # fmt: skip
    assert of_claims[0].segments == ("IK3*CLM*20**8", "IK4*2*782*6*1X", "IK3*SV1*27**8", "IK4*2*782*6")
    # The rest is of no claim, so it holds nothing of any patient.
    assert (rest.scope, rest.verdict) == ("transaction", "returned")
    assert rest.segments == ("AK1*HC*7*005010X222A1", "AK2*837*0001*005010X222A1", "IK5*R*5")


def test_the_claim_that_the_other_side_names_is_meant_wherever_it_counts():
    assert found("IK3*SV1*9999*2400*8", "CTX*CLM01:TWO", "IK4*2*782*1") == {"TWO": ["1 2400.SV102 /lines/0"]}
    assert found("IK3*HI*41*2300*3", "CTX*CLM01:TWO") == {"TWO": ["3 2300.HI"]}


def test_what_is_missing_between_two_claims_may_be_of_either():
    assert list(found("IK3*REF*30**3")) == ["ONE", "TWO"]
    assert found("IK3*N4*9*2010AA*3") == {number: ["3 2010AA.N4 /billing"] for number in ("ONE", "TWO")}


@pytest.mark.parametrize(
    "said",
    [
        a_999("IK3*CLM*21**8", "IK4*2*782*6"),  # REF stands there
        a_999("IK3*CLM*9999**8"),
        a_999("IK3*CLM*20**8", "IK3*CLM*9999**8"),
        a_999("IK3*CLM*20**8", ik5="IK5*R*5*4"),  # the count of segments is wrong as well
        a_999(),
    ],
)
def test_where_nobody_can_tell_which_claims_are_meant_all_are_refused(said: Answer):
    assert answers_by_claim(said, SENT) == [said]


def test_a_set_that_was_never_sent_says_nothing_of_any_claim():
    (answer,) = answers_by_claim(a_999("IK3*CLM*20**8", ak2="0002"), SENT)
    assert answer.verdict == "none"


def test_a_set_that_is_taken_with_errors_names_them_and_takes_all():
    *of_claims, rest = answers_by_claim(a_999("IK3*CLM*20**8", "IK4*2*782*6", ik5="IK5*E*5"), SENT)
    assert [(one.patient_control_number, one.verdict) for one in of_claims] == [("ONE", "received")]
    assert rest.verdict == "received"


def test_lines_and_institutional_claims_are_found_as_well():
    lines = [a_professional_line(charge="1.00"), a_professional_line(charge="2.00")]
    sent = write_interchange([FIRST.with_lines(*lines).build()], ENVELOPE)
    assert found("IK3*SV1*31**8", "IK4*2*782*6", sent=sent) == {"ONE": ["6 2400.SV102 /lines/1/charge 9"]}
    institutional = an_institutional_claim().but(patient_control_number="UB").build()
    sent = write_interchange([institutional], ENVELOPE)
    position = sent.decode().split("~ST*")[1].split("~").index("CL1*1*1*01") + 1
    assert found(f"IK3*CL1*{position}**8", "IK4*3*1352*7", sent=sent) == {"UB": ["7 2300.CL103 /patient_status 99"]}


def test_a_fault_is_said_in_words_with_the_place_on_the_claim_as_it_stands():
    claim = a_professional_claim().with_coverages(commercial(), medicare(sequence="S")).but(billed_sequence="S").build()
    sent = write_interchange([claim], ENVELOPE)
    segments = sent.decode().split("~ST*")[1].split("~")
    position = next(number for number, text in enumerate(segments, 1) if text.startswith("NM1*IL"))
    of_claim, _ = answers_by_claim(a_999(f"IK3*NM1*{position}**8", "IK4*9*67*5"), sent)
    said = wording(of_claim.statuses[0], claim, DAY)
    assert (said.category, said.status) == ("Rejected", "Too long")
    assert (said.pointer, said.x12, said.shape) == ("/coverages/1/subscriber/member_id", "2010BA.NM109", "9AA9AA9AA99")


@pytest.mark.parametrize("claim", [FIRST.build(), an_institutional_claim().build()])
def test_no_position_is_of_nobody_and_every_pointer_leads_into_the_claim(claim: ProfessionalClaim | InstitutionalClaim):
    sent = write_interchange([claim], ENVELOPE)
    document = claim.model_dump(mode="json")
    segments = sent.decode().split("~ST*")[1].split("~SE*")[0].split("~")
    for number, text in enumerate(segments, 1):
        name, *elements = text.split("*") if number > 1 else ["ST", *text.split("*")]
        for element in range(1, len(elements) + 1):
            of_claim, _ = answers_by_claim(a_999(f"IK3*{name}*{number}**8", f"IK4*{element}**7"), sent)
            place = of_claim.statuses[0].place
            assert place is not None
            part = document
            for step in (place.pointer or "").split("/")[1:]:
                part = part[int(step) if step.isdigit() else 0 if step == "billed" else step]
