"""What rejections have in common, and the rule that it comes to. Shapes and conditions by hand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scrubber.domain.rules.book import RuleBook, compile_rule
from services.scrubber.domain.rules.rule import FindingAction, Rule, RuleContent
from services.submission.domain.learning import Evidence, Fingerprint, ValuePattern, fingerprints, suggestion
from services.submission.domain.resubmission import AnyClaim
from shared.claims import PayerStatus, Rejection
from tests.builders import ClaimBuilder, a_professional_claim, a_professional_line, a_subscriber, commercial
from tests.fixtures.tokens import Clock

DAY = date(2026, 11, 24)
EVIDENCE = Evidence(claims=5, accepted=120, wrongly_stopped=1, first_seen=DAY, last_seen=DAY)


def rejected(status: str, builder: ClaimBuilder | None = None, line: int | None = None) -> Fingerprint:
    category, code, *entity = status.split(":")
    found = PayerStatus(
        category=category,
        status=code,
        entity=entity[0] if entity else None,
        level="line" if line else "claim",
        line_number=line,
    )
    rejection = Rejection(source="277CA", statuses=(found,), received_on=DAY)
    (fingerprint,) = fingerprints(rejection, (builder or a_professional_claim()).build())
    return fingerprint


def with_member(member_id: str, **coverage: str | None) -> ClaimBuilder:
    return a_professional_claim().with_coverages(commercial(subscriber=a_subscriber(member_id), **coverage))


def test_a_member_id_is_known_by_its_shape_alone():
    fingerprint = rejected("A7:164:IL", with_member("QX-7731"))
    assert fingerprint.pointer == "/coverages/billed/subscriber/member_id"
    assert fingerprint.pattern == ValuePattern(kind="shape", text="AA?9999")
    assert "QX" not in fingerprint.model_dump_json()


def test_a_code_that_names_nobody_is_known_by_itself():
    fingerprint = rejected("A7:145:85", a_professional_claim().with_billing(taxonomy="208D00000X"))
    assert fingerprint.pattern == ValuePattern(kind="exact", text="208D00000X")


def test_what_is_missing_is_known_as_that():
    assert rejected("A6:562:82", a_professional_claim().but(rendering=None)).pattern == ValuePattern(kind="missing")
    assert rejected("A6:252").pointer == "/coverages/billed/prior_authorization"


@pytest.mark.parametrize("status", ["A3:54", "A8:178", "A7:187", "A7:453", "A7:9999:Z9"])
def test_no_pattern_is_seen_where_no_text_is_meant(status: str):
    assert rejected(status).pattern is None


def test_the_same_fault_on_another_line_or_of_another_patient_is_the_same_fingerprint():
    lines = (a_professional_line(), a_professional_line("99214"))
    of_first, of_second = (rejected("A7:507", a_professional_claim().with_lines(*lines), line=n) for n in (1, 2))
    assert of_first.pointer == of_second.pointer == "/lines/line/procedure"
    assert rejected("A7:164:IL", with_member("QX77")).id == rejected("A7:164:IL", with_member("ZZ01")).id
    assert rejected("A7:164:IL", with_member("QX77")).id != rejected("A7:164:IL", with_member("QX775")).id


def test_only_a_277ca_teaches():
    status = PayerStatus(category="A7", status="511", level="claim")
    ours = Rejection(source="writer", statuses=(status,), received_on=DAY)
    assert fingerprints(ours, a_professional_claim().build()) == ()


def test_the_rule_says_its_evidence_and_its_condition():
    rule = suggestion(rejected("A7:164:IL", with_member("QX77")), "Member id", EVIDENCE)
    assert rule.condition == ("size(billed.subscriber.member_id) == 4 && billed.subscriber.member_id >= 'A'")
    assert "5 claims" in rule.description
    assert "Of 120 claims that this payer accepted it would have stopped 1" in rule.description
    assert rule.effective == date(2025, 11, 23)


CASES = [
    rejected("A7:164:IL", with_member("QX77")),
    rejected("A7:164:IL", with_member("77QX")),
    rejected("A7:145:85", with_member("QX77").with_billing(taxonomy="208D00000X")),
    rejected("A6:562:82", with_member("QX77").but(rendering=None)),
    rejected("A6:252", with_member("QX77")),
    rejected("A7:507", with_member("QX77"), line=1),
    rejected("A7:249", with_member("QX77")),
]


def as_scrubber_rule(fingerprint: Fingerprint) -> RuleBook:
    rule = suggestion(fingerprint, "words", EVIDENCE)
    action = FindingAction(kind="finding", severity="error", message=rule.message, pointer=rule.pointer)
    content = RuleContent(
        name=rule.name, payers=rule.payers, kinds=rule.kinds, each=rule.each, condition=rule.condition, action=action,
        effective=rule.effective,
    )  # fmt: skip
    drafted = Rule.drafted("trial", content, "ana", Clock()())
    return RuleBook.of("trial", [compile_rule(drafted.model_copy(update={"status": "active"}))])


BOOKS = [as_scrubber_rule(fingerprint) for fingerprint in CASES]


@settings(max_examples=60, deadline=None)
@given(
    member=st.text(st.sampled_from("QZ07-x"), min_size=1, max_size=5),
    taxonomy=st.sampled_from(["208D00000X", "207Q00000X", None]),
    authorization=st.sampled_from([None, "AUTH1"]),
    procedure=st.sampled_from(["99213", "99214"]),
    place=st.sampled_from(["11", "22"]),
)
def test_the_scrubber_judges_as_the_evidence_was_counted(
    member: str, taxonomy: str | None, authorization: str | None, procedure: str, place: str
):
    claim: AnyClaim = (
        with_member(member, prior_authorization=authorization)
        .with_billing(taxonomy=taxonomy)
        .with_lines(a_professional_line(procedure), a_professional_line("99215"))
        .but(place_of_service=place)
        .build()
    )
    for fingerprint, book in zip(CASES, BOOKS, strict=True):
        assert bool(book.judge(claim, as_of=DAY).matches) == fingerprint.is_on(claim), fingerprint
