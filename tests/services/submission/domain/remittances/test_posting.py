"""What an adjudicated claim does to an account. Expected amounts by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.submission.domain.denials import denial_of
from services.submission.domain.remittances.documents import remitted_document
from services.submission.domain.remittances.posting import (
    Account,
    Entry,
    Former,
    Posting,
    account,
    decisions,
    entries_of,
    outcome,
    post,
)
from services.submission.domain.x12.reading import read_remittances
from services.submission.domain.x12.reading.advice import RemittedClaim
from tests.services.submission.remittances import a_claim, a_service, an_835

DAY = date(2026, 12, 1)
LINE = a_service("99213", "125", "80", "CO*45*25", "PR*2*20")


def read(*segments: str | list[str], **fields: str) -> RemittedClaim:
    """The claim as it stands in a file."""
    text = an_835("0", a_claim(*segments, **fields))  # type: ignore[arg-type]  # as they are given
    (claim,) = (one for one in read_remittances(text.encode()) if isinstance(one, RemittedClaim))
    return claim


def posted(claim: RemittedClaim, name: str = "first", payer: str = "MCAREB") -> Former:
    entries = post(claim, (), DAY).entries
    return Former(name, claim.payer_claim_control_number, claim.charged, claim.paid, entries, payer)


def sums_of(charge: int, *standing: Former, is_first_payer: bool = True) -> Account:
    entries = [entry for one in standing for entry in one.entries]
    return account(Decimal(charge), entries, standing, is_first_payer=is_first_payer)


PAID = read("A", "1", "125", "80", LINE, patient="20")
REVERSED = read("A", "22", "-125", "-80", a_service("99213", "-125", "-80", "CO*45*-25", "PR*2*-20"))


def test_each_group_has_its_kind_and_each_line_its_number():
    claim = read(
        "A", "1", "100", "10", a_service("99213", "100", "10", "CO*45*20", "PI*94*30", "OA*121*15", "PR*1*25", line="2")
    )
    assert list(entries_of(claim, DAY)) == [
        Entry("payment", "", "", 2, Decimal(10)), Entry("contractual", "CO", "45", 2, Decimal(20)),
        Entry("payer_initiated", "PI", "94", 2, Decimal(30)), Entry("other", "OA", "121", 2, Decimal(15)),
        Entry("patient", "PR", "1", 2, Decimal(25)),
    ]  # fmt: skip


def test_what_is_taken_off_the_claim_as_a_whole_is_off_the_payment_too():
    # 005010X221A1 example 2: 800 charged, 500 for the line, 50 off the claim (A2), 450 paid
    claim = read("A", "1", "800", "450", a_service("99211", "800", "500", "PR*1*300"), cas=["CO*A2*50"], patient="300")
    entries = list(entries_of(claim, DAY))
    assert sum(entry.amount for entry in entries if entry.kind == "payment") == 450
    assert sum(entry.amount for entry in entries) == 800


def test_interest_is_beside_the_claim():
    claim = read("A", "1", "125", "80", LINE, more=["AMT*I*3.21"])
    sums = sums_of(125, posted(claim))
    assert (sums.interest, sums.open, sums.of_payers) == (Decimal("3.21"), 20, 0)


def test_what_an_earlier_payer_paid_counts_once():
    primary = read("A", "1", "125", "80", LINE, patient="20")
    secondary = read("A", "2", "125", "15", a_service("99213", "125", "15", "OA*23*105", "PR*2*5"), patient="5")
    sums = sums_of(125, posted(primary), posted(secondary, payer="MEDIGAP"))
    assert (sums.paid, sums.contractual, sums.open, sums.patient, sums.of_payers) == (95, 25, 5, 5, 0)


def test_a_reversal_undoes_the_former_posting_exactly():
    former = posted(PAID)
    posting = post(REVERSED, [former], DAY)
    assert (posting.effect, posting.undoes) == ("reversed", "first")
    assert posting.entries == tuple(entry.opposite for entry in former.entries)


def test_of_two_postings_a_reversal_means_that_of_its_number_at_the_payer():
    other = read("A", "1", "125", "80", LINE, patient="20", payer_number="ICN2")
    assert post(REVERSED, [posted(PAID, "first"), posted(other, "second")], DAY).undoes == "first"


@pytest.mark.parametrize(
    ("former", "flag"),
    [([], "reversal_of_nothing"), ([posted(read("A", "1", "125", "70", cas=["CO*45*55"]))], "reversal_differs")],
)
def test_a_reversal_of_something_else_is_posted_as_it_stands_and_flagged(former: list[Former], flag: str):
    posting = post(REVERSED, former, DAY)
    assert (posting.effect, posting.undoes, posting.flags) == ("posted", None, (flag,))
    assert sum(entry.amount for entry in posting.entries) == -125


def test_what_does_not_balance_is_posted_as_stated_and_its_difference_stays_open():
    claim = read("A", "1", "125", "80", a_service("99213", "125", "80", "CO*45*15", "PR*2*20"), patient="20")
    posting = post(claim, (), DAY)
    assert (posting.effect, posting.flags) == ("posted", ("unbalanced",))
    assert sums_of(125, posted(claim)).of_payers == 10


def test_what_is_denied_stays_open_and_is_no_write_off():
    claim = read("A", "1", "225", "80", LINE, a_service("93000", "100", "0", "CO*50*90", "CO*45*10", line="2"))
    sums = sums_of(225, posted(claim))
    assert (sums.contractual, sums.denied, sums.open, sums.patient, sums.of_payers) == (35, 90, 110, 20, 90)


def test_a_predetermination_is_noted():
    assert post(read("A", "25", "500", "0"), (), DAY) == Posting("noted")


OUTCOMES = [
    (PAID, "paid"),
    # An encounter under capitation; a secondary payer to whom the first left nothing.
    (read("A", "1", "125", "0", a_service("99213", "125", "0", "CO*24*125")), "paid"),
    (read("A", "2", "125", "0", a_service("99213", "125", "0", "OA*23*125")), "paid"),
    (read("A", "1", "125", "0"), "denied"),
    (read("A", "1", "125", "0", a_service("99213", "125", "0", "PR*1*125"), patient="125"), "paid"),
    (read("A", "4", "125", "0", a_service("99213", "125", "0", "CO*29*125")), "denied"),
    (read("A", "4", "125", "0", a_service("99213", "125", "0", "PR*204*125"), patient="125"), "denied"),
    (read("A", "1", "125", "0", a_service("99213", "125", "0", "CO*97*125")), "denied"),
]


@pytest.mark.parametrize(("claim", "expected"), OUTCOMES)
def test_a_deductible_that_takes_all_is_no_denial(claim: RemittedClaim, expected: str):
    assert outcome(claim, claim.paid, DAY) == expected


def test_after_a_reversal_the_claim_is_what_still_stands():
    assert (outcome(REVERSED, Decimal(0), DAY), outcome(REVERSED, Decimal(80), DAY)) == ("denied", "paid")


def test_of_a_claim_to_the_second_payer_what_the_first_decided_is_off():
    # 125 charged; the first payer paid 80 and wrote off 25 (OA 23 105); the second pays 15 of the 20 left
    second = read("A", "2", "125", "15", a_service("99213", "125", "15", "OA*23*105", "PR*2*5"), patient="5")
    sums = sums_of(125, posted(second), is_first_payer=False)
    assert (sums.prior_payers, sums.paid, sums.open, sums.patient, sums.of_payers) == (105, 15, 5, 5, 0)


PARTS = (
    read("A", "1", "125", "80", LINE, patient="20", payer_number="ICN1"),
    read("A", "4", "100", "0", a_service("93000", "100", "0", "CO*50*100", line="2"), payer_number="ICN2"),
)


def test_parts_into_which_a_payer_splits_a_claim_are_one_decision():
    sums = sums_of(225, posted(PARTS[0], "1"), posted(PARTS[1], "2"))
    assert (sums.paid, sums.contractual, sums.patient, sums.denied, sums.open) == (80, 25, 20, 100, 120)
    assert outcome(PARTS[1], Decimal(80), DAY, [posted(PARTS[0])]) == "paid"
    assert outcome(PARTS[1], Decimal(0), DAY) == "denied"


def test_whoever_decides_on_the_whole_claim_again_decides_anew():
    # The second time the payer pays 90 and leaves 10 to the patient: 20 of the first time are no longer owed.
    again = read("A", "1", "125", "90", a_service("99213", "125", "90", "CO*45*25", "PR*2*10"), patient="10")
    assert [len(parts) for parts in decisions(Decimal(125), [posted(PAID, "1"), posted(again, "2")])] == [1, 1]
    assert sums_of(125, posted(PAID, "1"), posted(again, "2")).patient == 10


def test_a_reversal_that_takes_nothing_back_exactly_lowers_what_it_means_and_ends_it():
    back = read("A", "22", "-125", "-70", cas=["CO*45*-35", "PR*2*-20"])
    anew = read("A", "1", "125", "90", a_service("99213", "125", "90", "CO*45*25", "PR*2*10"), patient="10")
    before = [posted(PAID, "1"), Former("2", "ICN1", back.charged, back.paid, tuple(entries_of(back, DAY)), "MCAREB")]
    # 80 less 70 paid, 25 less 35 written off, 20 less 20 the patient's: the whole charge is open but for nothing.
    sums = sums_of(125, *before)
    assert (sums.paid, sums.contractual, sums.patient, sums.open) == (10, -10, 0, 125)
    assert [len(parts) for parts in decisions(Decimal(125), [*before, posted(anew, "3")])] == [2, 1]


def test_what_was_forwarded_undecided_decides_nothing():
    claim = read("A", "23", "125", "0", a_service("99213", "125", "0", "OA*B11*125"))
    assert post(claim, (), DAY) == Posting("noted", flags=("forwarded_undecided",))


cents = st.integers(0, 100_000).map(lambda amount: Decimal(amount) / 100)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(cents, cents, cents), min_size=1, max_size=5))
def test_a_payment_and_its_reversal_leave_the_account_as_it_was(lines: list[tuple[Decimal, Decimal, Decimal]]):
    def services(sign: int) -> list[list[str]]:
        return [
            a_service("99213", str(sign * sum(line)), str(sign * line[0]), f"CO*45*{sign * line[1]}",
                      f"PR*2*{sign * line[2]}", line=str(number))
            for number, line in enumerate(lines, 1)
        ]  # fmt: skip

    charged, paid = sum(map(sum, lines), Decimal(0)), sum((line[0] for line in lines), Decimal(0))
    first = read("A", "1", str(charged), str(paid), *services(1))
    back = read("A", "22", str(-charged), str(-paid), *services(-1))
    posting = post(back, [posted(first)], DAY)
    sums = account(charged, [*posted(first).entries, *posting.entries], ())
    assert (sums.open, sums.paid, sums.contractual) == (charged, 0, 0)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.text("*~:^-.0129ACX ", max_size=6)), min_size=1, max_size=5))
def test_no_file_however_broken_stops_the_posting(changes: list[tuple[int, str]]):
    more = ["AMT*AU*-1", "AMT*I*2", "MOA***N1", "DTM*050*20261120"]
    whole = a_claim("A", "22", "-125", "-80", LINE, cas=["CO*45*25**2*1"], more=more)
    text = an_835("80", whole, plb=["WO:1*2"])
    begin = text.index("CLP")
    for place, junk in changes:
        text = text[: begin + place] + junk + text[begin + place + len(junk) :]
    for said in read_remittances(text.encode()):
        if isinstance(said, RemittedClaim):
            posting = post(said, [posted(PAID)], DAY)
            assert posting.effect in ("posted", "reversed", "held", "noted")
            outcome(said, Decimal(0), DAY)
            denial_of(said, DAY)
            remitted_document(said)
