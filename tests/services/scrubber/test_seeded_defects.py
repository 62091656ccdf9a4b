"""Every defect that is put into a clean claim is found, by the edit that its rule names, and by no other error.

`python -m bench.defects` puts each into more claims and prints the recall.
"""

from __future__ import annotations

import io

import orjson
import pytest

from revcycle.scrub_files import write_findings
from tests.services.scrubber.cases import AS_OF, a_scrubber
from tests.services.scrubber.seeded import Seeded, claims, facilities, files, services
from tests.services.scrubber.seeded.files import SpoiltFile

OF_EACH = 2
ROWS_OF_OTHERS = {11, 13, 16, 34}
"""Who is enrolled, who is routed, who is eligible: only the payer or the clearinghouse knows."""
NOT_OF_ONE_CLAIM = {36}
"""A duplicate of a claim that went before: `domain/edits/duplicates.py` has its cases."""
NOT_TO_BE_SEEN = {59}
"""Whether a service was given elsewhere than at the biller's; its NPI and ZIP code are those of rows 15 and 20."""


@pytest.mark.parametrize("defect", [*claims.DEFECTS, *services.DEFECTS, *facilities.DEFECTS], ids=str)
def test_a_defect_is_found_and_nothing_else_is_an_error(defect: Seeded):
    for spoilt in defect.spoilt(OF_EACH):
        found = a_scrubber().examine(spoilt.claim, tenant="north", as_of=spoilt.on).report.findings
        assert defect.edit in {finding.edit_id for finding in found}, spoilt.seed
        errors = {finding.edit_id for finding in found if finding.severity == "error"}
        assert errors - defect.also <= {defect.edit}, spoilt.seed


@pytest.mark.parametrize("file", files.SPOILT_FILES, ids=str)
def test_a_defect_of_a_file_has_the_answer_that_the_other_side_would_send(file: SpoiltFile):
    assert file.answer in answers(file.spoilt)


@pytest.mark.parametrize("content", [files.PROFESSIONAL, files.INSTITUTIONAL], ids=["837P", "837I"])
def test_the_files_are_clean_before(content: bytes):
    assert answers(content) == []


def test_every_row_of_the_list_of_front_end_edits_has_a_defect():
    rows = {defect.row for defect in (*claims.DEFECTS, *services.DEFECTS, *facilities.DEFECTS, *files.SPOILT_FILES)}
    assert set(range(1, 73)) - rows == ROWS_OF_OTHERS | NOT_OF_ONE_CLAIM | NOT_TO_BE_SEEN


def answers(content: bytes) -> list[str | None]:
    written: list[bytes] = []
    write_findings(io.BytesIO(content), a_scrubber(), AS_OF, written.append, "json")
    return [finding["predicted"] for line in written for finding in orjson.loads(line)["findings"]]
