"""The coder's codes beside the auditor's, counted by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.encoder.domain.audits.comparing import Count, Family, compare
from services.encoder.domain.coding import ChartCodes

CODES = st.lists(st.sampled_from(["A419", "J189", "N179", "I10", "E119", "R6520"]), max_size=6, unique=True)


def codes(*diagnoses: str, **others: Any) -> ChartCodes:
    listed = [dict(zip(("code", "poa"), one.split(), strict=False)) for one in diagnoses]
    return ChartCodes.model_validate({"diagnoses": listed} | others)


def told(coded: ChartCodes, audited: ChartCodes) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.family, one.kind, one.coded, one.audited) for one in compare(coded, audited).differences]


def test_equal_codings_are_right_in_every_family() -> None:
    both = codes("J189 Y", "N179 N", procedures=[{"code": "0BH17EZ", "date": "2026-11-17"}])
    comparison = compare(both, both)
    assert comparison.record_right
    assert comparison.counts == {
        Family.PRINCIPAL: Count(should=1, right=1),
        Family.SECONDARY: Count(should=1, right=1),
        Family.PROCEDURE: Count(should=1, right=1),
        Family.PRESENT_ON_ADMISSION: Count(should=2, right=2),
    }
    assert comparison.codes.accuracy == Decimal("1.0000")


def test_a_missed_code_and_one_too_many() -> None:
    coded, audited = codes("J189", "N179", "E119"), codes("J189", "N179", "I10", "R6520")
    assert told(coded, audited) == [
        ("secondary_diagnosis", "missing", None, "I10"),
        ("secondary_diagnosis", "missing", None, "R6520"),
        ("secondary_diagnosis", "extra", "E119", None),
    ]
    comparison = compare(coded, audited)
    assert comparison.codes == Count(should=4, right=2, extra=1)  # J189 and N179 of the four that there should be
    assert comparison.codes.accuracy == Decimal("0.5000")
    assert [one.pointer for one in comparison.differences] == [
        "/diagnoses/2/code",
        "/diagnoses/3/code",
        "/diagnoses/2/code",
    ]


def test_two_that_changed_places_are_a_wrong_principal_and_two_differences_below() -> None:
    coded, audited = codes("J189", "A419"), codes("A419", "J189")
    assert told(coded, audited) == [
        ("principal_diagnosis", "changed", "J189", "A419"),
        ("secondary_diagnosis", "missing", None, "J189"),
        ("secondary_diagnosis", "extra", "A419", None),
    ]


def test_the_order_of_secondary_diagnoses_does_not_count() -> None:
    assert compare(codes("J189", "I10", "N179"), codes("J189", "N179", "I10")).record_right


def test_an_indicator_is_compared_where_both_have_the_code_and_stands_apart_from_codes() -> None:
    comparison = compare(codes("J189 Y", "N179 Y", "I10 Y"), codes("J189 Y", "N179 N", "E119 Y"))
    assert comparison.counts[Family.PRESENT_ON_ADMISSION] == Count(should=2, right=1)
    assert comparison.codes == Count(should=3, right=2, extra=1)
    [poa] = [one for one in comparison.differences if one.family is Family.PRESENT_ON_ADMISSION]
    assert (poa.coded, poa.audited, poa.pointer) == ("Y", "N", "/diagnoses/1/poa")


def test_a_procedure_done_twice_must_be_coded_twice() -> None:
    once = {"code": "02703ZZ", "date": "2026-11-17"}
    comparison = compare(codes("I2510", procedures=[once]), codes("I2510", procedures=[once, once]))
    assert comparison.counts[Family.PROCEDURE] == Count(should=2, right=1)


def test_lines_are_compared_with_their_modifiers() -> None:
    coded = codes("J189", lines=[{"charge_id": "L1", "procedure": "99213"}, {"charge_id": "L2", "procedure": "71046"}])
    audited = codes(
        "J189",
        lines=[
            {"charge_id": "L1", "procedure": "99213", "modifiers": ["25"]},
            {"charge_id": "L2", "procedure": "71046"},
        ],
    )
    assert told(coded, audited) == [("line", "changed", "99213", "99213-25")]
    assert compare(coded, audited).counts[Family.LINE] == Count(should=2, right=1)


def test_where_nothing_should_be_there_there_is_no_accuracy_but_what_is_too_much_shows() -> None:
    comparison = compare(codes("J189"), codes())
    assert comparison.codes == Count(should=0, right=0, extra=1)
    assert comparison.codes.accuracy is None
    assert not comparison.record_right


@given(CODES, CODES)
def test_what_is_right_is_never_more_than_what_should_be_there_and_differences_are_the_rest(
    coded: list[str], audited: list[str]
) -> None:
    comparison = compare(codes(*coded), codes(*audited))
    for family, count in comparison.counts.items():
        of_family = [one for one in comparison.differences if one.family is family]
        assert 0 <= count.right <= count.should
        assert sum(one.audited is not None for one in of_family) == count.should - count.right
    assert comparison.record_right == (coded[:1] == audited[:1] and set(coded) == set(audited))
