"""The loader of the ICD-10-PCS definitions, on a small file in the layout of CMS's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.tables import Tables
from shared.tables.catalogue import Catalogue
from shared.tables.errors import RefusedFile
from shared.tables.formats import Asked
from shared.tables.icd10pcs_definitions import DEFINITIONS, DefinitionRow, definition
from shared.tables.loading import load

AT = datetime(2026, 10, 1, 8, tzinfo=UTC)
DAY = date(2026, 11, 24)
GOOD = """<?xml version="1.0" encoding="utf-8"?>
<ICD10PCS.definitions>
  <version>2027</version>
  <title>ICD-10-PCS Definitions</title>
  <section code="0">
    <title>Medical and Surgical</title>
    <axis pos="3">
      <title>Operation</title>
      <terms>
        <title>Alteration</title>
        <definition>Modifying the anatomic structure of a body part without affecting its function</definition>
        <explanation>Principal purpose is to improve appearance</explanation>
        <includes>Face lift, breast augmentation</includes>
      </terms>
    </axis>
    <axis pos="4">
      <title>Body Part</title>
      <terms>
        <title>Abdomen Muscle, Left</title>
        <title>Abdomen Muscle, Right</title>
        <includes>External oblique muscle</includes>
        <includes>Rectus abdominis muscle</includes>
      </terms>
    </axis>
  </section>
  <deviceAggregation>
    <aggregate><device>Autologous Arterial Tissue</device></aggregate>
  </deviceAggregation>
</ICD10PCS.definitions>
"""


def loaded(folder: Path, text: str) -> Tables:
    file = folder / "icd10pcs_definitions_2027.xml"
    file.write_text(text, encoding="utf-8")
    catalogue = Catalogue(folder / "tables")
    load(file, catalogue, Asked(), AT)
    return Tables([(release, catalogue.path(release)) for release in catalogue.releases()])


def test_an_operation_is_defined_with_what_it_includes(tmp_path: Path):
    tables = loaded(tmp_path, GOOD)
    assert tables.release(DEFINITIONS, DAY).name == "FY2027"
    assert definition(tables, "0", 3, "alteration", DAY) == DefinitionRow(
        "Operation",
        "Alteration",
        "Modifying the anatomic structure of a body part without affecting its function",
        "Principal purpose is to improve appearance",
        ("Face lift, breast augmentation",),
    )


def test_terms_with_several_titles_are_for_each_of_them(tmp_path: Path):
    tables = loaded(tmp_path, GOOD)
    for label in ("Abdomen Muscle, Left", "Abdomen Muscle, Right"):
        found = definition(tables, "0", 4, label, DAY)
        assert found is not None
        assert (found.label, found.includes) == (label, ("External oblique muscle", "Rectus abdominis muscle"))
    assert definition(tables, "0", 4, "Liver", DAY) is None
    assert definition(tables, "1", 3, "Alteration", DAY) is None


@pytest.mark.parametrize(
    ("good", "bad", "at", "reason"),
    [
        ("<title>Alteration</title>", "", "<terms>", "has no <title>"),
        (
            "Abdomen Muscle, Right",
            "Abdomen Muscle, Left",
            "<terms>\n        <title>Abdomen",
            "defined here and on line",
        ),
        ('<axis pos="4">', "<axis>", "<axis>", "has no pos"),
        ('<section code="0">', "<section>", "<section>", "has no code"),
        ("<includes>Rectus abdominis muscle</includes>", "<include/>", "<include/>", "<include> is not known"),
    ],
)
def test_what_cms_does_not_publish_so_is_refused_with_its_line(
    tmp_path: Path, good: str, bad: str, at: str, reason: str
):
    wrong = GOOD.replace(good, bad)
    with pytest.raises(RefusedFile, match=reason) as refused:
        loaded(tmp_path, wrong)
    assert refused.value.line == wrong[: wrong.index(at)].count("\n") + 1


def test_a_file_that_defines_nothing_or_is_cut_off_is_refused(tmp_path: Path):
    with pytest.raises(RefusedFile, match="defines nothing"):
        loaded(tmp_path, "<ICD10PCS.definitions><version>2027</version></ICD10PCS.definitions>")
    with pytest.raises(RefusedFile, match="cut off"):
        loaded(tmp_path, GOOD[:900])
