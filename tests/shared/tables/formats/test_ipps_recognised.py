"""Each file of the inpatient payment system is taken by its own loader among all of the product's."""

from __future__ import annotations

import pytest

from shared.tables.documents import Document
from shared.tables.formats import FORMATS
from tests.shared.tables.fee_schedule import workbook
from tests.shared.tables.ipps_files import IMPACT_2027, RATES_2027, a_record, provider_file, table_5

FILES: dict[str, bytes] = {
    "IppsImpact": IMPACT_2027.encode(),
    "IppsRates": RATES_2027.encode(),
    "InpatientProviders": provider_file(a_record()).encode(),
    "IppsTable5": table_5("871\tYes\tNo\t18\tMED\tSEPTICEMIA\t1.2500\t1.2500\t4.0\t5.2").encode(),
}


@pytest.mark.parametrize(("loader", "content"), FILES.items())
def test_a_file_is_recognised_by_its_content(loader: str, content: bytes) -> None:
    document = Document("a file", content)
    assert [type(known).__name__ for known in FORMATS if known.recognises(document)] == [loader]


@pytest.mark.parametrize(("loader", "text"), [("IppsImpact", IMPACT_2027), ("IppsRates", RATES_2027)])
def test_a_workbook_is_recognised_as_its_text_is(loader: str, text: str) -> None:
    rows = [line.split("\t") for line in text.splitlines()]
    document = Document("a file.xlsx", workbook(rows))
    assert [type(known).__name__ for known in FORMATS if known.recognises(document)] == [loader]
