from __future__ import annotations

from typing import Any

from services.encoder.domain.intake import canonical_json, fingerprint, identifier_warnings
from services.encoder.domain.problems import pointer
from tests.builders import a_physician, an_encounter, an_organization_provider, medicare


def test_a_clean_encounter_has_no_warnings():
    assert identifier_warnings(an_encounter().build()) == ()


def test_each_faulty_identifier_is_told_with_its_place_and_its_element():
    # 1234567894 is the CMS example NPI 1234567893 with its check digit changed.
    somewhere = {"line1": "1 A ST", "city": "BOSTON", "zip_code": "2134"}
    encounter = (
        an_encounter()
        .but(
            facility={"id": "CVMC", "billing": an_organization_provider(npi="1234567894")},
            providers={"attending": a_physician(taxonomy="NOT-A-CODE")},
            coverages=[medicare("A"), medicare("A", sequence="S", payer={"name": "M", "address": somewhere})],
        )
        .build()
    )
    told = {warning.pointer: (warning.code, warning.x12) for warning in identifier_warnings(encounter)}
    assert told == {
        "/facility/billing/npi": ("npi_check_digit", "2010AA.NM109"),
        "/providers/attending/taxonomy": ("taxonomy_format", "2310A.PRV03"),
        "/coverages/1/payer/address/zip_code": ("zip_code_format", "2010BB.N403"),
    }


def test_a_warning_never_repeats_the_value():
    encounter = an_encounter().but(received_codes={"diagnoses": [{"code": "SECRET"}]}).build()
    [warning] = identifier_warnings(encounter)
    assert "SECRET" not in warning.model_dump_json()


def test_a_pointer_escapes_as_rfc_6901_says():
    assert pointer("a/b", "m~n", 0) == "/a~1b/m~0n/0"


def test_the_fingerprint_tells_a_change_from_a_repetition():
    def of(**changes: Any) -> str:
        encounter = an_encounter().but(**changes).build()
        return fingerprint(encounter, canonical_json(encounter))

    [document] = an_encounter().fields["documents"]
    reworded = document | {"text": document["text"] + " Resolved."}
    assert of() == of()
    assert len({of(), of(discharge_status="02"), of(documents=[]), of(documents=[reworded])}) == 4
