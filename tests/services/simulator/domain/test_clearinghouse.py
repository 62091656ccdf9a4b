"""What an interchange gets for an answer. Codes by EDITS: TA1 and 999 by element, 277CA as category:status:entity."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from services.simulator.domain.behaviour import Behaviour
from services.simulator.domain.clearinghouse import History, Outcome, process, read_interchange
from tests.builders import (
    a_physician,
    a_professional_claim,
    a_professional_line,
    a_subscriber,
    an_address,
    an_institutional_claim,
    an_institutional_line,
    commercial,
    medicare,
)
from tests.services.simulator.interchanges import NOW, an_interchange, answers, statuses
from tests.services.submission.oracles import pyx12_faults
from tests.strategies import drawn_claims, professional_claims

FRIENDLY = Behaviour(payer_rejects=0)
NO_HISTORY = History()


def sent(
    content: bytes,
    behaviour: Behaviour = FRIENDLY,
    *,
    history: History = NO_HISTORY,
    already_used: bool = False,
) -> Outcome:
    return process(
        read_interchange(content),
        behaviour=behaviour,
        history=history,
        already_used=already_used,
        at=NOW,
        first_control_number=1,
    )


def kinds(outcome: Outcome) -> list[str]:
    return [answer.kind for answer in outcome.answers]


def claim_statuses(outcome: Outcome) -> list[list[str]]:
    """The statuses of each claim, in the order in which they were said."""
    found = answers(*(answer.content for answer in outcome.answers if answer.kind == "277CA"))
    return [statuses(answer) for answer in found if answer.scope == "claim"]


@pytest.mark.parametrize("builder", [a_professional_claim(), an_institutional_claim()])
def test_a_good_claim_is_received_and_then_taken_by_its_payer(builder: Any):
    outcome = sent(an_interchange(builder))
    assert kinds(outcome) == ["TA1", "999", "277CA", "277CA"]
    assert claim_statuses(outcome) == [["A1:19:40"], ["A2:20:PR"]]


def test_all_that_is_written_is_valid():
    claims = [a_professional_claim(), a_professional_claim().with_billing(npi="1234567890"), an_institutional_claim()]
    for content in (
        an_interchange(*claims[:2]),
        an_interchange(claims[2]),
        an_interchange().replace(b"~SE*30", b"~SE*9"),
    ):
        for answer in sent(content, Behaviour(payer_rejects=500)).answers:
            if answer.kind != "TA1":
                assert pyx12_faults(answer.content) == []


def test_the_payer_gives_a_number_of_its_own():
    found = answers(*(a.content for a in sent(an_interchange()).answers))
    (payer,) = (answer for answer in found if answer.verdict == "accepted")
    assert payer.payer_claim_control_number
    assert payer.trace_number
    assert payer.batch_reference == "0000000420001"


@pytest.mark.parametrize(
    ("spoil", "note"),
    [
        ((b"IEA*1*000000042", b"IEA*1*000000043"), "001"),
        ((b"IEA*1*", b"IEA*2*"), "021"),
        ((b"IEA*1*000000042~", b""), "023"),
        ((b"*ZZ*REVCYCLE ", b"*XX*REVCYCLE "), "005"),
        ((b"ISA*00*", b"ISA*09*"), "010"),
        ((b"*00501*", b"*00401*"), "017"),
        ((b"*T*:~", b"*X*:~"), "020"),
        ((b"BHT*0019", b"BHT*\x00019"), "022"),
        ((b"REVCYCLE       ", b"REVCYCLE"), "024"),
    ],
)
def test_an_envelope_that_is_wrong_gets_a_ta1_and_nothing_else(spoil: tuple[bytes, bytes], note: str):
    outcome = sent(an_interchange().replace(*spoil))
    assert (outcome.note, kinds(outcome)) == (note, ["TA1"])
    (answer,) = answers(outcome.answers[0].content)
    assert (answer.verdict, answer.interchange_control_number) == ("rejected", 42)


def test_a_used_control_number_is_a_duplicate():
    outcome = sent(an_interchange(), already_used=True)
    assert (outcome.note, outcome.claims) == ("025", 0)


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        ((b"SE*30*", b"SE*31*"), ["4"]),
        ((b"SE*30*0001", b"SE*30*0002"), ["3"]),
        ((b"SE*30*0001~", b""), ["2"]),
        ((b"11:B:1", b"11:A:1"), ["5"]),
        ((b"HL*2*1*22", b"HL*3*1*22"), ["5"]),
        ((b"N3*12 MAPLE STREET~", b"ZZZ*1~"), ["5"]),
        ((b"N3*12 MAPLE STREET~", b"N3*" + b"X" * 56 + b"~"), ["5"]),
        ((b"N3*12 MAPLE STREET~", b"N3*12 MAPLE STREET*~"), ["5"]),
    ],
)
def test_a_set_that_breaks_the_guide_gets_a_999(spoil: tuple[bytes, bytes], codes: list[str]):
    outcome = sent(an_interchange().replace(*spoil))
    assert kinds(outcome) == ["TA1", "999"]
    found = [answer for answer in answers(outcome.answers[1].content) if answer.scope == "transaction"]
    assert [s.status for s in found[0].statuses] == codes
    assert found[0].verdict == "rejected"


def test_a_999_says_where():
    outcome = sent(an_interchange().replace(b"11:B:1", b"11:A:1"))
    found = next(answer for answer in answers(outcome.answers[1].content) if answer.faults)
    (fault,) = found.faults
    assert (fault.segment, fault.position, fault.code) == ("CLM", 20, "8")
    assert [(e.element, e.component, e.code) for e in fault.elements] == [(5, 2, "7")]


def test_an_unknown_version_is_refused_with_its_group():
    outcome = sent(an_interchange().replace(b"005010X222A1", b"004010X098A1"))
    (group,) = (answer for answer in answers(outcome.answers[1].content) if answer.scope == "group")
    assert (group.verdict, [s.status for s in group.statuses]) == ("rejected", ["2"])


def with_line(**fields: Any) -> Any:
    return a_professional_claim().with_lines(a_professional_line(**fields))


@pytest.mark.parametrize(
    ("builder", "expected"),
    [
        (a_professional_claim().with_billing(npi=None), "A6:562:85"),
        (a_professional_claim().with_billing(npi="1234567890"), "A7:562:85"),
        (a_professional_claim().with_billing(tax_id=None), "A6:128:85"),
        (a_professional_claim().with_billing(tax_id="999999999"), "A7:128:85"),
        (a_professional_claim().with_billing(taxonomy="207R000000"), "A7:145:85"),
        (a_professional_claim().with_billing(address=an_address(line1="P.O. BOX 12")), "A7:503:85"),
        (a_professional_claim().with_billing(address=an_address(zip_code="37203")), "A7:500:85"),
        (
            a_professional_claim().with_coverages(commercial(payer={"name": "NOBODY", "payer_id": "NOBODY"})),
            "A7:153:PR",
        ),
        (a_professional_claim().with_coverages(medicare("B", subscriber=a_subscriber(member_id=None))), "A6:164:IL"),
        (a_professional_claim().with_coverages(medicare("B", subscriber=a_subscriber("W20045118"))), "A7:164:IL"),
        (
            a_professional_claim().with_coverages(medicare("B", subscriber=a_subscriber(birth_date="2030-01-01"))),
            "A7:158:IL",
        ),
        (a_professional_claim().but(total_charge="126.00"), "A8:178"),
        (a_professional_claim().but(total_charge="0.00"), "A7:178"),
        (a_professional_claim().but(frequency="7"), "A6:464"),
        (a_professional_claim().with_diagnoses(), "A6:254"),
        (a_professional_claim().with_diagnoses("I10", "I10"), "A7:255"),
        (a_professional_claim().with_diagnoses("X"), "A7:255"),
        (a_professional_claim().but(rendering=a_physician("1987654321")), "A7:562:82"),
        (
            a_professional_claim().but(
                service_facility={"organization": "CLINIC", "address": an_address(zip_code="37203")}
            ),
            "A7:500:77",
        ),
        (a_professional_claim().with_coverages(commercial()).with_lines(a_professional_line("70553")), "A6:252"),
        (an_institutional_claim().but(attending=None), "A6:562:71"),
        (an_institutional_claim().but(admission={"type": "1", "source": "1"}), "A6:189"),
        (an_institutional_claim().but(statement_through="2026-11-10"), "A7:188"),
        (an_institutional_claim().but(facility_type="0X"), "A7:228"),
    ],
)
def test_a_front_end_edit_refuses_a_claim_with_its_code(builder: Any, expected: str):
    said = claim_statuses(sent(an_interchange(builder)))
    assert len(said) == 1
    assert expected in said[0]


@pytest.mark.parametrize(
    ("builder", "expected"),
    [
        (with_line(procedure="9921"), "A7:507"),
        (with_line(modifiers=["25", "25"]), "A7:453"),
        (with_line(units="0"), "A7:476"),
        (with_line(pointers=[2]), "A8:477"),
        (with_line(pointers=[]), "A6:477"),
        (with_line(pointers=[1, 1]), "A7:477"),
        (with_line(service_from=None), "A6:187"),
        (with_line(service_from="2026-11-25"), "A7:510"),
        (an_institutional_claim().with_lines(an_institutional_line("12")), None),
        (an_institutional_claim().with_lines(an_institutional_line("XX12")), "A7:455"),
    ],
)
def test_a_line_at_fault_is_told_at_the_line(builder: Any, expected: str | None):
    said = claim_statuses(sent(an_interchange(builder)))
    assert said[0] == (["A3:247", expected] if expected else ["A1:19:40"])


def test_a_claim_is_refused_when_its_number_was_seen():
    first = sent(an_interchange())
    again = sent(an_interchange(control_number=43), history=first.history)
    assert claim_statuses(again) == [["A3:746"]]


def test_a_service_that_is_in_process_is_a_duplicate():
    claim = a_professional_claim()
    outcome = sent(an_interchange(claim, claim))
    assert ["A3:78"] in claim_statuses(outcome)


def test_a_service_that_the_payer_refused_is_none():
    first = sent(an_interchange(), Behaviour(payer_rejects=1000))
    corrected = an_interchange(a_professional_claim(), a_professional_claim().with_patient(sex="U"), control_number=43)
    history = History(frozenset(), first.history.services)
    assert ["A3:78"] not in claim_statuses(sent(corrected, history=history))[:1]


def test_the_payer_refuses_the_share_that_was_set_and_the_same_claims_every_time():
    content = an_interchange(*[a_professional_claim().with_patient(medical_record_number=f"M{n}") for n in range(60)])
    behaviour = Behaviour(payer_rejects=300)
    history = History()
    first, second = sent(content, behaviour, history=history), sent(content, behaviour, history=history)
    assert first == second
    other = sent(content, Behaviour(payer_rejects=300, seed=2), history=history)
    assert other.answers != first.answers


def test_payers_can_be_silent_late_repeated_and_first():
    content = an_interchange()
    assert len(claim_statuses(sent(content, Behaviour(payer_rejects=0, silent=1000)))) == 1
    late = sent(content, Behaviour(payer_rejects=0, late=1000, late_by_seconds=90))
    assert [answer.after for answer in late.answers] == [timedelta(0)] * 3 + [timedelta(seconds=90)]
    twice = sent(content, Behaviour(payer_rejects=0, repeated=1000))
    assert set(Counter(answer.content for answer in twice.answers[2:]).values()) == {2}
    first = sent(content, Behaviour(payer_rejects=0, out_of_order=1000))
    assert claim_statuses(first) == [["A2:20:PR"], ["A1:19:40"]]


def test_a_set_without_fault_can_be_refused_with_a_place_to_look_at():
    outcome = sent(an_interchange(a_professional_claim(), a_professional_claim()), Behaviour(refused_sets=1000))
    assert kinds(outcome) == ["TA1", "999"]
    assert pyx12_faults(outcome.answers[1].content) == []
    found = next(answer for answer in answers(outcome.answers[1].content) if answer.faults)
    (fault,) = found.faults
    assert (found.verdict, fault.segment, [(e.element, e.component, e.code) for e in fault.elements]) == (
        "rejected",
        "CLM",
        [(5, 3, "7")],
    )
    written = an_interchange(a_professional_claim(), a_professional_claim()).decode().split("~")[2:]
    assert written[fault.position - 1].startswith("CLM*")


def test_a_refused_set_that_comes_again_under_another_number_is_no_duplicate():
    first = sent(an_interchange(), Behaviour(refused_sets=1000))
    again = sent(an_interchange(control_number=43), history=first.history)
    assert claim_statuses(again) == [["A1:19:40"], ["A2:20:PR"]]


def test_the_clearinghouse_can_reject_what_its_edits_find_nothing_wrong_with():
    outcome = sent(an_interchange(), Behaviour(front_end_rejects=1000))
    assert kinds(outcome) == ["TA1", "999", "277CA"]
    ((status,),) = claim_statuses(outcome)
    assert status in {"A7:164:IL", "A7:562:82", "A7:255", "A6:500:85"}
    assert pyx12_faults(outcome.answers[2].content) == []


def test_one_payer_can_behave_otherwise_than_all():
    blue, other = (
        a_professional_claim().with_coverages(commercial(payer={"name": name, "payer_id": payer_id}))
        for name, payer_id in (("BLUE RIDGE MUTUAL", "BRM02"), ("KEYSTONE EMPLOYERS TRUST", "KET03"))
    )
    behaviour = Behaviour.model_validate({"payer_rejects": 0, "payers": {"BRM02": {"silent": 1000}}})
    outcome = sent(an_interchange(blue, other), behaviour)
    assert claim_statuses(outcome) == [["A1:19:40"], ["A1:19:40"], ["A2:20:PR"]]
    assert b"KEYSTONE" in outcome.answers[-1].content
    # What the payer's own behaviour leaves out is as for all: here the members are all known.
    assert behaviour.of("BRM02").payer_rejects == 0
    assert behaviour.of("BRM02").seed == behaviour.seed


def test_whatever_claims_come_each_is_answered_by_the_clearinghouse_once():
    claims = drawn_claims(professional_claims, 30)
    outcome = sent(an_interchange(*map(_Built, claims)))
    found = answers(outcome.answers[2].content)
    said = Counter(answer.patient_control_number for answer in found if answer.scope == "claim")
    assert outcome.claims == len(claims)
    assert set(said.values()) == {1}
    assert len(said) == len(claims)


class _Built:
    """A claim that is there already, in the place of a builder."""

    def __init__(self, claim: Any) -> None:
        self.claim = claim

    def but(self, **fields: Any) -> _Built:
        return _Built(self.claim.model_copy(update=fields))

    def build(self) -> Any:
        return self.claim
