from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from shared.tables.fetching.errors import UnknownSource
from shared.tables.fetching.sources import Source, chosen, read_sources, sources
from shared.tables.registry import TABLES

DAY = date(2026, 11, 24)


def named(name: str) -> Source:
    [source] = [source for source in sources() if source.name == name]
    return source


def test_every_table_that_a_source_brings_is_known() -> None:
    brought = {table for source in sources() for table in source.tables}
    assert brought <= set(TABLES)


def test_every_source_can_be_fetched_or_says_why_not() -> None:
    assert [s.name for s in sources() if not (s.by_hand or s.files or s.link)] == []
    assert [s.name for s in sources() if s.by_hand and (s.files or s.link)] == []


def test_nothing_is_said_to_be_checked_that_was_not() -> None:
    """The addresses are known from references; whoever sees one answer writes the day down."""
    assert {source.checked for source in sources()} == {None}


@pytest.mark.parametrize(
    ("source", "day", "release", "address"),
    [
        # As CMS and NCHS named them, by public references to the files of these releases.
        ("hcpcs", date(2026, 7, 1), "2026Q3", "july-2026-alpha-numeric-hcpcs-file.zip"),
        (
            "ncci-ptp-hospital",
            date(2026, 10, 1),
            "2026Q4",
            "medicare-ncci-2026-q4-hospital-ptp-edits-ccioph-v323r0-f1.zip",
        ),
        (
            "ncci-ptp-practitioner",
            date(2025, 12, 31),
            "2025Q4",
            "medicare-ncci-2025-q4-practitioner-ptp-edits-ccipra-v313r0-f1.zip",
        ),
        (
            "ncci-mue-dme",
            date(2026, 5, 1),
            "2026Q2",
            "medicare-ncci-2026-q2-dme-supplier-services-mue-table.zip",
        ),
        ("physician-fees", date(2026, 10, 2), "2026Q4", "rvu26d.zip"),
        ("ipps-table-5", date(2026, 10, 1), "FY2027", "fy2027-ipps-fr-table-5.zip"),
        ("icd10cm-codes", date(2026, 9, 30), "FY2026", "icd10cm-code-descriptions-2026.zip"),
        ("taxonomy", date(2025, 10, 1), "251", "nucc_taxonomy_251.csv"),
        ("taxonomy", date(2026, 3, 31), "251", "nucc_taxonomy_251.csv"),
        ("taxonomy", date(2026, 4, 1), "260", "nucc_taxonomy_260.csv"),
    ],
)
def test_patterns_are_filled_in_for_the_release_of_a_day(source: str, day: date, release: str, address: str) -> None:
    wanted = named(source).on(day)
    assert wanted.release == release
    assert wanted.files[0][0].endswith(f"/{address}")


def test_a_file_in_parts_has_an_address_for_each() -> None:
    parts = [addresses[0][-6:] for addresses in named("ncci-ptp-practitioner").on(DAY).files]
    assert parts == ["f1.zip", "f2.zip", "f3.zip", "f4.zip"]


@pytest.mark.parametrize(
    ("source", "link"),
    [
        ("physician-fees", "/files/zip/rvu26d-updated-09-30-2026.zip"),
        (
            "ncci-ptp-practitioner",
            "/license/ama?file=/files/zip/medicare-ncci-2026q4-practitioner-ptp-edits-ccipra-v323r1-f2.zip",
        ),
        ("icd10pcs-codes", "/files/zip/2027-icd-10-pcs-order-file-long-and-abbreviated-titles-updated-12/19/2026.zip"),
        ("ncci-add-on", "/files/zip/aoc_v2026q4-mcr.zip"),
    ],
)
def test_links_with_more_words_in_the_name_are_recognised(source: str, link: str) -> None:
    pattern = named(source).on(DAY).link
    assert pattern is not None
    assert pattern.search(link)


def test_links_of_another_release_are_not() -> None:
    pattern = named("physician-fees").on(DAY).link
    assert pattern is not None
    assert not pattern.search("/files/zip/rvu26c.zip")


def test_a_source_is_chosen_by_its_name_its_table_or_its_family() -> None:
    assert [source.name for source in chosen(["hcpcs"], sources())] == ["hcpcs"]
    assert [source.name for source in chosen(["ncci.mue.dme"], sources())] == ["ncci-mue-dme"]
    assert {source.name for source in chosen(["ncci.ptp"], sources())} == {"ncci-ptp-practitioner", "ncci-ptp-hospital"}
    assert chosen([], sources()) == sources()
    with pytest.raises(UnknownSource, match="nonsense"):
        chosen(["hcpcs", "nonsense"], sources())


@pytest.mark.parametrize("page", ["http://www.cms.gov/codes", "https://cms.example.org/codes"])
def test_an_address_that_is_not_the_authoritys_own_stops_the_start(page: str) -> None:
    content: dict[str, Any] = {
        "authorities": {"cms": {"name": "CMS", "hosts": ["www.cms.gov"]}},
        "licences": {"public": {"terms": "free"}},
        "sources": [
            {
                "name": "codes",
                "title": "Codes",
                "authority": "cms",
                "licence": "public",
                "tables": [],
                "release": "quarter",
                "page": page,
                "checked": None,
            }
        ],
    }
    with pytest.raises(ValueError, match="not an HTTPS address"):
        read_sources(content)
