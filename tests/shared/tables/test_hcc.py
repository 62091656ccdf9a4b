"""Condition categories of a fresh install, against what CMS published."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tables import NoRelease, Tables, hcc

V28 = "CMS-HCC V28"
SERVICE = date(2025, 6, 1)


@pytest.mark.parametrize(
    ("diagnosis", "model", "day", "expected"),
    [
        # CMS, 2027 Initial ICD-10-CM Mappings (2026 days of service) and 2026 Midyear Final (2025).
        ("E1165", V28, date(2026, 11, 24), ("38",)),
        ("I509", V28, date(2026, 11, 24), ("226",)),
        ("I509", V28, SERVICE, ("226",)),
        ("E119", "CMS-HCC ESRD V24", SERVICE, ("19",)),
        ("E119", V28, SERVICE, ("38",)),
        ("I509", "CMS-HCC V24", SERVICE, ("85",)),
        ("I10", V28, SERVICE, ()),
        # V24 is no model of payment year 2027 any more.
        ("I509", "CMS-HCC V24", date(2026, 11, 24), ()),
    ],
)
def test_a_diagnosis_has_the_categories_of_the_payment_year_that_counts_it(
    embedded_tables: Tables, diagnosis: str, model: str, day: date, expected: tuple[str, ...]
) -> None:
    assert hcc.hccs(embedded_tables, diagnosis, model, day) == expected


def test_the_release_names_the_payment_year(embedded_tables: Tables) -> None:
    names = [embedded_tables.release(hcc.DIAGNOSES, date(year, 7, 1)).name for year in (2024, 2025, 2026)]
    assert names == ["PY2025-initial", "PY2026", "PY2027-initial"]


def test_a_year_of_service_that_no_mapping_counts_is_said(embedded_tables: Tables) -> None:
    with pytest.raises(NoRelease):
        hcc.hccs(embedded_tables, "I509", V28, date(2027, 1, 1))


def test_two_categories_of_one_diagnosis(embedded_tables: Tables) -> None:
    # Diabetes with chronic complications (18) and chronic kidney disease of an unspecified stage (139).
    assert hcc.categories(embedded_tables, "E0822", SERVICE)["CMS-HCC ESRD V21"] == ("18", "139")


def test_labels_are_those_of_the_model(embedded_tables: Tables) -> None:
    # CMS, model software V28115L3 and V24H86L1.
    assert hcc.label(embedded_tables, V28, "38", SERVICE) == (
        "Diabetes with Glycemic, Unspecified, or No Complications"
    )
    assert hcc.label(embedded_tables, "CMS-HCC V24", "19", SERVICE) == "Diabetes without Complication"
    assert hcc.label(embedded_tables, V28, "999", SERVICE) is None


def test_a_severe_category_drops_the_milder(embedded_tables: Tables) -> None:
    # Announcement of CY2024 Medicare Advantage rates, table of the V28 hierarchies: 36 drops 37 and 38.
    assert hcc.dropped(embedded_tables, V28, "36", SERVICE) == ("37", "38")
    assert hcc.after_hierarchies(embedded_tables, V28, ("36", "38", "226"), SERVICE) == {"36", "226"}


def test_coefficients_of_a_payment_year(embedded_tables: Tables) -> None:
    # Announcement of CY2024 Medicare Advantage rates, table VII-1 (V28, community, non-dual, aged).
    assert hcc.coefficient(embedded_tables, V28, "CNA_HCC38", SERVICE) == Decimal("0.166")
    assert hcc.coefficient(embedded_tables, V28, "cna_f65_69", SERVICE) == Decimal("0.33")
    assert hcc.coefficient(embedded_tables, V28, "CNA_HCC999", SERVICE) is None


def test_proposed_and_undivided_coefficients_are_not_carried(embedded_tables: Tables) -> None:
    assert not embedded_tables.carries(hcc.COEFFICIENTS, date(2026, 6, 1))
    models = {key.rpartition(" ")[0] for key, _rows in embedded_tables.on(hcc.COEFFICIENTS, SERVICE).store.items()}
    assert not any(model.startswith("RxHCC") for model in models)


def test_a_visit_makes_a_claim_count_and_a_laboratory_test_does_not(embedded_tables: Tables) -> None:
    # CMS, Medicare risk adjustment eligible CPT/HCPCS codes: office visits are in, laboratory (80048) is not.
    assert hcc.is_eligible(embedded_tables, "99213", date(2026, 6, 1))
    assert not hcc.is_eligible(embedded_tables, "80048", date(2026, 6, 1))


@given(found=st.sets(st.sampled_from(["35", "36", "37", "38", "221", "222", "226", "326", "327", "328"])))
def test_hierarchies_only_take_away_and_settle_at_once(embedded_tables: Tables, found: set[str]) -> None:
    kept = hcc.after_hierarchies(embedded_tables, V28, found, SERVICE)
    assert kept <= found
    assert bool(kept) == bool(found)
    assert hcc.after_hierarchies(embedded_tables, V28, kept, SERVICE) == kept


def test_every_category_of_a_mapping_has_a_label(embedded_tables: Tables) -> None:
    store = embedded_tables.on(hcc.DIAGNOSES, SERVICE).store
    used = {(row.model, row.hcc) for _key, rows in store.items() for row in rows if row.model == V28}
    assert len(used) == 115  # payment HCCs of V28
    assert [one for one in sorted(used) if hcc.label(embedded_tables, *one, SERVICE) is None] == []
