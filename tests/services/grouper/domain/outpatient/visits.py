"""Visits for the tests of outpatient payment, and releases of the OPPS addenda with what they need.

Lines of the addenda are CMS's of January 2025 (CY 2025 OPPS final rule), descriptors left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from services.grouper.domain.estimates import Estimate, PricedLine
from services.grouper.domain.outpatient.pricing import price
from services.grouper.domain.outpatient.visits import OutpatientVisit
from services.grouper.parameters.opps import load_opps_rules
from shared.claims import AS_RECEIVED
from shared.tables import Catalogue, Tables
from shared.tables.folders import embedded_folder
from tests.shared.tables.quarterly_files import loaded, tables_of

DAY, NEXT_DAY = "2025-02-03", "2025-02-04"

_B_TITLES = (
    "HCPCS Code,Short Descriptor,CI,SI,APC,Relative Weight,Payment Rate,National Unadjusted Copayment,"
    "Minimum Unadjusted Copayment,IRA Coinsurance percentage,Adjusted Beneficiary Copayment,"
    "Drug and Device Pass-Through Expiration during Calendar Year,Note"
)
ADDENDUM_B = """\
29881,,,J1,5113,36.3872,"$3,244.61",.,$648.93,,,,
27447,,,J1,5115,144.2970,"$12,866.82",.,"$2,573.37",,,,
11042,,,T,5052,4.4806,$399.53,.,$79.91,,,,
20610,,,T,5441,3.3105,$295.19,.,$59.04,,,,
64483,,,T,5443,9.9843,$890.29,.,$178.06,,,,
43239,,,T,5301,10.5144,$937.56,.,$187.52,,,,
99284,,,J2,5024,4.7754,$425.82,.,$85.17,,,,
99285,,,J2,5025,6.8757,$613.10,.,$122.62,,,,
G0463,,,J2,5012,1.4452,$128.87,.,$25.78,,,,
G0378,,,N,,,,,,,,,
93005,,,Q1,5733,0.6661,$59.40,.,$11.88,,,,
12001,,,Q1,5051,2.2284,$198.70,.,$39.74,,,,
71046,,,Q3,5521,0.9874,$88.05,.,$17.61,,,,
70450,,,Q3,5522,1.1926,$106.34,.,$21.27,,,,
70460,,,Q3,5571,1.9964,$178.02,.,$35.61,,,,
70551,,,Q3,5523,2.7108,$241.72,.,$48.35,,,,
90834,,,Q3,5823,1.8019,$160.67,.,$32.14,,,,
90837,,,Q3,5823,1.8019,$160.67,.,$32.14,,,,
90853,,,Q3,5822,1.0374,$92.50,.,$18.50,,,,
80053,,,Q4,,,,,,,,,
J1100,,,N,,,,,,,,,
J9271,,,K,1490,,$58.216,.,$11.65,20.000%,$11.65,,
P9016,,,R,9512,2.0411,$182.00,.,$36.40,,,,
36430,,,S,5241,4.9028,$437.18,.,$87.44,,,,
77067,,,A,,,,,,,,,
33510,,,C,,,,,,,,,
90686,,,L,,,,,,,,,
"""
_A_TITLES = (
    "APC,Group Title,SI,Relative Weight,Payment Rate,National Unadjusted Copayment,Minimum Unadjusted Copayment,"
    "IRA Coinsurance percentage,Adjusted Beneficiary Copayment,"
    "Drug and Device Pass-Through Expiration during Calendar Year,Note"
)
ADDENDUM_A = """\
1490,Inj pembrolizumab,K,,$58.216,.,$11.65,20.000%,$11.65,,
5012,Clinic Visits and Related Services,V,1.4452,$128.87,.,$25.78,,,,
5024,Level 4 Type A ED Visits,V,4.7754,$425.82,.,$85.17,,,,
5025,Level 5 Type A ED Visits,V,6.8757,$613.10,.,$122.62,,,,
5051,Level 1 Skin Procedures,T,2.2284,$198.70,.,$39.74,,,,
5052,Level 2 Skin Procedures,T,4.4806,$399.53,.,$79.91,,,,
5113,Level 3 Musculoskeletal Procedures,J1,36.3872,"$3,244.61",.,$648.93,,,,
5114,Level 4 Musculoskeletal Procedures,J1,80.1145,"$7,143.73",.,"$1,428.75",,,,
5115,Level 5 Musculoskeletal Procedures,J1,144.2970,"$12,866.82",.,"$2,573.37",,,,
5116,Level 6 Musculoskeletal Procedures,J1,206.2381,"$18,390.05",.,"$3,678.01",,,,
5521,Level 1 Imaging without Contrast,S,0.9874,$88.05,.,$17.61,,,,
5522,Level 2 Imaging without Contrast,S,1.1926,$106.34,.,$21.27,,,,
5523,Level 3 Imaging without Contrast,S,2.7108,$241.72,.,$48.35,,,,
5571,Level 1 Imaging with Contrast,S,1.9964,$178.02,.,$35.61,,,,
5733,Level 3 Minor Procedures,S,0.6661,$59.40,.,$11.88,,,,
5822,Level 2 Health and Behavior Services,S,1.0374,$92.50,.,$18.50,,,,
5823,Level 3 Health and Behavior Services,S,1.8019,$160.67,.,$32.14,,,,
5864,Partial Hospitalization (4 or more services),P,4.5817,$408.55,.,$81.71,,,,
8005,CT and CTA without Contrast Composite,S,2.5183,$224.55,.,$44.91,,,,
8006,CT and CTA with Contrast Composite,S,4.8797,$435.12,.,$87.03,,,,
8010,Mental Health Services Composite,S,4.5817,$408.55,.,$81.71,,,,
8011,Comprehensive Observation Services,J2,29.6934,"$2,647.73",.,$529.55,,,,
"""


def addendum_b(lines: str = ADDENDUM_B, *, year: int = 2025) -> str:
    return f"Addendum B.-Final OPPS Payment by HCPCS Code for CY {year},,,,,,,,,,,,\r\n{_B_TITLES}\r\n{lines}"


def addendum_a(lines: str = ADDENDUM_A, *, year: int = 2025) -> str:
    return f"Addendum A.- OPPS APCs for CY {year},,,,,,,,,,\r\n{_A_TITLES}\r\n{lines}"


def addenda_of_2025(folder: Path, *, beside_editor: bool = True) -> Tables:
    """Addenda A and B of 2025Q1, before the tables of a fresh install or without any of these."""
    files = {"January 2025 Addendum B.csv": addendum_b(), "January 2025 Addendum A.csv": addendum_a()}
    catalogue, _done = loaded(folder, files)
    return tables_of(catalogue, Catalogue(embedded_folder())) if beside_editor else tables_of(catalogue)


def line(code: str | None, *modifiers: str, units: int = 1, day: str | None = DAY, **fields: Any) -> dict[str, Any]:
    return {"procedure": code, "modifiers": modifiers, "units": units, "service_date": day, **fields}


def a_visit(*lines: dict[str, Any] | str, hospital: dict[str, Any] | None = None, **fields: Any) -> OutpatientVisit:
    """A visit of 2025-02-03 with these lines, numbered in order; a bare code is one unit of it on that day."""
    whole = [line(one) if isinstance(one, str) else one for one in lines]
    days = [one["service_date"] for one in whole if one.get("service_date")]
    document = {
        "service_date": min(days, default=DAY),
        "through": max(days, default=DAY),
        "lines": [{"number": number, **one} for number, one in enumerate(whole, start=1)],
        "hospital": hospital or {},
    }
    return OutpatientVisit.model_validate(document | fields, context=AS_RECEIVED)


def priced(tables: Tables, *lines: dict[str, Any] | str, **fields: Any) -> Estimate:
    return price(a_visit(*lines, **fields), load_opps_rules(), tables)


def outcomes(estimate: Estimate) -> list[tuple[str, str | None]]:
    """Of each line its outcome and the APC that pays for it."""
    return [(one.outcome, one.apc) for one in estimate.lines]


def only(estimate: Estimate) -> PricedLine:
    [one] = estimate.lines
    return one
