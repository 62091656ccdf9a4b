"""835s written by hand: what is read, what does not balance, and what no file may do to us."""

from __future__ import annotations

import io
import os
import tracemalloc
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import oxedi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.submission.domain.x12.reading import Fault, NotARemittance, check, read_remittances
from services.submission.domain.x12.reading.advice import (
    Adjustment,
    Payment,
    PaymentEnd,
    ProviderAdjustment,
    RemittedClaim,
)
from shared.x12 import X12Error
from tests.services.submission.remittances import a_claim, a_service, a_set, an_835, in_interchange

VISIT = a_claim(
    "PCN1", "1", "237.5", "180", a_service("99214:25", "180", "140", "CO*45*20", "PR*2*20", allowed="160"),
    a_service("93000", "57.5", "40", "CO*45*17.5", line="2", remark="N130"), patient="20",
)  # fmt: skip


def read(text: str | bytes) -> list[object]:
    return list(read_remittances(text.encode() if isinstance(text, str) else text))


def claims(text: str) -> list[RemittedClaim]:
    return [one for one in read(text) if isinstance(one, RemittedClaim)]


def faults(text: str | bytes) -> list[tuple[str, str, str | None]]:
    source = io.BytesIO(text.encode() if isinstance(text, str) else text)
    return [(fault.code, fault.segment, fault.element) for fault in check(source)]


def test_a_payment_is_read_with_who_pays_whom_when_and_how():
    (payment,) = (one for one in read(an_835("180", VISIT)) if isinstance(one, Payment))
    assert (payment.amount, payment.method, payment.paid_on) == (Decimal(180), "ACH", date(2026, 12, 1))
    assert (payment.trace_number, payment.originator) == ("EFT1001", "1512345678")
    assert (payment.payer.name, list(payment.payer.ids)) == ("MEDICARE PART B", ["MCAREB"])
    assert list(payment.payee.ids) == ["1234567893", "621234567"]
    assert (payment.interchange_control_number, payment.control_number) == ("000000777", "0001")


def test_a_claim_is_read_with_its_lines_adjustments_remarks_and_dates():
    (claim,) = claims(an_835("180", VISIT))
    assert (claim.patient_control_number, claim.status, claim.payer_claim_control_number) == ("PCN1", "1", "ICN1")
    assert (claim.charged, claim.paid, claim.patient_responsibility) == (Decimal("237.5"), Decimal(180), Decimal(20))
    visit, ecg = claim.lines
    assert (visit.qualifier, visit.code, visit.modifiers, visit.units) == ("HC", "99214", ("25",), 1)
    assert list(visit.adjustments) == [
        Adjustment("CO", "45", Decimal(20), None), Adjustment("PR", "2", Decimal(20), None)
    ]  # fmt: skip
    assert (visit.amount("B6"), visit.day("472"), visit.control_number) == (Decimal(160), date(2026, 11, 16), "1")
    assert (ecg.remarks, claim.remarks) == (("N130",), ("N130",))
    assert claim.faults == []


def test_several_reasons_and_quantities_stand_in_one_cas():
    claim, = claims(an_835("0", a_claim("A", "4", "30", "0", cas=["PR*1*10*1*2*15**3*5*2"], patient="30")))  # fmt: skip
    assert list(claim.adjustments) == [
        Adjustment("PR", "1", Decimal(10), Decimal(1)),
        Adjustment("PR", "2", Decimal(15), None),
        Adjustment("PR", "3", Decimal(5), Decimal(2)),
    ]
    assert claim.faults == []


def test_the_providers_account_is_told_apart_from_the_claims():
    text = an_835("150", VISIT, plb=["WO:ICN0*40", "FB:1*-10*L6*-5*72:CHK9*5"])
    found = [one for one in read(text) if isinstance(one, ProviderAdjustment)]
    assert [(one.reason, one.reference, one.amount) for one in found] == [
        ("WO", "ICN0", 40), ("FB", "1", -10), ("L6", "", -5), ("72", "CHK9", 5)
    ]  # fmt: skip
    assert found[0].period_end == date(2026, 12, 31)
    (end,) = (one for one in read(text) if isinstance(one, PaymentEnd))
    # 180 for the claim less 40 - 10 - 5 + 5
    assert (end.claims, end.claims_paid, end.provider_adjusted, end.is_balanced) == (1, 180, 30, True)


def test_several_payments_in_one_file_stay_apart():
    text = in_interchange(
        a_set("180", VISIT), a_set("0", a_claim("B", "4", "10", "0", cas=["CO*29*10"]), control_number="0002")
    )
    kinds = [type(one).__name__ for one in read(text)]
    assert kinds == ["Payment", "RemittedClaim", "PaymentEnd", "Payment", "RemittedClaim", "PaymentEnd"]


def test_remarks_of_moa_and_mia_belong_to_the_claim():
    moa = a_claim("A", "1", "10", "10", more=["MOA***MA01**N18"])
    mia = a_claim("B", "1", "10", "10", more=["MIA*0***10*MA02***************N1*M2"])
    assert [claim.remarks for claim in claims(an_835("20", moa, mia))] == [("MA01", "N18"), ("MA02", "N1", "M2")]


BALANCES = [
    ("*140**1", "*139**1", [("service-balance", "SVC", None)]),
    ("*237.5*180*", "*237.5*181*", [("claim-balance", "CLP", None), ("payment-balance", "BPR", "BPR02")]),
    ("CLP*PCN1*1*237.5*", "CLP*PCN1*1*238.5*", [("claim-balance", "CLP", None), ("claim-total", "CLP", "CLP03")]),
    ("BPR*I*180*", "BPR*I*180.01*", [("payment-balance", "BPR", "BPR02")]),
    ("*180*20*MB*", "*180*25*MB*", [("patient-responsibility", "CLP", "CLP05")]),
    ("PLB*1234567893*20261231*WO:1*1", "PLB*1234567893*20261231*WO:1*2", [("payment-balance", "BPR", "BPR02")]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), BALANCES)
def test_what_does_not_balance_is_told_and_not_dropped(old: str, new: str, expected: list[tuple[str, str, str | None]]):
    text = an_835("179" if "PLB" in old else "180", VISIT, plb=["WO:1*1"] if "PLB" in old else ())
    assert faults(text) == []
    broken = text.replace(old, new)
    assert broken != text
    assert faults(broken) == expected
    assert len(claims(broken)) == 1


def test_a_fault_says_where():
    text = an_835("180", VISIT).replace("*140**1", "*139**1")
    (fault,) = claims(text)[0].faults
    assert fault.position.offset == text.index("SVC*HC:99214")
    # ST, BPR, TRN, DTM, N1, N3, N4, PER, N1, REF, LX, CLP, NM1, SVC
    assert fault.position.segment == 14


def test_a_reversal_takes_back_and_balances():
    reversal = a_claim("PCN1", "22", "-237.5", "-180", cas=["CO*45*-37.5", "PR*2*-20"])
    assert faults(an_835("-180", reversal)) == []
    assert claims(an_835("-180", reversal))[0].is_reversal


def test_a_predetermination_pays_nothing_and_need_not_balance():
    assert faults(an_835("0", a_claim("A", "25", "500", "0"))) == []


ELEMENTS = [
    ("*180*20*MB*", "*1x0*20*MB*", ("element-number", "CLP", "CLP04")),
    ("CAS*CO*45*20~", "CAS*CO*45*20.001~", ("element-number", "CAS", "CAS03")),
    ("DTM*472*20261116~CAS", "DTM*472*20261316~CAS", ("element-date", "DTM", "DTM02")),
    ("CLP*PCN1*1*237.5*", "CLP*PCN1*1**", ("element-missing", "CLP", "CLP03")),
    ("REF*6R*1~", "XYZ*6R*1~", ("segment-unknown", "XYZ", None)),
    ("LX*1~", "AMT*B6*1~LX*1~", ("segment-unexpected", "AMT", None)),
    ("SE*", "SE*1", ("set-count", "SE", "SE01")),
]


@pytest.mark.parametrize(("old", "new", "expected"), ELEMENTS)
def test_an_element_or_segment_that_cannot_be_is_told_and_the_rest_goes_on(
    old: str, new: str, expected: tuple[str, str, str | None]
):
    text = an_835("180", VISIT).replace(old, new, 1)
    assert expected in faults(text)
    assert [len(claim.lines) for claim in claims(text)] == [2]


def test_missing_trailers_cost_nothing_but_are_told():
    text = an_835("180", VISIT).split("SE*")[0]
    assert claims(text)[0].is_whole
    (end,) = (one for one in read(text) if isinstance(one, PaymentEnd))
    assert (end.is_balanced, end.is_whole) == (True, False)
    assert [code for code, *_ in faults(text)] == ["set-trailer", "group-trailer", "interchange-trailer"]


def test_a_file_that_breaks_off_in_a_claim_leaves_it_marked():
    text = an_835("180", VISIT).split("SVC*HC:93000")[0].encode() + b"SVC*\x00"
    found = read(text)
    (claim,) = (one for one in found if isinstance(one, RemittedClaim))
    assert not claim.is_whole
    assert any(isinstance(one, Fault) and one.code == "text" for one in found)


@pytest.mark.parametrize("marks", ["|^}\n", "*>U~"])
def test_other_separators_and_line_ends_change_nothing(marks: str):
    text = an_835("180", VISIT)
    other = text.translate(str.maketrans("*:^~", marks)).encode()
    for content in (other, b"\xef\xbb\xbf" + other, text.replace("~", "~\r\n").encode()):
        (claim,) = (one for one in read(content) if isinstance(one, RemittedClaim))
        assert [line.modifiers for line in claim.lines] == [("25",), ()]
        assert not [one for one in read(content) if isinstance(one, Fault)]


def test_a_file_without_an_835_is_none():
    with pytest.raises(NotARemittance):
        read(in_interchange(["ST*999*0001", "SE*2*0001"]))
    with pytest.raises(X12Error):
        read("%PDF-1.7")


def test_memory_does_not_grow_with_the_file():
    def peak(count: int) -> int:
        claim = "".join(f"{segment}~" for segment in VISIT).encode()
        head, tail = an_835("180", ["MARK"]).encode().split(b"MARK~")
        stream = io.BytesIO(head + claim * count + tail)
        tracemalloc.start()
        assert sum(isinstance(one, RemittedClaim) for one in read_remittances(stream)) == count
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(1_500) < 1.5 * peak(500)


def test_a_claim_without_end_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.submission.domain.x12.reading.remittance._LARGEST_CLAIM", 400_000)

    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += 1
            head = an_835("1", ["CLP*A*1*1*1"]).split("GE*")[0].rsplit("SE*", 1)[0].encode()
            return head if self.given == 1 else b"REF*EA*1~" * 7_000

    stream = Endless()
    found = list(read_remittances(stream))  # type: ignore[arg-type]  # a stream is what has `read`
    assert stream.given < 15
    assert any(isinstance(one, Fault) and one.code == "text" for one in found)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 1_000))
def test_junk_in_the_middle_raises_nothing_and_tells_nothing_of_a_patient(junk: bytes, place: int):
    text = an_835("180", VISIT).replace("DOE", "SECRETNAME").encode()
    content = text[: 110 + place] + junk + text[110 + place :]
    found: list[object] = []
    with suppress(NotARemittance):
        found.extend(read_remittances(content))
    for one in found:
        for fault in [one] if isinstance(one, Fault) else getattr(one, "faults", []):
            assert "SECRETNAME" not in fault.message


amounts = st.integers(0, 999_999).map(lambda cents: Decimal(cents) / 100)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(amounts, amounts, amounts, st.booleans()), min_size=1, max_size=6), st.booleans())
def test_oxedi_reads_the_same_amounts_and_finds_the_same_imbalances(
    drawn: list[tuple[Decimal, Decimal, Decimal, bool]], other_total: bool
):
    made = []
    for number, (paid, written_off, owed, unbalanced) in enumerate(drawn):
        charged = str(paid + written_off + owed)
        line = a_service("99213", charged, str(paid + unbalanced), f"CO*45*{written_off}", f"PR*2*{owed}")
        made.append(a_claim(f"P{number}", "1", charged, str(paid), line, patient=str(owed)))
    text = an_835(str(sum((paid for paid, *_ in drawn), Decimal(0)) + other_total), *made)
    theirs, ours = oxedi.parse(text.encode()), claims(text)
    assert theirs.count_claims() == len(ours)
    assert sum((claim.paid for claim in ours), Decimal(0)) + other_total == theirs.sum_payments()
    found = [code for code, *_ in faults(text)]
    unbalanced_loops = [found.rule for found in theirs.diagnostics if found.kind == "BalanceMismatch"]
    assert len(found) == len(unbalanced_loops) == sum(unbalanced for *_, unbalanced in drawn) + other_total
    assert set(found) <= {"service-balance", "payment-balance"}


def test_what_stands_behind_the_last_element_of_a_segment_is_told():
    text = an_835("10", a_claim("A", "1", "10", "10", cas=["PR*1*0"]), plb=["WO:1*0" + "*WO:1*0" * 5 + "*WO:1*9"])
    text = text.replace("CAS*PR*1*0", "CAS*PR*1*0" + "**1*0" * 5 + "**1*9")
    found = faults(text)
    assert ("element-unexpected", "CAS", "CAS20") in found
    assert ("element-unexpected", "PLB", "PLB15") in found


SAMPLES = Path(os.environ.get("REVCYCLE_REFERENCE", Path(__file__).parents[7] / "shared")) / "samples" / "x12"
OF_LINUX = "835/x12__src_tests_resources_835_005010X221A1_"
NO_CONTACT, NO_DATE = "segment-missing PER", "element-missing BPR"
"""PER*BL and BPR16, which errata A1 require."""
NO_CODE, TOO_LONG = "element-missing SVC", "element-too-long SVC"


@pytest.mark.reference
@pytest.mark.parametrize(
    ("file", "expected"),
    [
        # 138,018.40 + 11,980.33 + 1.27 of PLB are 150,000. TS309 and TS311 are not used in 5010.
        ("835/x12__demo-file_demo.835", [NO_CONTACT, *["element-unexpected TS3"] * 4]),
        ("835/pyx12__pyx12_tests_835_mult_loops.txt", []),
        # BPR16 is 20002316.
        (OF_LINUX + "managed-care.835", ["element-date BPR", NO_CONTACT]),
        # ISA16 is a colon, and SVC01 has other separators.
        (OF_LINUX + "secondary-payment.835", [NO_DATE, NO_CONTACT, *[TOO_LONG, NO_CODE] * 2]),
        (OF_LINUX + "cob-contractural-adjustment.835", [NO_DATE, NO_CONTACT, TOO_LONG, NO_CODE]),
        # An element is missing in SVC: SVC02 is 24599.00.
        (
            OF_LINUX + "tertiary-payment.835",
            [NO_DATE, NO_CONTACT, "claim-total CLP", NO_CODE, "element-too-short SVC", NO_CODE, "service-balance SVC"],
        ),
        # Of 22 segments SE01 counts 24; BPR10 has five characters of ten.
        ("pair/00455.20260830165653.000006.ERA.835.edi", ["element-too-short BPR", NO_CONTACT, "set-count SE"]),
    ],
)
def test_public_samples_are_read_and_their_faults_are_told(file: str, expected: list[str]):
    if not SAMPLES.is_dir():
        pytest.skip("the public X12 samples are not beside the checkout (REVCYCLE_REFERENCE)")
    found = faults((SAMPLES / file).read_bytes())
    told = [f"{code} {segment}" for code, segment, _ in found if code != "patient-responsibility"]
    assert sorted(told) == sorted(expected)
