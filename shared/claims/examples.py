"""Claims as the APIs show them. Person and places are invented; the ids are the examples of their authorities."""

from __future__ import annotations

from typing import Any

_ADDRESS = {"line1": "12 MAPLE STREET", "city": "NASHVILLE", "state": "TN", "zip_code": "372110042"}
_FACILITY_ADDRESS = {"line1": "400 RIVERSIDE AVENUE", "city": "NASHVILLE", "state": "TN", "zip_code": "372030001"}
_NAME = {"last": "EXAMPLE", "first": "ADA"}
_PATIENT: dict[str, Any] = {
    "medical_record_number": "MRN-1",
    "name": _NAME,
    "birth_date": "1950-04-12",
    "sex": "F",
    "address": _ADDRESS,
}

PROFESSIONAL_CLAIM: dict[str, Any] = {
    "kind": "professional",
    "id": "0193628d-58f5-7a70-8d2e-7a3d8ef0a001",
    "encounter_id": "ENC-1",
    "patient_control_number": "RC0000000000000000A1",
    "total_charge": "125.00",
    "place_of_service": "11",
    "patient": _PATIENT,
    "coverages": [
        {
            "sequence": "P",
            "payer": {"name": "MEDICARE", "payer_id": "MCAREB"},
            "subscriber": {"person": _NAME, "member_id": "1EG4TE5MK73"},
            "relationship": "18",
            "filing_indicator": "MB",
        }
    ],
    "billing": {
        "organization": "EXAMPLE MEDICAL GROUP",
        "npi": "1234567893",
        "tax_id": "626001234",
        "address": _FACILITY_ADDRESS,
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

INSTITUTIONAL_CLAIM: dict[str, Any] = {
    "kind": "institutional",
    "id": "0193628d-58f5-7a70-8d2e-7a3d8ef0a002",
    "encounter_id": "ENC-2",
    "patient_control_number": "RC0000000000000000A2",
    "total_charge": "7212.50",
    "facility_type": "11",
    "patient": _PATIENT,
    "coverages": [
        {
            "sequence": "P",
            "payer": {"name": "MEDICARE", "payer_id": "MCAREA"},
            "subscriber": {"person": _NAME, "member_id": "1EG4TE5MK73"},
            "relationship": "18",
            "filing_indicator": "MA",
        }
    ],
    "billing": {
        "organization": "EXAMPLE MEDICAL CENTER",
        "npi": "1234567893",
        "taxonomy": "282N00000X",
        "tax_id": "626001234",
        "address": _FACILITY_ADDRESS,
    },
    "attending": {"person": {"last": "OKAFOR", "first": "SAMUEL"}, "npi": "1987654328", "taxonomy": "207R00000X"},
    "statement_from": "2026-11-16",
    "statement_through": "2026-11-20",
    "admission": {"type": "1", "source": "1", "date": "2026-11-16", "hour": 14, "discharge_hour": 11},
    "patient_status": "01",
    "admitting_diagnosis": {"code": "R0602"},
    "diagnoses": [{"code": "J189", "poa": "Y"}, {"code": "N179", "poa": "Y"}],
    "drg": "194",
    "lines": [
        {"number": 1, "revenue_code": "0120", "charge": "6400.00", "units": "4", "unit": "DA"},
        {"number": 2, "revenue_code": "0250", "charge": "812.50", "units": "14"},
    ],
}
