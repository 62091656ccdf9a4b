"""What the I/OCE knows, out of the package that carries its data files. Expected values: CMS, as each test says."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tables import NoRelease, Tables, ioce
from shared.tables.ioce import WordingRow, row_on

FIRST, LAST = date(2019, 7, 1), date(2026, 6, 30)
DAY = date(2025, 2, 3)

# National Correct Coding Initiative Policy Manual for Medicare, chapter I, section E: NCCI PTP-associated modifiers.
NCCI_ASSOCIATED = (
    {f"{place}{number}" for place in "FT" for number in "A123456789"}
    | {"E1", "E2", "E3", "E4", "LT", "RT", "LC", "LD", "LM", "RC", "RI"}
    | {"24", "25", "57", "58", "78", "79", "27", "59", "91", "XE", "XS", "XP", "XU"}
)


@pytest.mark.parametrize("table", ioce.TABLES, ids=lambda table: str(table.name))
def test_every_table_answers_from_2019q3_to_2026q2_and_no_further(embedded_tables: Tables, table: object) -> None:
    """The last quarter of the package is 2026Q2, though its own last row runs on for ten years."""
    carried = [release for release in embedded_tables.releases() if release.table == getattr(table, "name", "")]
    assert [(release.name, release.covers_from, release.covers_through) for release in carried] == [
        ("2026Q2", FIRST, LAST)
    ]


def test_a_day_outside_is_said_to_be_so(embedded_tables: Tables) -> None:
    for day in (FIRST - timedelta(days=1), LAST + timedelta(days=1)):
        with pytest.raises(NoRelease, match="it is carried from 2019-07-01 to 2026-06-30"):
            ioce.procedure(embedded_tables, "99213", day)


def test_the_indicators_of_a_code_are_those_of_its_day(embedded_tables: Tables) -> None:
    """OPPS final rules: 27447 left the inpatient-only list with 2018, 27130 with 2020."""
    assert indicator(embedded_tables, "27130", date(2019, 12, 31)) == "C"
    assert indicator(embedded_tables, "27130", date(2020, 1, 1)) == "J1"
    assert indicator(embedded_tables, "27447", date(2019, 12, 31)) == "J1"


def indicator(tables: Tables, code: str, day: date) -> str | None:
    row = ioce.procedure(tables, code, day).row
    return row.status_indicator if row else None


def test_a_code_without_a_row_is_not_valid_on_the_day(embedded_tables: Tables) -> None:
    """99201 was deleted from CPT with 2021."""
    assert ioce.procedure(embedded_tables, "99201", date(2020, 12, 31)).row is not None
    answer = ioce.procedure(embedded_tables, "99201", date(2021, 1, 1))
    assert (answer.row, answer.release.name) == (None, "2026Q2")


def test_what_medicare_does_not_cover_is_on_a_list(embedded_tables: Tables) -> None:
    """A9270 is what CMS has providers report for an item or service that it does not cover."""
    covered, excluded = (ioce.procedure(embedded_tables, code, DAY).row for code in ("29881", "A9270"))
    assert covered is not None
    assert covered.is_covered
    assert covered.bilateral == "conditional"
    assert excluded is not None
    assert not excluded.is_covered


def test_a_code_may_be_approved_within_a_quarter(embedded_tables: Tables) -> None:
    """FDA authorised the first COVID-19 vaccine on 2020-12-11, and ended the monovalent one's use on 2023-04-18."""
    row = ioce.procedure(embedded_tables, "0001A", date(2020, 12, 1)).row
    assert row is not None
    assert row.edit_for_period(date(2020, 12, 10)) is not None
    assert row.edit_for_period(date(2020, 12, 11)) is None
    ended = ioce.procedure(embedded_tables, "0001A", date(2023, 7, 1)).row
    assert ended is not None
    assert (ended.edit_for_period(date(2023, 4, 17)), ended.edit_for_period(date(2023, 7, 1))) == (None, "69")


def test_an_apc_has_its_rate_of_the_day_in_dollars(embedded_tables: Tables) -> None:
    """Addendum A of CY2025: APC 5113, J1, $3,244.61; APC 5012, $128.87."""
    row = ioce.apc(embedded_tables, "5113", DAY).row
    assert row is not None
    assert (row.status_indicator, row.rate) == ("J1", Decimal("3244.61"))
    visit = ioce.apc(embedded_tables, "5012", DAY).row
    assert visit is not None
    assert visit.rate == Decimal("128.87")


def test_status_indicators_come_into_use(embedded_tables: Tables) -> None:
    """H1 and K1 are new in CY2025: section 4135 of the CAA, 2023, for non-opioid treatments."""
    assert ioce.status_indicator(embedded_tables, "K1", date(2024, 12, 31)).row is None
    assert ioce.status_indicator(embedded_tables, "K1", date(2025, 1, 1)).row is not None


def test_payment_indicators_have_words(embedded_tables: Tables) -> None:
    row = ioce.payment_indicator(embedded_tables, "9", DAY).row
    assert row is not None
    assert row.text.startswith("No additional payment")


def test_ncci_associated_modifiers_are_those_of_the_policy_manual(embedded_tables: Tables) -> None:
    store = embedded_tables.on(ioce.MODIFIERS, DAY).store
    associated = {modifier for modifier, rows in store.items() if (row := row_on(rows, DAY)) and row.ncci_associated}
    assert associated == NCCI_ASSOCIATED


def test_modifiers_have_their_uses(embedded_tables: Tables) -> None:
    """I/OCE specifications: 52, 73 and 74 bypass the device edit; GN, GO and GP are for therapy; CA for a death."""
    rows = {modifier: ioce.modifier(embedded_tables, modifier, DAY).row for modifier in ("73", "GP", "CA", "AS", "95")}
    uses = ("device_not_required", "therapy", "died_or_transferred", "assistant_surgeon", "telehealth")
    for use, (modifier, row) in zip(uses, rows.items(), strict=True):
        assert [name for name in uses if getattr(row, name)] == [use], modifier


def test_revenue_codes_have_four_digits(embedded_tables: Tables) -> None:
    """UB-04: 0450 emergency room. 0637, self-administrable drugs, is excluded by section 1861(s)(2)(B)."""
    emergency, drugs = (ioce.revenue(embedded_tables, code, DAY).row for code in ("0450", "0637"))
    assert emergency is not None
    assert emergency.recognised
    assert drugs is not None
    assert drugs.statutory_exclusion
    assert ioce.revenue(embedded_tables, "450", DAY).row is None


@pytest.mark.parametrize(
    ("code", "ages"), [("Z3800", (0, 0)), ("O80", (9, 64)), ("Z0000", (15, 124)), ("E119", (0, 124))]
)
def test_diagnoses_have_the_ages_of_the_medicare_code_editor(
    embedded_tables: Tables, code: str, ages: tuple[int, int]
) -> None:
    """Definitions of Medicare Code Edits, edit 4: perinatal 0; maternity 9 to 64 since v37; adult 15 to 124."""
    row = ioce.diagnosis(embedded_tables, code, DAY).row
    assert row is not None
    assert (row.minimum_age, row.maximum_age) == ages


def test_diagnoses_say_what_they_may_not_be(embedded_tables: Tables) -> None:
    """ICD-10-CM: F02.80 is in a manifestation category ("code first"); V00-Y99 are external causes."""
    dementia = ioce.diagnosis(embedded_tables, "F0280", DAY).row
    collision = ioce.diagnosis(embedded_tables, "V0001XA", DAY).row
    assert dementia is not None
    assert dementia.manifestation
    assert collision is not None
    assert collision.external_cause
    assert ioce.diagnosis(embedded_tables, "F0280X", DAY).row is None


@pytest.mark.parametrize(
    ("number", "name", "disposition"),
    [
        (1, "Invalid diagnosis code", "RTP"),
        (22, "Invalid modifier", "RTP"),
        (40, "Code2 of a code pair that would be allowed by NCCI if appropriate modifier were present", "LIR"),
        (86, "Manifestation code not allowed as principal diagnosis", "RTP"),
    ],
)
def test_edits_have_name_and_disposition(embedded_tables: Tables, number: int, name: str, disposition: str) -> None:
    """I/OCE specifications, table of edits and their dispositions."""
    row = ioce.edit(embedded_tables, number, DAY).row
    assert row is not None
    assert (row.name, row.disposition) == (name, disposition)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=8, unique=True), st.integers(0, 500))
def test_of_rows_that_follow_each_other_the_one_of_the_day_is_found(ends: list[int], offset: int) -> None:
    rows, first = [], FIRST
    for end in sorted(ends):
        rows.append(WordingRow(first, FIRST + timedelta(days=end), str(end)))
        first = rows[-1].last + timedelta(days=1)
    day = FIRST + timedelta(days=offset)
    expected = next((str(end) for end in sorted(ends) if offset <= end), None)
    found = row_on(rows, day)
    assert (found.text if found else None) == expected
