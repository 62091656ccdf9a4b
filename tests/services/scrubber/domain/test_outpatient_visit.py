"""The edits of the I/OCE against its own table of edits."""

from __future__ import annotations

import re
from datetime import date

import pytest

from services.scrubber.domain.edits import all_edits
from shared.tables import Tables, ioce
from tests.services.scrubber.cases import AS_OF, a_scrubber
from tests.services.scrubber.domain.edits.outpatient_code_editor import visit

DAY = date(2026, 6, 15)
NUMBERED = {edit.id: edit for edit in all_edits().edits if re.search(r"edit \d+", edit.source) and "ioce" in edit.id}
ANSWERS = {"LID": ("LID", "CARC"), "LIR": ("LIR", "CARC"), "RTP": ("RTP",), "SUS": ("SUS",), "CR": ("CR",)}


@pytest.mark.parametrize("edit", NUMBERED.values(), ids=NUMBERED)
def test_an_edit_answers_and_weighs_as_the_ioce_disposes_of_it(embedded_tables: Tables, edit):
    number = re.search(r"edit (\d+)", edit.source)
    row = ioce.edit(embedded_tables, int(number[1]), DAY).row
    assert edit.predicted.startswith(ANSWERS[row.disposition])
    assert edit.severity == ("warning" if row.disposition == "SUS" else "error")


def test_a_finding_says_the_edit_its_disposition_and_the_release():
    found = a_scrubber().examine(visit(("99213", "0510")).build(), tenant="north", as_of=AS_OF).report.findings
    assert found[0].evidence == {
        "code": "99213", "day": "2026-06-15", "indicator": "B",
        "edit": "62", "disposition": "RTP", "table": "I/OCE 2026Q2",
    }  # fmt: skip


@pytest.mark.parametrize("modifier", ["GX", "GY", "GZ"])
def test_a_line_for_which_a_denial_is_asked_is_not_told_of_it(modifier):
    claim = visit(("0329T", "0920", {"modifiers": [modifier]})).build()
    report = a_scrubber().examine(claim, tenant="north", as_of=AS_OF).report
    assert "ioce-non-covered" not in {finding.edit_id for finding in report.findings}
