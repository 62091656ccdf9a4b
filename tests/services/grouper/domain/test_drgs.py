"""The list of MS-DRGs: what the definitions say of a DRG is what Table 5 says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.grouper.domain.drgs import DrgFilter, drg_on, drgs_on
from shared.tables import Tables, ipps

FY2026, FY2027 = date(2026, 4, 15), date(2026, 11, 20)
OF_NO_MDC = {"981", "982", "983", "987", "988", "989", "998", "999"}


@dataclass(frozen=True)
class WithoutTable5:
    """The tables of a day, as if Table 5 of its year were not loaded."""

    tables: Tables

    def carries(self, table: object, day: date) -> bool:
        return table is not ipps.DRGS and self.tables.carries(table, day)  # type: ignore[arg-type]  # passed on

    def __getattr__(self, name: str) -> object:
        return getattr(self.tables, name)


def test_mdc_and_type_are_those_of_table_5(embedded_tables: Tables) -> None:
    # CMS-1833-F, Table 5, FY2026 final rule.
    by_table = {drg.drg: (drg.mdc, drg.type) for drg in drgs_on(embedded_tables, FY2026, DrgFilter())}
    untold: Tables = WithoutTable5(embedded_tables)  # type: ignore[assignment]  # it stands in for them
    by_definitions = {drg.drg: (drg.mdc, drg.type) for drg in drgs_on(untold, FY2026, DrgFilter())}
    assert by_table.keys() == by_definitions.keys()
    assert {drg for drg, place in by_table.items() if by_definitions[drg] != place} == OF_NO_MDC - {"998", "999"}
    assert all(by_definitions[drg] == (None, None) for drg in OF_NO_MDC)


def test_a_drg_of_a_year_without_table_5_has_its_mdc_and_no_weight(embedded_tables: Tables) -> None:
    found = drg_on(embedded_tables, "291", FY2027)
    assert found is not None
    assert (found.mdc, found.type, found.weight, found.weights_release) == ("05", "MED", None, None)
    assert found.mdc_title == "Diseases and Disorders of the Circulatory System"


def test_a_filter_takes_what_fulfils_all_of_it(embedded_tables: Tables) -> None:
    heart_failure = drgs_on(embedded_tables, FY2027, DrgFilter(mdc="05", type="MED", text="heart FAILURE"))
    assert [drg.drg for drg in heart_failure] == ["291", "292", "293"]
    transplants = drgs_on(embedded_tables, FY2027, DrgFilter(mdc="PRE", text="heart transplant"))
    assert [drg.drg for drg in transplants] == ["001", "002"]


def test_the_list_is_in_order_and_begins_after_a_drg(embedded_tables: Tables) -> None:
    numbers = [drg.drg for drg in drgs_on(embedded_tables, FY2027, DrgFilter())]
    assert numbers == sorted(numbers)
    assert [drg.drg for drg in drgs_on(embedded_tables, FY2027, DrgFilter(), after="989")] == ["998", "999"]
