"""What words name: firing cases and near misses, one sentence each. Codes by hand from tabular list and index."""

from __future__ import annotations

import pytest

from services.encoder.domain.reading.words import stem
from shared.tables import Tables
from tests.services.encoder.domain.reading.test_suggesting import codes


@pytest.mark.parametrize(
    ("text", "supported", "not_supported"),
    [
        # default codes of the index, where no index is loaded
        ("She has paresthesias in both hands and blurred vision.", {"R202", "H538"}, set()),
        ("Renal mass on the left.", {"N2889"}, set()),
        ("Pericardial effusion.", {"I3139"}, set()),
        ("Known HIV infection.", {"B20"}, {"D849", "B349"}),
        ("Edema of the lower limbs.", {"R600"}, {"R609"}),
        # adenopathy R59.9 and lymphadenopathy R59.1 have entries of their own
        ("Bilateral adenopathies.", {"R599"}, {"R591"}),
        # carcinoma is indexed under the malignant neoplasm of its site
        ("Adenocarcinoma of the colon.", {"C189"}, set()),
        ("Renal cell carcinoma.", {"C649"}, set()),
        # a phrase of the vocabulary names what it means; one word of it alone means anything
        ("Prickling and tingling of the fingers.", {"R202"}, set()),
        ("An air-filled cavity of 2 cm in the lung.", set(), {"K029"}),
        ("She completed chemotherapy.", set(), {"Z5111"}),
        # the index has depression under F32.A since 2021-10-01, our own words over other names
        ("Polyneuropathy.", {"G629"}, {"A6922"}),
    ],
)
def test_a_sentence_names(embedded_tables: Tables, text: str, supported: set[str], not_supported: set[str]) -> None:
    found = codes(embedded_tables, text)
    assert supported <= found
    assert not found & not_supported


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("adenopathies", "adenopathy"),
        ("ecchymoses", "ecchymosis"),
        ("carcinomata", "carcinoma"),
        ("lymphomas", "lymphoma"),
        ("arthritides", "arthritis"),
        ("metastases", "metastasis"),
    ],
)
def test_greek_plurals_are_their_singulars(plural: str, singular: str) -> None:
    assert stem(plural) == stem(singular)


@pytest.mark.parametrize(("one", "other"), [("hepatitis", "hepatic"), ("dose", "dosis"), ("colon", "colonization")])
def test_words_that_look_alike_stay_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)
