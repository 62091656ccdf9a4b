"""The files of the small code sets: whole, dated, and without contradictions."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pytest
import yaml

from shared.tables.codes import code_set
from shared.tables.embedded.small_code_sets import SmallCodeSets, read_code_set
from shared.tables.errors import UnreadableTable

FILE = """
table: codes.admission_type
authority: NUBC
licence: codes
source: "CMS Pub 100-04 ch. 25"
release: "2020-01-01"
begins: 2000-01-01
entries:
"""


def rows(entries: str) -> list[tuple[str, date, date | None, str]]:
    reading = read_code_set("admission_type.yaml", (FILE + entries).encode())
    return [(code, row.first, row.last, row.label) for code, row in reading.rows]


def test_every_file_is_read_and_says_whose_it_is():
    readings = list(SmallCodeSets().read())
    assert len({reading.table.name for reading in readings}) == len(readings) >= 16
    assert all(reading.sources[0].name.partition(": ")[2] for reading in readings)


def test_every_file_names_the_authority_of_its_table_and_a_licence():
    for file in files("shared.tables").joinpath("small_code_sets").iterdir():
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert said["authority"] == code_set(said["table"]).authority, file.name
        assert said["licence"], file.name


def test_codes_stand_with_their_span_and_label():
    entries = (
        '  - {effective: 2000-01-01, codes: {"1": One}}\n  - {effective: 2001-01-01, through: 2002-01-01, codes: "2"}'
    )
    assert rows(entries) == [
        ("1", date(2000, 1, 1), None, "One"),
        ("2", date(2001, 1, 1), date(2002, 1, 1), ""),
    ]


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        (
            '  - {effective: 2000-01-01, codes: "1"}\n  - {effective: 2001-01-01, codes: "1"}',
            "two spans for 2001-01-01",
        ),
        ('  - {effective: 2001-01-01, through: 2000-12-31, codes: "1"}', "span that cannot be"),
        ('  - {effective: 1999-01-01, codes: "1"}', "span that cannot be"),
        ('  - {effective: 2021-01-01, codes: "1"}', "span that cannot be"),
        ("  - {effective: 2000-01-01, codes: {1: One}}", "not text"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(entries: str, reason: str):
    with pytest.raises(UnreadableTable, match=reason):
        rows(entries)
