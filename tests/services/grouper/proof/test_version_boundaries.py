"""Each MS-DRG version at its first and its last day: codes that come and go, DRGs that come and go.

Expected values: CMS, ICD-10-CM and ICD-10-PCS addenda of each update, and the IPPS final rules that made the DRGs
(section II.C of the preamble): FY 2024 (88 FR 58640), FY 2025 (89 FR 68986), FY 2026 (90 FR 36536).
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from shared.tables import CodeSystem
from tests.services.grouper.conftest import Caller
from tests.services.grouper.domain.test_versions import FIRST_DAYS, LAST_DAY
from tests.services.grouper.stays import a_stay, drg_of, reasons_of

FIRST = list(FIRST_DAYS.values())
LAST = [*(first - timedelta(days=1) for first in FIRST[1:]), LAST_DAY]
_DAY = timedelta(days=1)

CODES: list[tuple[CodeSystem, str, str]] = [
    ("icd10cm", "Z556", "2023-04-01"),  # problems related to health literacy
    ("icd10cm", "G20A1", "2023-10-01"),  # Parkinson's disease without dyskinesia, without mention of fluctuations
    ("icd10cm", "D48110", "2023-10-01"),  # desmoid tumor of head and neck
    ("icd10cm", "E66811", "2024-10-01"),  # obesity, class 1
    ("icd10cm", "C810A", "2024-10-01"),  # nodular lymphocyte predominant Hodgkin lymphoma, in remission
    ("icd10cm", "E11A", "2025-10-01"),  # type 2 diabetes in remission
    ("icd10cm", "C7831", "2026-10-01"),
    ("icd10pcs", "0P530Z3", "2023-04-01"),  # laser interstitial thermal therapy of ribs
    ("icd10pcs", "02583ZF", "2024-04-01"),  # pulsed field ablation of the conduction mechanism
    ("icd10pcs", "0TT00Z0", "2025-04-01"),
    ("icd10pcs", "02HM3JZ", "2026-04-01"),
]
"""New codes with the first day of discharge that has them."""

DELETED = [
    ("G20", "2023-10-01"),
    ("Z591", "2023-04-01"),
    ("C8339", "2024-10-01"),
    ("D71", "2025-10-01"),
    ("D691", "2026-10-01"),
]
"""Diagnoses that became categories of more than one code, with the first day that has them no more."""

_APPENDIX = (("K3580",), ("0DTJ4ZZ",))
_STENT = (("I214",), ("027034Z",))
_LITHOTRIPSY = (("I2510",), ("02F03ZZ",))
_LITHOTRIPSY_AND_STENT = (("I2510",), ("02F03ZZ", "027034Z"))
_TWO_VALVES = (("I080",), ("02RF08Z", "02RG08Z", "02100Z9"))
_FUSION = (("M4316",), ("0SG00AJ",))
_FUSION_OF_BOTH_COLUMNS = (("M4316",), ("0SG00AJ", "0SG0071"))
_LEUKEMIA = (("C9200",), ("0DTJ4ZZ",))
_CLOSURE_AND_ABLATION = (("I4820",), ("02L73DK", "02583ZZ"))
_ATHERECTOMY = (("I2510",), ("02C03Z7",))
_ATHERECTOMY_AND_STENT = (("I2510",), ("02C03Z7", "027034Z"))
_THROMBOLYSIS = (("I2699",), ("02FP3Z0",))

NEW_DRGS = [
    # FY 2024: appendix procedures leave 338-343 for 397-399.
    (_APPENDIX, "2023-10-01", "343", "399"),
    # FY 2024: percutaneous coronary procedures leave 246-249 for 321-322, with lithotripsy for 323-325.
    (_STENT, "2023-10-01", "247", "322"),
    (_LITHOTRIPSY, "2023-10-01", "251", "325"),
    (_LITHOTRIPSY_AND_STENT, "2023-10-01", "247", "324"),
    # FY 2024: concomitant aortic and mitral valve procedures leave 216-221 for 212.
    (_TWO_VALVES, "2023-10-01", "221", "212"),
    # FY 2024: ultrasound accelerated thrombolysis with a principal diagnosis of pulmonary embolism has 173.
    (_THROMBOLYSIS, "2023-10-01", None, "173"),
    # FY 2025: fusions leave 459-460 for 450-451, and of both columns 453-455 for 402 at a single level.
    (_FUSION, "2024-10-01", "460", "451"),
    (_FUSION_OF_BOTH_COLUMNS, "2024-10-01", "455", "402"),
    # FY 2025: acute leukemia with other procedures leaves 834-836 for 850.
    (_LEUKEMIA, "2024-10-01", "836", "850"),
    # FY 2025: left atrial appendage closure with cardiac ablation leaves 273-274 for 317.
    (_CLOSURE_AND_ABLATION, "2024-10-01", "274", "317"),
    # FY 2026: coronary atherectomy has 318, with an intraluminal device 359-360.
    (_ATHERECTOMY, "2025-10-01", "251", "318"),
    (_ATHERECTOMY_AND_STENT, "2025-10-01", "322", "360"),
]
"""Stays without CC or MCC, the first day of the new DRG, the DRG of the day before, the new one."""

DRGS_OF_V44 = ("210", "211", "361", "362", "400", "403", "404", "449", "523", "524", "525", "731", "732", "733")


@pytest.mark.parametrize(("system", "code", "first"), CODES)
def test_a_new_code_counts_from_its_first_day_and_is_refused_the_day_before(
    system: CodeSystem, code: str, first: str
) -> None:
    day = date.fromisoformat(first)
    diagnoses, procedures = (("J189", code), ()) if system == "icd10cm" else (("J189",), (code,))
    pointer = "/diagnoses/1/code" if system == "icd10cm" else "/procedures/0/code"
    drg_of(a_stay(*diagnoses, procedures=procedures, discharge_date=first))
    before = a_stay(*diagnoses, procedures=procedures, discharge_date=(day - _DAY).isoformat())
    assert reasons_of(before) == [("grouper-code-invalid", pointer)]


@pytest.mark.parametrize(("code", "gone"), DELETED)
def test_a_deleted_code_counts_until_its_last_day_and_is_refused_the_day_after(code: str, gone: str) -> None:
    day = date.fromisoformat(gone)
    drg_of(a_stay("J189", code, discharge_date=(day - _DAY).isoformat()))
    assert reasons_of(a_stay("J189", code, discharge_date=gone)) == [("grouper-code-invalid", "/diagnoses/1/code")]


@pytest.mark.parametrize(("codes", "first", "old", "new"), NEW_DRGS)
def test_a_new_drg_appears_on_its_first_day(
    codes: tuple[tuple[str, ...], tuple[str, ...]], first: str, old: str | None, new: str
) -> None:
    diagnoses, procedures = codes
    day = date.fromisoformat(first)
    on = [
        drg_of(a_stay(*diagnoses, procedures=procedures, discharge_date=one.isoformat())).drg
        for one in (day - _DAY, day, LAST_DAY)
    ]
    assert on[1:] == [new, new]
    assert on[0] == old or (old is None and on[0] != new)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_door_groups_by_the_version_of_the_day(caller: Caller) -> None:
    client = caller("group:run")
    for version, days in zip(FIRST_DAYS, zip(FIRST, LAST, strict=True), strict=True):
        for day in days:
            body = a_stay("J189", "J9601", discharge_date=day.isoformat()).model_dump(mode="json")
            answer = (await client.post("/v1/group", json=body)).json()
            # MDC 4, simple pneumonia and pleurisy: 193 with MCC, in every version.
            assert (answer["as_of"], answer["drg"]["version"], answer["drg"]["drg"]) == (
                day.isoformat(),
                version,
                "193",
            )
    for day in (FIRST[0] - _DAY, LAST[-1] + _DAY):
        body = a_stay("J189", discharge_date=day.isoformat()).model_dump(mode="json")
        response = await client.post("/v1/group", json=body)
        assert response.status_code == 422
        assert response.json()["reasons"][0]["code"] == "grouper-version-unknown"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_drgs_of_v44_are_there_from_its_first_day_without_a_weight(caller: Caller) -> None:
    client = caller("codes:read")
    for drg in DRGS_OF_V44:
        before = await client.get(f"/v1/drgs/{drg}", params={"date": "2026-09-30"})
        assert before.status_code == 404, (drg, before.json())
        found = (await client.get(f"/v1/drgs/{drg}", params={"date": "2026-10-01"})).json()
        assert found["drg"] == drg
        assert found.get("weight") is None
