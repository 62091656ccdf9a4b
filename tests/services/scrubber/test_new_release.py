"""A release that is loaded while the scrubber runs judges the next claim."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from shared.tables import ReferenceTables
from shared.tables.folders import embedded_folder
from tests.builders import a_professional_claim
from tests.services.scrubber.cases import AS_OF, a_scrubber
from tests.shared.tables.order_files import CM_2022, loaded


def test_the_next_claim_is_judged_by_a_code_set_that_was_loaded_meanwhile(tmp_path: Path):
    tables = ReferenceTables([embedded_folder(), tmp_path / "tables"], look_every=0.0)
    scrubber = dataclasses.replace(a_scrubber(), tables=tables)
    claim = a_professional_claim().build()
    before = scrubber.examine(claim, tenant="north", as_of=AS_OF).report
    assert before.findings == ()
    loaded(tmp_path, {"icd10cm-order-2027.txt": CM_2022})  # an edition that lacks the claim's diagnosis
    after = scrubber.examine(claim, tenant="north", as_of=AS_OF).report
    assert [finding.edit_id for finding in after.findings] == ["diagnosis-not-valid"]
    assert after.table_releases["icd10cm"] == "ICD-10-CM FY2027"
