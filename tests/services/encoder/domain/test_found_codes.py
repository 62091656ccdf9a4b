"""Hits shown as codes of a day and by category: titles and days are those of the order files of NCHS and CMS."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.encoder.domain.found_codes import FoundCode, grouped, ranked, standing
from services.encoder.domain.search.hits import Filters, Hit, Reason
from services.encoder.domain.terms.point import NamedSystem
from shared.tables import Tables

DAY = date(2026, 11, 20)
ON_DAY = Filters(day=DAY)


def hit(
    code: str,
    *,
    system: NamedSystem = "icd10cm",
    billable: bool = True,
    led_from: str = "",
    reason: Reason = Reason.CODE,
) -> Hit:
    return Hit(system=system, code=code, billable=billable, title="", reason=reason, text=code, led_from=led_from)


def test_a_code_comes_with_its_title_its_days_and_why_it_was_found(embedded_tables: Tables) -> None:
    [found] = ranked([hit("I219", reason=Reason.SYNONYM)], embedded_tables, DAY)
    assert (found.description, found.billable) == ("Acute myocardial infarction, unspecified", True)
    assert found.valid_from == date(2017, 10, 1)  # FY2018 addendum
    assert (found.reason.kind, found.reason.text) == (Reason.SYNONYM, "I219")


def test_codes_are_grouped_by_category_the_likeliest_first(embedded_tables: Tables) -> None:
    groups = list(grouped([hit("J441"), hit("I10"), hit("J449")], embedded_tables, ON_DAY))
    assert [(group.category.code if group.category else None, codes(group.codes)) for group in groups] == [
        ("J44", ["J441", "J449"]),
        ("I10", ["I10"]),
    ]
    assert groups[0].category is not None
    assert groups[0].category.description == "Other chronic obstructive pulmonary disease"
    assert not groups[0].more


def test_below_a_heading_that_was_found_stand_its_billable_codes(embedded_tables: Tables) -> None:
    """J44.8 became a heading on 2023-10-01."""
    [group] = grouped([hit("J448", billable=False)], embedded_tables, ON_DAY)
    assert codes(group.codes) == ["J4481", "J4489"]
    [led] = grouped([hit("J4489", led_from="J448")], embedded_tables, ON_DAY)
    assert codes(led.codes) == ["J4489", "J4481"]


def test_below_a_heading_stand_codes_of_the_patient_only(embedded_tables: Tables) -> None:
    """Z00.1 is of newborns and children, Z00.0 of adults: ages of the Medicare Code Editor."""
    [group] = grouped([hit("Z00", billable=False)], embedded_tables, Filters(day=DAY, age=40))
    assert {"Z0000", "Z0001"} <= set(codes(group.codes))
    assert not {"Z00110", "Z00111", "Z00121", "Z00129"} & set(codes(group.codes))


def test_of_a_large_category_the_first_codes_are_shown(embedded_tables: Tables) -> None:
    [group] = grouped([hit("S7234", led_from="S72", billable=False)], embedded_tables, ON_DAY)
    assert (len(group.codes), group.more) == (25, True)


def test_codes_that_do_not_stand_on_the_day_are_passed_over(embedded_tables: Tables) -> None:
    """U07.1 came on 2020-04-01."""
    [kept] = ranked([hit("U071"), hit("I10")], embedded_tables, date(2020, 3, 31))
    assert kept.code == "I10"


def test_level_two_codes_have_no_category(embedded_tables: Tables) -> None:
    day = date(2026, 5, 1)
    [group] = grouped([hit("J0120", system="hcpcs"), hit("G0008", system="hcpcs")], embedded_tables, Filters(day=day))
    assert (group.category, codes(group.codes)) == (None, ["J0120", "G0008"])
    assert standing(embedded_tables, "hcpcs", "Z9999", day) is None


def codes(found: Sequence[FoundCode]) -> list[str]:
    return [each.code for each in found]
