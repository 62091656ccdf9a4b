"""A claim as OpenAPI shows it. Person and places are invented; the ids are the examples of their authorities."""

from typing import Any

CLAIM_EXAMPLE: dict[str, Any] = {
    "kind": "professional",
    "id": "0193628d-58f5-7a70-8d2e-7a3d8ef0a001",
    "encounter_id": "ENC-1",
    "patient_control_number": "RC0000000000000000A1",
    "total_charge": "125.00",
    "place_of_service": "11",
    "patient": {
        "medical_record_number": "MRN-1",
        "name": {"last": "EXAMPLE", "first": "ADA"},
        "birth_date": "1950-04-12",
        "sex": "F",
        "address": {"line1": "12 MAPLE STREET", "city": "NASHVILLE", "state": "TN", "zip_code": "372110042"},
    },
    "coverages": [
        {
            "sequence": "P",
            "payer": {"name": "MEDICARE", "payer_id": "MCAREB"},
            "subscriber": {"person": {"last": "EXAMPLE", "first": "ADA"}, "member_id": "1EG4TE5MK73"},
            "relationship": "18",
            "filing_indicator": "MB",
        }
    ],
    "billing": {
        "organization": "EXAMPLE MEDICAL GROUP",
        "npi": "1234567893",
        "tax_id": "626001234",
        "address": {"line1": "400 RIVERSIDE AVENUE", "city": "NASHVILLE", "state": "TN", "zip_code": "372030001"},
    },
    "diagnoses": [{"code": "I10"}],
    "lines": [
        {
            "number": 1,
            "procedure": "99213",
            "charge": "125.00",
            "units": "1",
            "pointers": [1],
            "service_from": "2026-11-16",
        }
    ],
}

PATCH_EXAMPLE: list[dict[str, Any]] = [
    {"op": "test", "path": "/lines/0/procedure", "value": "99213"},
    {"op": "replace", "path": "/lines/0/units", "value": "2"},
]
"""A correction of one field, if the line still is the one that was meant."""
