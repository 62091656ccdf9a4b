"""835s of the simulator: they follow the guide and add up, whatever is drawn; by the seed, always the same."""

from __future__ import annotations

from decimal import Decimal

import oxedi
import pytest

from services.simulator.domain.behaviour import Behaviour
from services.simulator.domain.clearinghouse import History, Outcome, process, read_interchange
from tests.builders import (
    ClaimBuilder,
    a_professional_claim,
    a_professional_line,
    an_institutional_claim,
    commercial,
)
from tests.services.simulator.interchanges import NOW, an_interchange
from tests.services.submission.oracles import pyx12_faults

VISIT = a_professional_claim().with_lines(
    a_professional_line("99213", "125.00"), a_professional_line("93000", "45.50", modifiers=["59"])
)


def sent(content: bytes, *, former: Outcome | None = None, **knobs: int) -> Outcome:
    behaviour = Behaviour(**{"payer_rejects": 0, "remitted": 1000, "denied": 0, "partly_denied": 0, "reversed": 0,
                             "recovered": 0} | knobs)  # fmt: skip
    return process(
        read_interchange(content),
        behaviour=behaviour,
        history=History(decisions=former.history.decisions if former else {}),
        already_used=False,
        at=NOW,
        first_control_number=1,
    )


def payments(outcome: Outcome) -> list[bytes]:
    return [answer.content for answer in outcome.answers if answer.kind == "835"]


def segments(content: bytes, name: str) -> list[list[str]]:
    return [row for text in content.decode().split("~") if (row := text.split("*"))[0] == name]


KNOBS: list[dict[str, int]] = [
    {}, {"denied": 1000}, {"partly_denied": 1000}, {"reversed": 1000}, {"recovered": 1000}, {"underpaid": 1000},
    {"denied": 300, "partly_denied": 300, "reversed": 500, "recovered": 500},
]  # fmt: skip


@pytest.mark.parametrize("knobs", KNOBS)
def test_every_payment_follows_the_guide_and_adds_up(knobs: dict[str, int]):
    # Each at another charge, for a service that comes twice is a duplicate.
    visits = [
        a_professional_claim().with_lines(
            a_professional_line("99213", f"{charge}.01"), a_professional_line("93000", "45.50", modifiers=["59"])
        )
        for charge in (120, 121, 122)
    ]
    for builders in (visits, [an_institutional_claim()]):
        found = payments(sent(an_interchange(*builders), **knobs))
        assert sum(len(segments(content, "CLP")) for content in found) >= len(builders)
        for content in found:
            assert pyx12_faults(content) == []
            assert [str(one) for one in oxedi.parse(content).diagnostics] == []


OF_PLAN = VISIT.with_coverages(commercial())


def again(frequency: str, payer_number: str, charge: str = "125.00") -> ClaimBuilder:
    """The visit once more, as a replacement or void of what the payer calls by its number."""
    lines = (a_professional_line("99213", charge), a_professional_line("93000", "45.50", modifiers=["59"]))
    coverage = commercial(payer_claim_control_number=payer_number)
    return OF_PLAN.with_coverages(coverage).with_lines(*lines).but(frequency=frequency)


def money(rows: list[list[str]]) -> list[tuple[str, str, Decimal, Decimal]]:
    """CLP01, CLP02, CLP03 and CLP04."""
    return [(row[1], row[2], Decimal(row[3]), Decimal(row[4])) for row in rows]


def test_a_void_takes_back_what_was_paid_to_the_cent_and_pays_nothing():
    first = sent(an_interchange(OF_PLAN))
    (paid,) = segments(payments(first)[0], "CLP")
    then = sent(
        an_interchange(a_professional_claim().with_coverages(commercial()), again("8", paid[7]), control_number=43),
        former=first,
    )
    (content,) = payments(then)
    assert pyx12_faults(content) == []
    rows = [row for row in segments(content, "CLP") if row[2] == "22"]
    assert money(rows) == [("PCN0001", "22", -Decimal(paid[3]), -Decimal(paid[4]))]
    lines = content.decode().split("CLP*PCN0001*22*")[1].split("CLP*")[0]
    assert [Decimal(row.split("*")[2]) for row in lines.split("~") if row.startswith("SVC*")] == [
        Decimal(-125), Decimal("-45.5")
    ]  # fmt: skip


def test_a_replacement_takes_back_the_claim_that_it_replaces_and_a_void_of_it_takes_back_the_replacement():
    first = sent(an_interchange(OF_PLAN))
    (paid,) = segments(payments(first)[0], "CLP")
    second = sent(an_interchange(again("7", paid[7], "200.00"), control_number=43), former=first)
    back, anew = segments(payments(second)[0], "CLP")
    assert money([back]) == [("PCN0001", "22", Decimal("-170.5"), -Decimal(paid[4]))]
    assert (anew[2], Decimal(anew[3])) == ("1", Decimal("245.5"))
    third = sent(an_interchange(again("8", anew[7], "200.00"), control_number=44), former=second)
    assert [Decimal(row[4]) for row in segments(payments(third)[0], "CLP")] == [-Decimal(anew[4])]


def test_what_was_taken_back_and_paid_less_is_voided_as_it_stands():
    first = sent(an_interchange(OF_PLAN), reversed=1000)
    *_, reduced = segments(payments(first)[1], "CLP")
    then = sent(an_interchange(again("8", reduced[7]), control_number=43), former=first)
    assert [Decimal(row[4]) for row in segments(payments(then)[0], "CLP")] == [-Decimal(reduced[4])]


def test_a_void_of_what_the_payer_never_decided_on_gets_no_payment():
    assert payments(sent(an_interchange(again("8", "P999999999999")))) == []


def test_nothing_is_remitted_unless_asked_for():
    assert payments(sent(an_interchange(VISIT), remitted=0)) == []


def test_the_same_seed_pays_the_same():
    first, second = (payments(sent(an_interchange(VISIT, VISIT), reversed=500)) for _ in range(2))
    assert first == second


def test_a_denied_claim_pays_nothing_and_says_why():
    (content,) = payments(sent(an_interchange(VISIT), denied=1000))
    (claim,) = segments(content, "CLP")
    assert claim[1:5] == ["PCN0001", "4", "170.5", "0"]
    assert [row[1] for row in segments(content, "CAS")] == ["CO", "CO"]
    assert segments(content, "BPR")[0][1:5] == ["H", "0", "C", "NON"]


def test_an_underpaid_claim_is_allowed_less_by_the_share_that_is_set():
    claim = an_interchange(a_professional_claim().with_lines(a_professional_line("99213", "200.00")))
    [usual] = segments(payments(sent(claim))[0], "AMT")
    [less] = segments(payments(sent(claim, underpaid=1000, underpaid_by=50))[0], "AMT")
    assert (usual[1], less[1]) == ("B6", "B6")
    assert Decimal(less[2]) == Decimal(usual[2]) / 2


def test_a_reversal_takes_back_what_was_paid_in_a_later_payment_and_pays_a_tenth_less():
    first, second = payments(sent(an_interchange(VISIT), reversed=1000))
    (paid,) = segments(first, "CLP")
    back, anew = segments(second, "CLP")
    assert (back[2], Decimal(back[4]), back[7]) == ("22", -Decimal(paid[4]), paid[7])
    assert Decimal(anew[4]) < Decimal(paid[4])
    # What would be less than nothing is carried forward: BPR02 0 = claims less FB
    (forward,) = segments(second, "PLB")
    assert Decimal(forward[4]) == Decimal(back[4]) + Decimal(anew[4])
    assert segments(second, "BPR")[0][2] == "0"
