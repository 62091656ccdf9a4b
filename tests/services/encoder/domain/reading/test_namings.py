"""What words name: firing cases and near misses, one sentence each. Codes by hand from tabular list and index."""

from __future__ import annotations

import pytest

from services.encoder.domain.reading.words import stem
from shared.tables import Tables
from tests.services.encoder.domain.reading.test_suggesting import codes, reading


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
        # a list strings nothing together; the classification itself joins nausea with vomiting
        ("COPD, hypertension, duodenal ulcer.", {"J449", "I10"}, {"I2723"}),
        ("Hypertension and ischemic heart disease.", {"I10", "I259"}, {"I119"}),
        ("Nausea and vomiting.", {"R112"}, {"R110", "R1110"}),
        ("Ischemic heart disease (acute pain on exertion).", {"I259"}, {"I249"}),
        # what a substance may do is not said by naming it; nor is irritation a mood
        ("Hair dye and topical cocaine were used.", set(), {"Z77098", "T413X1A"}),
        ("Cocaine abuse.", {"F1410"}, set()),
        ("Seen by the PCP.", set(), {"F1690"}),
        ("Irritation of the throat.", set(), {"R454"}),
        ("Irritability.", {"R454"}, set()),
        # a side belongs to the name beside it
        ("Fracture of the left femur and pneumothorax.", {"J939"}, set()),
        ("Mass in the left kidney and lung metastases.", {"N2889", "C7800"}, {"C7802"}),
        ("Metastases in the left lung.", {"C7802"}, {"C7800"}),
        # I.B.5: routinely associated with the disease; weight loss with none
        ("Pneumonia with fever and cough.", {"J189"}, {"R509", "R059"}),
        ("Colon cancer with weight loss.", {"C189", "R634"}, set()),
        # who is on dialysis is so lastingly; who had one is not
        ("ESRD on hemodialysis.", {"N186", "Z992"}, set()),
        ("One session of hemodialysis was given.", set(), {"Z992"}),
        ("S/p cholecystectomy.", {"Z9049"}, set()),
        # a name that denies by itself
        ("Code status: DNR.", {"Z66"}, set()),
        ("Will resuscitate.", set(), {"Z66"}),
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


@pytest.mark.parametrize(
    ("text", "supported", "not_supported"),
    [
        # a history that names its condition is a code; one of other diseases of an organ is left to the coder
        ("History of prostate adenocarcinoma.", {"Z8546"}, {"C61", "Z8542"}),
        ("History of colon cancer.", {"Z85038"}, {"C189", "Z8589"}),
        ("History of inguinal hernia.", set(), {"Z8711", "Z8719", "K4090"}),
        # what lasts is no history
        ("History of hiatal hernia.", {"K449"}, {"Z8711"}),
    ],
)
def test_a_history_is_coded_where_it_says_of_what(
    embedded_tables: Tables, text: str, supported: set[str], not_supported: set[str]
) -> None:
    found = codes(embedded_tables, text)
    assert supported <= found
    assert not found & not_supported


def test_a_history_of_other_diseases_is_left_out_with_its_code(embedded_tables: Tables) -> None:
    [left] = reading(embedded_tables, "History of inguinal hernia.").left_out
    assert (left.reason, left.codes) == ("historical", ("Z8719",))
