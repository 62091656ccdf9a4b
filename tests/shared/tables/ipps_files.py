"""Files of the inpatient payment system in CMS's layouts, written by hand, and the tables they make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.tables import Catalogue, RefusedFile, Tables
from shared.tables.formats import Asked
from shared.tables.formats.format import Format
from shared.tables.formats.ipps_impact import IppsImpact
from shared.tables.formats.ipps_providers import InpatientProviders
from shared.tables.formats.ipps_rates import IppsRates
from shared.tables.formats.ipps_table5 import IppsTable5
from shared.tables.loading import Loaded, load

AT = datetime(2026, 11, 24, tzinfo=UTC)
FORMATS: tuple[Format, ...] = (IppsTable5(), IppsImpact(), InpatientProviders(), IppsRates())

# Layout and two lines of the file "FY 2027 IPPS Impact File - Correction Notice (September 2026)".
IMPACT_TITLE = "FY 2027 IPPS Impact File -  Correction Notice (September 2026)"
IMPACT_HEADER = (
    "Provider Number\tName\tGeographic Labor Market Area\tPre-Reclass Labor Market Area\t"
    "Post Reclass Labor Market Area\tPayment Labor Market Area\tFIPS County Code\tRegion\tURGEO\tURSPA\tRECLASS\t"
    "FY 2027 Wage Index\tLUGAR\tSection 401 Hospital\t"
    "Section 401 hospital with a LUGAR or MGCRB Wage Index Reclass\tSection 505 Eligible\t"
    "Section 505 Adjustment\tCost of Living Adjustment\tResident to Bed Ratio\tRDAY\tBeds\tAverage Daily Census\t"
    "TCHOP\tTCHCP\tDSHPCT\tDSHOPP\tDSHCPP\tDSH_LY\tUCP_ADJ\tUCP Per Claim Amount\tUCP_ADJ_LY\t"
    "UCP Per Claim Amount LY\tOperating CCR\tCapital CCR\tProvider Type\tHSP Rate\tBills\tCASETA43\tCMIV43\t"
    "TACMIV43\tIME_CASETA43\tIME_TACMIV43\tCASETA44\tCMIV44\tTACMIV44\tIME_CASETA44\tIME_TACMIV44\tGAF\t"
    "Capital Cost of Living Adjustment\tOUTFACT_F\tCOUTFACT_F\tMedicare Percentage\tMedicaid Percentage\t"
    "Proxy Value Based Purchasing Adjustment Factor\tProxy Readmission Adjustment Factor\t"
    "Proxy Quality Reduction\tProxy EHR Reduction\tOwnership Control Type\tMDH Flag\t"
    "Low Volume Hospital Adjustment"
)
SOUTHEAST = (
    "010001\tSoutheast Health Medical Center\t20020\t20020\t10\t01\t01069\t6\tOURBAN\tRURAL\tW\t0.8702\t\tY\tY\t"
    "\t\t1\t0.1604\t0.1783\t334\t283\t0.08384\t0.0516\t0.2585\t0.02635\t0.05374\t0.02635\t0.000719\t1333.86\t"
    "0.000788\t1400.27\t0.181\t0.013\t7\t\t4343\t4254.5\t1.8522\t1.8411\t6698.75\t1.8863\t4257.85\t1.8481\t"
    "1.838\t6703.4\t1.8811\t0.909182662\t1\t0.01377\t0.01118\t0.21034\t0.1738\t1.00218\t0.9988\t0\t0\tG\t\t1"
)
PROVIDENCE = (
    "020001\tProvidence Alaska Medical Center\t11260\t11260\t11260\t11260\t02020\t9\tOURBAN\tOURBAN\tN\t1.1315\t"
    "\t\t\t\t\t1.28\t0.0547\t0.0748\t401\t297\t0.02943\t0.02133\t0.4469\t0.06521\t0.09472\t0.06521\t0.000521\t"
    "789.32\t0.000511\t801.43\t0.198\t0.011\t0\t\t5247\t5207.48\t2.2853\t2.2822\t212.46\t2.1584\t5209.96\t"
    "2.2885\t2.286\t212.46\t2.1509\t1.184054075\t1.088\t0.0783\t0.03382\t0.34613\t0.375\t0.99753\t1\t0\t0\tV\t\t1"
)
IMPACT_2027 = "\n".join([IMPACT_TITLE, IMPACT_HEADER, SOUTHEAST, PROVIDENCE, ""])

_UPDATES = (
    "Hospital Submitted Quality Data and is a Meaningful EHR User (Update = 2.3 Percent)\t\t"
    "Hospital Submitted Quality Data and is NOT a Meaningful EHR User (Update = -0.1 Percent)\t\t"
    "Hospital Did NOT Submit Quality Data and is a Meaningful EHR User (Update = 1.5 Percent)\t\t"
    '"Hospital Did NOT Submit Quality Data and is NOT a Meaningful EHR User\n (Update = -0.9 Percent)"\n'
    + "\t".join(["Labor-related\tNonlabor-related"] * 4)
)
# The file "FY 2027 CN Tables 1A-1E", with the amounts of the correction notice; 1C and 1E shortened to a line.
RATES_2027 = f"""FY 2027 CN Tables 1A-1E\t\t\t\t\t\t\t
TABLE 1A.  NATIONAL ADJUSTED OPERATING STANDARDIZED AMOUNTS; LABOR/NONLABOR (66.0 PERCENT LABOR SHARE/34.0 PERCENT \
NONLABOR SHARE IF WAGE INDEX GREATER THAN 1)\t\t\t\t\t\t\t
{_UPDATES}
"$4,519.68 "\t"$2,328.32 "\t"$4,413.65 "\t"$2,273.70 "\t"$4,484.34 "\t"$2,310.11 "\t"$4,378.30 "\t"$2,255.49 "
\t\t\t\t\t\t\t
"TABLE 1B.  NATIONAL ADJUSTED OPERATING STANDARDIZED AMOUNTS, LABOR/NONLABOR (62 PERCENT LABOR SHARE/38 PERCENT \
NONLABOR SHARE IF WAGE INDEX LESS THAN OR EQUAL TO 1)"\t\t\t\t\t\t\t
{_UPDATES}
"$4,245.76 "\t"$2,602.24 "\t"$4,146.16 "\t"$2,541.19 "\t"$4,212.56 "\t"$2,581.89 "\t"$4,112.95 "\t"$2,520.84 "
\t\t\t\t\t\t\t
TABLE 1C.  ADJUSTED OPERATING STANDARDIZED AMOUNTS FOR HOSPITALS IN PUERTO RICO\t\t\t\t\t\t\t
National1\tNot Applicable\tNot Applicable\t"$4,245.76 "\t"$2,602.24 "\t"$4,146.16 "\t"$2,541.19 "\t
TABLE 1D. -  CAPITAL STANDARD FEDERAL PAYMENT RATE\t\t\t\t\t\t\t
\tRate\t\t\t\t\t\t
National\t$539.95 \t\t\t\t\t\t
TABLE 1E-  LTCH PPS STANDARD FEDERAL PAYMENT RATE\t\t\t\t\t\t\t
Standard Federal Rate*\t\t\t\t"$52,126.94 "\t"$51,107.84 "\t\t
"""

# The columns of CMS's export of the inpatient provider specific file, in their order.
PROVIDER_COLUMNS = (
    "providerCcn,effectiveDate,fiscalYearBeginDate,exportDate,terminationDate,waiverIndicator,intermediaryNumber,"
    "providerType,censusDivision,msaActualGeographicLocation,msaWageIndexLocation,msaStandardizedAmountLocation,"
    "soleCommunityOrMedicareDependentHospitalBaseYear,changeCodeForLugarReclassification,temporaryReliefIndicator,"
    "federalPpsBlend,stateCode,caseMixAdjustedCostPerDischarge_PpsFacilitySpecificRate,costOfLivingAdjustment,"
    "internsToBedsRatio,bedSize,operatingCostToChargeRatio,caseMixIndex,supplementalSecurityIncomeRatio,medicaidRatio,"
    "specialProviderUpdateFactor,operatingDsh,fiscalYearEndDate,specialPaymentIndicator,hospitalQualityIndicator,"
    "cbsaActualGeographicLocation,cbsaWageIndexLocation,cbsaStandardizedAmountLocation,specialWageIndex,"
    "passThroughAmountForCapital,passThroughAmountForDirectMedicalEducation,passThroughAmountForOrganAcquisition,"
    "passThroughTotalAmount,capitalPpsPaymentCode,hospitalSpecificCapitalRate,oldCapitalHoldHarmlessRate,"
    "newCapitalHoldHarmlessRate,capitalCostToChargeRatio,newHospital,capitalIndirectMedicalEducationRatio,"
    "capitalExceptionPaymentRate,vbpParticipantIndicator,vbpAdjustment,hrrParticipantIndicator,hrrAdjustment,"
    "bundleModel1Discount,hacReductionParticipantIndicator,uncompensatedCareAmount,ehrReductionIndicator,"
    "lowVolumeAdjustmentFactor,countyCode,medicarePerformanceAdjustment,ltchDppIndicator,supplementalWageIndex,"
    "supplementalWageIndexIndicator,changeCodeWageIndexReclassification,nationalProviderIdentifier,"
    "passThroughAmountForAllogenicStemCellAcquisition,ppsBlendYearIndicator,lastUpdated,"
    "passThroughAmountForDirectGraduateMedicalEducation,passThroughAmountForKidneyAcquisition,"
    "passThroughAmountForSupplyChain"
)
_RECORD = {
    "providerCcn": "010001",
    "effectiveDate": "20261001",
    "terminationDate": "0",
    "waiverIndicator": "N",
    "providerType": "07",
    "temporaryReliefIndicator": "N",
    "costOfLivingAdjustment": "1.000",
    "internsToBedsRatio": "0.1604",
    "bedSize": "334",
    "operatingCostToChargeRatio": "0.181",
    "supplementalSecurityIncomeRatio": "0.0842",
    "medicaidRatio": "0.1743",
    "hospitalQualityIndicator": "1",
    "cbsaActualGeographicLocation": "20020",
    "cbsaStandardizedAmountLocation": "01",
    "specialWageIndex": "0",
    "capitalCostToChargeRatio": "0.013",
    "capitalIndirectMedicalEducationRatio": "0.1783",
    "vbpParticipantIndicator": "Y",
    "vbpAdjustment": "1.0034517282",
    "hrrParticipantIndicator": "1",
    "hrrAdjustment": "0.9971",
    "hacReductionParticipantIndicator": "N",
    "uncompensatedCareAmount": "1333.86",
    "lowVolumeAdjustmentFactor": "0",
    "nationalProviderIdentifier": "1245319599",
}


def a_record(**fields: str) -> str:
    """A line of the provider specific file: a hospital of the impact file, other fields as given."""
    said = _RECORD | fields
    return ",".join(said.get(column, "") for column in PROVIDER_COLUMNS.split(","))


def provider_file(*records: str) -> str:
    return "\n".join([PROVIDER_COLUMNS, *records, ""])


def table_5(*lines: str, year: int = 2027) -> str:
    """Table 5 with these lines of ten cells: DRG, post-acute, special pay, MDC, type, title, two weights, two stays."""
    title = f'"TABLE 5.—LIST OF MS-DRGS—FY {year} Final Rule"' + "\t" * 9
    header = (
        f"MS-DRG \tFY {year} Final Post-Acute DRG\tFY {year} Final Special Pay DRG\tMDC\tTYPE\tMS-DRG Title\t"
        "Weights - Before Cap\tWeights - 10% Cap Applied \tGeometric mean LOS\tArithmetic mean LOS"
    )
    last = "999\tNo\tNo\t \t**\tUNGROUPABLE\t.\t.\t.\t"
    return "\n".join([title, header, *lines, last, ""])


def loaded(folder: Path, files: Mapping[str, str | bytes], asked: Asked | None = None) -> tuple[Catalogue, Loaded]:
    given = folder / "given"
    given.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (given / name).write_bytes(content.encode("cp1252") if isinstance(content, str) else content)
    catalogue = Catalogue(folder / "catalogue")
    return catalogue, load(given, catalogue, asked or Asked(), AT, formats=FORMATS)


def tables_of(catalogue: Catalogue) -> Tables:
    return Tables([(release, catalogue.path(release)) for release in catalogue.releases()])


def refusal(folder: Path, files: Mapping[str, str | bytes]) -> RefusedFile:
    with pytest.raises(RefusedFile) as refused:
        loaded(folder, files)
    return refused.value
