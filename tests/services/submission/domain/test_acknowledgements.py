"""TA1, 999 and 277CA into answers. Expected values read by hand from the segments; files are written out here."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.submission.domain.acknowledgements import NotAnAcknowledgement, read_answers
from services.submission.domain.answers import Answer, ElementFault, SegmentFault
from shared.x12 import X12Error

DAY = date(2026, 11, 24)
ISA = "ISA*00*          *00*          *ZZ*CLEARINGHOUSE  *ZZ*REVCYCLE       *261116*1200*^*00501*000000001*0*T*:~"


def answers(*segments: str, version: str = "") -> list[Answer]:
    envelope = f"GS*HN*CH*REVCYCLE*20261116*1200*1*X*{version}~" if version else ""
    return list(read_answers((ISA + envelope + "~".join(segments) + "~").encode(), DAY))


def a_277ca(*segments: str) -> list[Answer]:
    head = (
        "ST*277*0001*005010X214",
        "BHT*0085*08*1*20261116*1200*TH",
        "HL*1**20*1",
        "NM1*AY*2*CH*****46*CH",
        "TRN*1*1",
    )
    return answers(*head, *segments, version="005010X214")


def a_claim(*segments: str, trace: str = "PCN-1") -> list[Answer]:
    return a_277ca("HL*2*1*PT", "NM1*QC*1*DOE****MI*W1", f"TRN*2*{trace}", *segments)


@pytest.mark.parametrize(
    ("outcome", "note", "verdict"), [("A", "000", "received"), ("E", "016", "received"), ("R", "001", "rejected")]
)
def test_a_ta1_answers_the_interchange_by_its_number(outcome: str, note: str, verdict: str):
    (answer,) = answers(f"TA1*000000042*261116*1159*{outcome}*{note}")
    assert (answer.scope, answer.interchange_control_number, answer.verdict) == ("interchange", 42, verdict)
    assert [(s.category, s.status) for s in answer.statuses] == [(outcome, note)]
    assert answer.segments == (f"TA1*000000042*261116*1159*{outcome}*{note}",)


def test_a_refused_copy_says_nothing_about_the_first():
    (answer,) = answers("TA1*000000042*261116*1159*R*025")
    assert answer.verdict == "none"


def test_a_999_answers_each_transaction_set():
    found = answers(
        "ST*999*0001*005010X231A1", "AK1*HC*42*005010X222A1", "AK2*837*0001*005010X222A1", "IK5*A",
        "AK2*837*0002*005010X222A1", "IK3*NM1*17*2010AA*8", "IK4*9:1:1*67*7*123", "IK3*N4*19**3", "IK5*R*5*I6",
        "AK9*P*2*2*1", "SE*9*0001",
    )  # fmt: skip
    accepted, rejected = found
    assert (accepted.verdict, accepted.transaction_control_number) == ("received", "0001")
    assert (rejected.verdict, rejected.transaction_control_number) == ("rejected", "0002")
    assert rejected.interchange_control_number == 42
    assert [(s.category, s.status) for s in rejected.statuses] == [("R", "5"), ("R", "I6")]
    assert rejected.faults == (
        SegmentFault("NM1", 17, "2010AA", "8", (ElementFault(9, 1, 1, "7"),)),
        SegmentFault("N4", 19, None, "3"),
    )
    assert rejected.segments[0] == "AK1*HC*42*005010X222A1"


def test_a_999_without_transaction_sets_answers_the_group():
    (answer,) = answers("ST*999*0001", "AK1*HC*42*005010X222A1", "AK9*R*1*1*0*4*5")
    assert (answer.scope, answer.verdict, answer.interchange_control_number) == ("group", "rejected", 42)
    assert [s.status for s in answer.statuses] == ["4", "5"]


@pytest.mark.parametrize(("ak9", "verdict"), [("AK9*R*1*1*0", "none"), ("AK9*R*1*1*0*5", "rejected")])
def test_a_group_that_is_refused_for_its_sets_alone_says_nothing_more(ak9: str, verdict: str):
    of_set, of_group = answers("ST*999*0001", "AK1*HC*42*005010X222A1", "AK2*837*0001", "IK5*R*5", ak9)
    assert (of_set.verdict, of_group.scope, of_group.verdict) == ("rejected", "group", verdict)


def test_a_partially_accepted_group_is_no_word_on_any_one():
    (answer,) = answers("ST*999*0001", "AK1*HC*42*005010X222A1", "AK9*P*2*2*1")
    assert answer.verdict == "none"


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("A0:20", "received"), ("A1:19:AY", "received"), ("A2:20:PR", "accepted"), ("A5:20", "accepted"),
        ("A3:33:IL", "rejected"), ("A6:164:IL", "rejected"), ("A7:562:85", "rejected"), ("A8:178", "rejected"),
        ("ZZ:1", "none"),
    ],
)  # fmt: skip
def test_the_category_decides_what_became_of_a_claim(status: str, verdict: str):
    (answer,) = a_claim(f"STC*{status}*20261117*WQ*125")
    assert (answer.scope, answer.verdict, answer.patient_control_number) == ("claim", verdict, "PCN-1")
    assert answer.status_date == date(2026, 11, 17)


def test_a_claim_is_found_by_its_numbers():
    (answer,) = a_claim("STC*A2:20:PR*20261117*WQ*125.5", "REF*1K*PYR-9", "REF*D9*TRACE18", "DTP*472*D8*20261116")
    assert (answer.payer_claim_control_number, answer.trace_number) == ("PYR-9", "TRACE18")
    assert str(answer.statuses[0].total) == "125.50"


def test_all_three_codes_of_a_status_count_and_so_does_its_text():
    (answer,) = a_claim("STC*A7:562:85*20261117*U*125******A7:128:85*A8:496:85*CALL US")
    assert [(s.category, s.status, s.entity) for s in answer.statuses] == [
        ("A7", "562", "85"), ("A7", "128", "85"), ("A8", "496", "85"),
    ]  # fmt: skip
    assert answer.statuses[0].text == "CALL US"


def test_the_reason_can_stand_at_a_line():
    (answer,) = a_claim(
        "STC*A3:247*20261117*U*125", "REF*1K*PYR-9", "SVC*HC:99213*125*****1", "STC*A7:453*20261117*U", "REF*FJ*2"
    )
    assert [(s.level, s.status, s.line_number) for s in answer.statuses] == [("claim", "247", None), ("line", "453", 2)]


def test_several_claims_of_one_patient_are_several_answers():
    found = a_claim("STC*A2:20*20261117*WQ*1", "TRN*2*PCN-2", "STC*A7:26:QC*20261117*U*1")
    assert [(a.patient_control_number, a.verdict) for a in found] == [("PCN-1", "accepted"), ("PCN-2", "rejected")]


def test_a_status_above_the_claims_stands_for_all_of_them_only_when_it_refuses_them():
    receiver = ("HL*2*1*21*1", "NM1*41*2*US*****46*REVCYCLE", "TRN*2*0000000420001")
    (refused,) = a_277ca(*receiver, "STC*A8:496:85*20261117*U*125")
    assert (refused.scope, refused.verdict) == ("receiver", "rejected")
    assert (refused.interchange_control_number, refused.transaction_control_number) == (42, "0001")
    (taken,) = a_277ca(*receiver, "STC*A2:20:PR*20261117*WQ*125")
    assert taken.verdict == "received"
    (partly,) = a_277ca(*receiver, "STC*A7:21*20261117*WQ*125")
    assert partly.verdict == "received"


def test_a_refused_billing_provider_is_found_by_batch_and_npi():
    (answer,) = a_277ca(
        "HL*2*1*21*1", "NM1*41*2*US*****46*REVCYCLE", "TRN*2*0000000420001", "HL*3*2*19*1",
        "NM1*85*2*GROUP*****XX*1234567893", "TRN*1*0", "STC*A8:562:85**U*125",
    )  # fmt: skip
    assert (answer.scope, answer.billing_npi, answer.batch_reference) == ("provider", "1234567893", "0000000420001")
    assert answer.verdict == "rejected"


def test_missing_trailers_and_the_next_set_close_what_is_open():
    found = a_claim(
        "STC*A2:20*20261117*WQ*1", "ST*277*0002*005010X214", "HL*1**PT", "TRN*2*PCN-2", "STC*A1:20*20261117*WQ*1"
    )
    assert [a.patient_control_number for a in found] == ["PCN-1", "PCN-2"]


def test_values_that_are_none_are_left_out_and_nothing_breaks():
    (answer,) = a_claim("STC*A7:562:85*2026*U*NaN******:::*A7", "REF*1K")
    assert answer.status_date is None
    assert [(s.status, s.total) for s in answer.statuses] == [("562", None)]


def test_a_file_of_another_kind_is_said_to_be_none():
    with pytest.raises(NotAnAcknowledgement):
        answers("ST*835*0001", "BPR*I*100")
    with pytest.raises(NotAnAcknowledgement):
        answers("ST*277*0001*005010X228", "HL*1**20", version="005010X228")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(alphabet="A0123456789:*STCHLNM1TRN277PQ", max_size=25), max_size=12))
def test_no_segments_raise_anything_but_what_is_announced(segments: list[str]):
    try:
        a_277ca("HL*2*1*PT", "TRN*2*PCN-1", *segments)
        answers("ST*999*1", "AK1*HC*1", "AK2*837*1", *segments)
    except (X12Error, NotAnAcknowledgement):
        return


@pytest.mark.parametrize(
    "endless",
    [
        ["ST*999*1", "AK1*HC*1", "AK2*837*1", *["IK3*NM1*22*2010BA*8"] * 30],
        ["ST*277*1*005010X214", "HL*1**PT", "TRN*2*PCN-1", *["STC*A3:21*20261124*U*100"] * 30],
    ],
    ids=["999", "277CA"],
)
def test_an_answer_without_end_is_refused_before_it_fills_the_memory(
    endless: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("services.submission.domain.acknowledgements._MOST_SEGMENTS", 25)
    with pytest.raises(X12Error) as caught:
        answers(*endless)
    assert (caught.value.code, caught.value.position is not None) == ("segment_too_long", True)


def test_many_answers_are_no_answer_without_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.submission.domain.acknowledgements._MOST_SEGMENTS", 5)
    sets = [segment for number in range(10) for segment in (f"AK2*837*{number}", "IK3*NM1*22*2010BA*8", "IK5*R*5")]
    assert len(answers("ST*999*1", "AK1*HC*1", *sets)) == 10


REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", Path(__file__).parents[5] / "shared")) / "samples" / "x12"
ACCEPTED, REJECTED = (
    "x12-parser__src_test_resources_277_5010_x12_277CA_",
    "x12-parser__src_test_resources_837_5010_x12_999_",
)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("277CA/" + ACCEPTED + "accepted.txt", [("receiver", "received", ""), ("claim", "accepted", "5781")]),
        ("277CA/" + ACCEPTED + "rejected.txt", [("receiver", "received", ""), ("claim", "rejected", "3920394930203")]),
        ("999/" + REJECTED + "accepted.txt", [("transaction", "received", "")]),
        ("999/" + REJECTED + "rejected.txt", [("transaction", "rejected", ""), ("group", "none", "")]),
        ("pair/EXAMPLECLINI.20260830165653.999", [("transaction", "received", "")]),
        (
            "pair/EXAMPLECLINI.20260830165653.CLP.277",
            [("receiver", "received", ""), ("claim", "accepted", "PCN-DELIV")],
        ),
    ],
)
def test_public_samples_are_read(file: str, expected: list[tuple[str, str, str]]):
    if not REFERENCE.is_dir():
        pytest.skip("the public X12 samples are not beside the checkout (REVCYCLE_REFERENCE)")
    with (REFERENCE / file).open("rb") as stream:
        found = list(read_answers(stream, DAY))
    assert [(a.scope, a.verdict, a.patient_control_number or "") for a in found] == expected
