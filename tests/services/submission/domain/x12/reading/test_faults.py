"""What is wrong with a file of claims, where, and the answer it would get.

Each case changes one thing in a clean file. The answers are from 005010X231A1 (TA105, AK905, IK304, IK403, IK502) and
the list of front-end edits.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.submission.domain.x12 import write_interchange
from services.submission.domain.x12.reading import Fault, NoClaims, ReceivedClaim, read_claims
from shared.claims import InstitutionalClaim
from shared.x12 import X12Error
from tests.builders import (
    SERVICE_DAY,
    a_professional_claim,
    a_professional_line,
    an_institutional_claim,
    an_organization_provider,
    commercial,
    medicare,
)
from tests.services.submission.domain.x12.test_interchange import ENVELOPE, a_secondary_claim, with_id

PROFESSIONAL = write_interchange(
    [
        with_id(a_professional_claim().with_line("93000", "45.00"), 1).build(),
        with_id(a_professional_claim().with_coverages(commercial(relationship="19")), 2).build(),
    ],
    ENVELOPE,
)
INSTITUTIONAL = write_interchange([an_institutional_claim().build()], ENVELOPE)
SECONDARY = write_interchange([a_secondary_claim().build()], ENVELOPE)
DECIDED = medicare("A", adjudication={"paid": "10.00", "covered_days": "4", "remark_codes": ["MA01"]})
SECONDARY_STAY = write_interchange(
    [an_institutional_claim().with_coverages(DECIDED, commercial(sequence="S")).but(billed_sequence="S").build()],
    ENVELOPE,
)


class Told(NamedTuple):
    code: str
    answer: str
    place: str


def told(content: bytes) -> list[Told]:
    """Every fault of a file, of the file itself and of its claims, in order."""
    faults: list[Fault] = []
    for received in read_claims(content):
        faults += received.faults if isinstance(received, ReceivedClaim) else [received]
    return [Told(one.code, one.answer, one.element or one.segment) for one in faults]


def changed(content: bytes, old: str, new: str) -> bytes:
    """With the first `old` changed, and SE01 as it must be then."""
    assert old.encode() in content
    segments = content.replace(old.encode(), new.encode(), 1).decode().split("~")
    begin = next((n for n, text in enumerate(segments) if text.startswith("ST*")), 0)
    for number, text in enumerate(segments):
        if text.startswith("SE*") and not old.startswith("SE"):
            segments[number] = f"SE*{number - begin + 1}*{text.split('*')[2]}"
    return "~".join(segments).encode()


@pytest.mark.parametrize(
    ("content", "old", "new", "place"),
    [
        (PROFESSIONAL, "SV1*HC:", "SV1*IV:", "SV101-1"),
        (PROFESSIONAL, "SV1*HC:", "SV1*ER:", "SV101-1"),
        (PROFESSIONAL, "SV1*HC:", "SV1*WK:", "SV101-1"),
        (SECONDARY, "SVD*MCAREB*80*HC:", "SVD*MCAREB*80*WK:", "SVD03-1"),
        (SECONDARY, "MOA***MA01~", "MOA***MA01*****12.5~", "MOA08"),
        (SECONDARY, "MOA***MA01~", "MOA***MA01******3~", "MOA09"),
        (SECONDARY_STAY, "MIA*4****MA01", "MIA*4***1200*MA01", "MIA04"),
        (SECONDARY_STAY, "MIA*4****MA01", "MIA*4****MA01*80", "MIA06"),
    ],
)
def test_what_the_guide_has_and_the_claim_has_no_place_for_is_said(content: bytes, old: str, new: str, place: str):
    """005010X222A1 SV101-1 and MOA, X223A2 MIA. It is no fault of the file, but the claim cannot go out without it."""
    assert told(changed(content, old, new)) == [Told("element-not-carried", "", place)]


def test_another_currency_is_told_of_every_claim_of_its_provider_and_of_no_other():
    """005010X222A1 2000A CUR: the amounts of all claims below it are in that currency."""
    clinic, other = a_professional_claim(), a_professional_claim().but(billing=an_organization_provider())
    claims = [with_id(builder, number).build() for number, builder in enumerate((clinic, clinic, other), 1)]
    content = changed(write_interchange(claims, ENVELOPE), "NM1*85*", "CUR*85*CAD~NM1*85*")
    found = {
        one.patient_control_number: [fault.code for fault in one.faults]
        for one in read_claims(content)
        if isinstance(one, ReceivedClaim)
    }
    assert found == {"PCN1": ["segment-not-carried"], "PCN2": ["segment-not-carried"], "PCN3": []}


def test_a_fault_is_told_of_every_claim_that_has_it():
    twice = PROFESSIONAL.replace(b"REF*EA*", b"REF*EA* ")
    assert [one for one in told(twice) if one.place == "REF02"] == [
        Told("element-characters", "999 IK403 6", "REF02")
    ] * 2


def test_what_was_sound_with_other_separators_is_looked_at_again():
    """A colon at the end is an empty component where the colon parts them, and text where it does not."""
    text = changed(INSTITUTIONAL, "REF*EA*", "REF*G1*A:~REF*EA*")
    other = text.replace(b":", b">").replace(b"A>~", b"A:~").replace(b"*000000042", b"*000000043")
    faults = [one.code for one in told(other + text) if one.place == "REF02"]
    assert faults == ["elements-empty-at-end"]


ENVELOPE_CASES = [
    ("ISA*00*  ", "ISA*02*  ", Told("interchange-header", "TA1 010", "ISA01")),
    ("*ZZ*REVCYCLE   ", "*Z1*REVCYCLE   ", Told("interchange-header", "TA1 005", "ISA05")),
    ("*00501*000000042", "*00401*000000042", Told("interchange-header", "TA1 017", "ISA12")),
    ("*000000042*1*T", "*000000042*7*T", Told("interchange-header", "TA1 019", "ISA14")),
    ("*REVCYCLE       *", "*REVCYCLE*", Told("interchange-header", "TA1 024", "ISA")),
    ("IEA*1*000000042", "IEA*1*000000043", Told("interchange-control-number", "TA1 001", "IEA02")),
    ("IEA*1*", "IEA*2*", Told("interchange-count", "TA1 021", "IEA01")),
    ("IEA*1*000000042~", "", Told("interchange-trailer", "TA1 023", "ISA")),
    ("GS*HC*", "GS*HX*", Told("group-type", "999 AK905 1", "GS01")),
    ("GE*1*42~", "", Told("group-trailer", "999 AK905 3", "GS")),
    ("GE*1*42", "GE*1*43", Told("group-control-number", "999 AK905 4", "GE02")),
    ("GE*1*42", "GE*3*42", Told("group-count", "999 AK905 5", "GE01")),
    ("*0001~GE", "*0002~GE", Told("set-control-number", "999 IK502 3", "SE02")),
    ("SE*54", "SE*55", Told("set-count", "999 IK502 4", "SE01")),
    ("ST*837*0001*005010X222A1", "ST*837*0001*005010X222", Told("set-version", "999 IK502 I6", "ST03")),
    ("BHT*0019*00*", "BHT*0019*01*", Told("element-code", "999 IK403 7", "BHT02")),
    ("PER*IC*EDI*TE*6155550100~", "", Told("segment-missing", "999 IK304 3", "HL")),
    ("HL*2*1*22*0", "HL*3*1*22*0", Told("hierarchy", "999 IK403 7", "HL01")),
    ("HL*2*1*22*0", "HL*2*7*22*0", Told("hierarchy", "999 IK403 7", "HL02")),
    ("HL*2*1*22*0", "HL*2*1*22*1", Told("hierarchy", "999 IK403 7", "HL04")),
]


@pytest.mark.parametrize(("old", "new", "expected"), ENVELOPE_CASES)
def test_a_fault_of_the_envelope_has_its_answer(old: str, new: str, expected: Told):
    assert told(changed(PROFESSIONAL, old, new)) == [expected]


def test_a_version_that_nobody_takes_is_told_of_group_and_set():
    content = PROFESSIONAL.replace(b"005010X222A1", b"005010X222A2")
    assert told(content) == [Told("group-version", "999 AK905 2", "GS08")]


def test_another_transaction_set_in_the_file_is_passed_over_and_told():
    other = b"ST*835*0009~BPR*I*1~SE*3*0009~"
    content = PROFESSIONAL.replace(b"GE*1*", other + b"GE*2*")
    assert told(content) == [Told("set-type", "999 IK502 1", "ST01"), Told("set-type", "999 IK502 1", "ST")]


def test_an_interchange_that_comes_twice_is_a_duplicate():
    assert told(PROFESSIONAL + PROFESSIONAL) == [Told("interchange-duplicate", "TA1 025", "ISA13")]


CLAIM_CASES = [
    ("CLM*PCN1*170***11:B:1*Y*", "CLM*PCN1*170***11:A:1*Y*", Told("element-code", "999 IK403 7", "CLM05-2")),
    ("CLM*PCN1*170***11:B:1*Y*", "CLM*PCN1*170***11:B:1**", Told("element-missing", "999 IK403 1", "CLM06")),
    ("CLM*PCN1*170*", "CLM*PCN1*1x*", Told("element-number", "999 IK403 6", "CLM02")),
    ("CLM*PCN1*170*", "CLM*PCN1*170.001*", Told("element-number", "A7:178", "CLM02")),
    ("*A*Y*Y~", "*Q*Y*Y~", Told("element-code", "999 IK403 7", "CLM07")),
    ("DTP*472*D8*20261116", "DTP*472*D8*20261301", Told("element-date", "999 IK403 8", "DTP03")),
    ("DTP*472*D8*20261116", "DTP*472*RD8*20261116", Told("element-date", "999 IK403 8", "DTP03")),
    ("SV1*HC:99213", "SV1*XX:99213", Told("element-code", "999 IK403 7", "SV101-1")),
    ("*125*UN*1*", "*125*XX*1*", Told("element-code", "999 IK403 7", "SV103")),
    ("LX*1~", "LX*1~XYZ*1~", Told("segment-unknown", "999 IK304 1", "XYZ")),
    ("REF*EA*MRN-1002003~", "REF*EA*MRN-1002003~REF*EA*OTHER~", Told("segment-repeated", "999 IK304 5", "REF")),
    ("REF*EA*MRN-1002003~HI*ABK:I10~", "HI*ABK:I10~REF*EA*MRN-1002003~", Told("segment-order", "999 IK304 2", "REF")),
    ("HI*ABK:I10~", "HI*ABK:I10~CL1*1~", Told("segment-unexpected", "999 IK304 2", "CL1")),
    ("REF*EA*MRN-1002003~", "REF*EA*MRN-1002003~REF*ZZ*1~", Told("segment-unexpected", "999 IK304 2", "REF")),
    ("NM1*82*1*OKAFOR", "NM1*SU*1*OTHER~NM1*82*1*OKAFOR", Told("segment-unexpected", "999 IK304 2", "NM1")),
    ("HI*ABK:I10~", "HI*ABQ:I10~", Told("element-code", "999 IK403 7", "HI01-1")),
    ("HI*ABK:I10~", "HI*BK:4019~", Told("diagnosis-qualifier", "A7:254", "HI01-1")),
    ("HI*ABK:I10~", "HI*ABK:I10**~", Told("elements-empty-at-end", "999 IK304 8", "HI")),
    ("HI*ABK:I10~", "HI*ABK:I10:~", Told("elements-empty-at-end", "999 IK304 8", "HI01")),
    ("HI*ABK:I10~", "HI*ABK:I10 ~", Told("element-characters", "999 IK403 6", "HI01")),
    ("NM1*82*1*", "NM1*82*1*Ö", Told("element-characters", "999 IK403 6", "NM103")),
    ("NM1*82*1*", "NM1*82*3*", Told("element-code", "999 IK403 7", "NM102")),
    ("NM1*82*1*OKAFOR*SAMUEL****XX*", "NM1*82*1*OKAFOR*SAMUEL****34*", Told("element-code", "999 IK403 7", "NM108")),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), CLAIM_CASES)
def test_a_fault_of_a_claim_has_its_answer(old: str, new: str, expected: Told):
    assert told(changed(PROFESSIONAL, old, new)) == [expected]


def test_whose_claim_it_is_must_be_said_one_way():
    """SBR02 is 18, or a patient's level follows: neither and both are wrong (front-end edits, A8:156)."""
    assert told(changed(PROFESSIONAL, "SBR*P*18*", "SBR*P**")) == [Told("relationship", "A8:156", "SBR02")]
    assert told(changed(PROFESSIONAL, "SBR*P**GRP", "SBR*P*18*GRP")) == [Told("relationship", "A8:156", "SBR02")]


def test_a_transaction_set_without_claims_says_so():
    begin, end = PROFESSIONAL.index(b"HL*1*"), PROFESSIONAL.index(b"~SE*") + 1
    content = changed(PROFESSIONAL[:begin] + PROFESSIONAL[end:], "BHT", "BHT")
    assert told(content) == [Told("segment-missing", "999 IK304 3", "ST")]


def test_a_provider_who_stands_twice_is_told_of_and_the_first_counts():
    twice = "NM1*82*1*FIRST****XX*1234567893~NM1*82*1*"
    first, _ = read_claims(changed(PROFESSIONAL, "NM1*82*1*", twice.replace("FIRST****XX", "FIRST*****XX")))
    assert isinstance(first, ReceivedClaim)
    assert Told("loop-repeated", "999 IK304 4", "NM1") in [
        Told(one.code, one.answer, one.element or one.segment) for one in first.faults
    ]
    assert first.claim is not None
    assert first.claim.rendering is not None
    assert first.claim.rendering.person is not None
    assert first.claim.rendering.person.last == "FIRST"


def test_a_stay_without_statement_dates_cannot_be_made_and_says_so():
    (received,) = read_claims(changed(INSTITUTIONAL, "DTP*434*RD8*20261116-20261120~", ""))
    assert isinstance(received, ReceivedClaim)
    assert received.claim is None
    assert {(one.code, one.answer) for one in received.faults} == {("segment-missing", "999 IK304 3")}


def test_a_statement_of_one_day_says_it_twice():
    content = changed(INSTITUTIONAL, "DTP*434*RD8*20261116-20261120", "DTP*434*D8*20261116")
    assert told(content) == [Told("element-code", "999 IK403 7", "DTP02")]
    (received,) = read_claims(content)
    assert isinstance(received, ReceivedClaim)
    assert isinstance(received.claim, InstitutionalClaim)
    assert received.claim.statement_from == received.claim.statement_through == SERVICE_DAY


def test_a_segment_without_place_is_an_error_and_one_of_another_kind_a_warning():
    content = changed(PROFESSIONAL, "HI*ABK:I10~", "HI*ABK:I10~SV1*HC:99213*1*UN*1~")
    content = changed(content, "REF*EA*MRN-1002003~", "REF*EA*MRN-1002003~REF*ZZ*1~")
    first, _ = read_claims(content)
    assert isinstance(first, ReceivedClaim)
    assert [(fault.segment, fault.severity) for fault in first.faults] == [("REF", "warning"), ("SV1", "error")]


def test_a_value_that_a_claim_can_do_without_is_left_out_and_told_of():
    (received,) = read_claims(changed(SECONDARY, "DTP*573*D8*20261120", "DTP*573*D8*2026112x"))
    assert isinstance(received, ReceivedClaim)
    assert received.claim is not None
    assert received.claim.coverages[0].adjudication is not None
    assert received.claim.coverages[0].adjudication.date is None
    (fault,) = received.faults
    assert (fault.pointer, fault.loop, fault.element) == ("/coverages/0/adjudication/date", "2330B", "DTP03")


def test_the_claim_after_a_bad_one_is_read():
    content = changed(PROFESSIONAL, "SV1*HC:99213*125*UN*1***1", "SV1*HC:99213")
    first, second = read_claims(content)
    assert isinstance(first, ReceivedClaim)
    assert isinstance(second, ReceivedClaim)
    assert first.claim is None
    assert second.claim is not None
    assert second.faults == ()


def test_more_lines_than_a_claim_may_have_are_not_cut_off_silently():
    lines = [a_professional_line()] * 50
    content = write_interchange([a_professional_claim().with_lines(*lines).build()], ENVELOPE)
    one_more = "~LX*51~SV1*HC:99213*125*UN*1***1~DTP*472*D8*20261116~SE*"
    (received,) = read_claims(changed(content, "~SE*", one_more))
    assert isinstance(received, ReceivedClaim)
    assert received.claim is None
    assert [(one.code, one.answer) for one in received.faults] == [("loop-repeated", "999 IK304 4")]


def test_faults_beyond_all_measure_end_in_one_error():
    content = changed(PROFESSIONAL, "HI*ABK:I10~", "HI*ABK:I10~" + "REF*ZZ*1~" * 500)
    first, _ = read_claims(content)
    assert isinstance(first, ReceivedClaim)
    codes = [(fault.code, fault.severity) for fault in first.faults]
    assert codes == [*[("segment-unexpected", "warning")] * 100, ("faults-too-many", "error")]


def test_text_that_ends_in_a_claim_leaves_that_claim_unmade():
    cut = PROFESSIONAL[: PROFESSIONAL.index(b"CLM*PCN2") + 40]
    first, second, *_ = [one for one in read_claims(cut) if isinstance(one, ReceivedClaim)]
    assert first.claim is not None
    assert second.claim is None
    assert "claim-cut-off" in [fault.code for fault in second.faults]


def test_text_that_is_no_longer_x12_is_told_with_its_place():
    place = PROFESSIONAL.index(b"HL*3")
    received = list(read_claims(PROFESSIONAL[:place] + b"\x00\x01~" + PROFESSIONAL[place:]))
    assert isinstance(received[0], ReceivedClaim)
    first = next(one for one in received if isinstance(one, Fault))
    assert (first.code, first.position.offset) == ("text", place)


def test_a_file_without_claims_is_refused():
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'A':15}*ZZ*{'B':15}*261124*1205*^*00501*000000001*0*T*:~"
    with pytest.raises(NoClaims):
        list(read_claims(f"{isa}GS*FA*A*B*20261124*1205*1*X*005010X231A1~GE*0*1~IEA*1*000000001~".encode()))
    with pytest.raises(X12Error):
        list(read_claims(b"no interchange"))


SEGMENTS = SECONDARY.decode().split("~")


@settings(max_examples=80, deadline=None, derandomize=True)
@given(place=st.integers(1, len(SEGMENTS) - 2), element=st.integers(0, 9), text=st.sampled_from(
    ["", "~", "*", "NaN", "1e999999999", "-", "99999999999999999999", ":::::::::::", "20260230", "HL*9*9*22*1", "CLM*X"]
))  # fmt: skip
def test_whatever_stands_in_a_file_is_a_claim_or_a_fault(place: int, element: int, text: str):
    parts = SEGMENTS[place].split("*")
    parts[element % len(parts)] = text
    content = "~".join([*SEGMENTS[:place], "*".join(parts), *SEGMENTS[place + 1 :]])
    try:
        received = list(read_claims(content.encode()))
    except NoClaims:
        return
    claims = [one for one in received if isinstance(one, ReceivedClaim)]
    cut = any(isinstance(one, Fault) and one.code == "text" for one in received)
    if "ST*837" in content and not cut and SEGMENTS[place][:2] not in ("ST", "SE", "GS"):
        assert len(claims) == sum(text.startswith("CLM*") for text in content.split("~"))
