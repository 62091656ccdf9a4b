"""Services of a visit by the names of the customer's files. CPT codes stand with invented words, not the AMA's."""

from __future__ import annotations

from datetime import date

import pytest

from services.encoder.domain.reading.procedures import ProceduresRead
from services.encoder.domain.reading.services import read_services
from services.encoder.domain.reading.suggestions import ReadChart
from shared.tables import Catalogue, Tables
from shared.tables.folders import embedded_folder
from tests.services.encoder.domain.reading.charts import a_document
from tests.shared.tables.formats.test_cpt import LIST, TITLES, text
from tests.shared.tables.quarterly_files import loaded, tables_of

DAY = date(2026, 5, 4)
INVENTED = (
    ("45378", "Colonoscopy"),
    ("45380", "Colonoscopy with biopsy"),
    ("45385", "Colonoscopy, removal of polyps by snare"),
    ("43235", "Esophagogastroduodenoscopy by tube and lamp"),
    ("43239", "Esophagogastroduodenoscopy with tissue"),
)


@pytest.fixture(scope="module")
def licensed(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """A fresh install and a file as the AMA's, its descriptors our own."""
    rows = (("1", code, words, "(M)", "(S)", words, "", "20260101", "", "", "") for code, words in INVENTED)
    catalogue, _done = loaded(tmp_path_factory.mktemp("cpt"), {LIST: text(TITLES, *rows)})
    return tables_of(catalogue, Catalogue(embedded_folder()))


def read(tables: Tables, note: str) -> ProceduresRead:
    document = a_document("procedure_note", note)
    return read_services(ReadChart.model_construct(setting="outpatient", day=DAY, documents=(document,)), tables)


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ("Colonoscopy was performed without findings.", "45378"),
        ("Colonoscopy with biopsy of the cecum was performed.", "45380"),
        ("Colonoscopy was performed with removal of two polyps by cold snare.", "45385"),
    ],
)
def test_the_descriptor_that_is_said_in_full_and_says_the_most_counts(licensed: Tables, note: str, code: str) -> None:
    assert [(one.system, one.code) for one in read(licensed, note).suggestions] == [("cpt", code)]


def test_what_no_descriptor_fits_is_told_with_those_that_may_be_meant(licensed: Tables) -> None:
    found = read(licensed, "EGD was performed.")
    assert found.suggestions == []
    assert [(one.reason, one.codes) for one in found.left_out] == [("procedure_incomplete", ("43235", "43239"))]


def test_what_was_not_done_is_no_service(licensed: Tables) -> None:
    found = read(licensed, "The patient refused colonoscopy.")
    assert (found.suggestions, [one.reason for one in found.left_out]) == ([], ["planned"])


def test_without_a_file_of_the_customer_nothing_is_said(embedded_tables: Tables) -> None:
    assert read(embedded_tables, "Colonoscopy was performed.") == ProceduresRead()
