"""Loaders of the official formats, one module for each family. `FORMATS` lists them; the first that recognises wins."""

from __future__ import annotations

from shared.tables.formats.coverage import CoverageExport
from shared.tables.formats.cpt import CptCodes, CptModifiers
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.hcc import HccMappings
from shared.tables.formats.hcpcs import HcpcsQuarterly
from shared.tables.formats.icd10_conversion import Icd10ConversionTable
from shared.tables.formats.icd10_order import Icd10OrderFile
from shared.tables.formats.icd10cm_index import Icd10cmIndex
from shared.tables.formats.icd10cm_index_rows import Icd10cmIndexRows
from shared.tables.formats.icd10cm_tabular import Icd10cmTabular
from shared.tables.formats.icd10pcs_definitions import Icd10pcsDefinitions
from shared.tables.formats.icd10pcs_index import Icd10pcsIndex
from shared.tables.formats.icd10pcs_tables import Icd10pcsTables
from shared.tables.formats.ipps_impact import IppsImpact
from shared.tables.formats.ipps_providers import InpatientProviders
from shared.tables.formats.ipps_rates import IppsRates
from shared.tables.formats.ipps_table5 import IppsTable5
from shared.tables.formats.mpfs import RelativeValueFile
from shared.tables.formats.mpfs_localities import AnesthesiaFactors, GeographicIndices, LocalityCounties
from shared.tables.formats.mpfs_zip_codes import ZipCodeLocalities
from shared.tables.formats.ncci_add_on import NcciAddOn
from shared.tables.formats.ncci_mue import NcciMue
from shared.tables.formats.ncci_ptp import NcciPtp
from shared.tables.formats.opps_addenda import OppsAddenda
from shared.tables.formats.opps_addendum_j import OppsAddendumJ
from shared.tables.formats.payers import PayerList
from shared.tables.formats.place_of_service import PlaceOfServiceCodeSet
from shared.tables.formats.poa_exempt import PoaExemptList
from shared.tables.formats.taxonomy import ProviderTaxonomy
from shared.tables.formats.ub04 import Ub04CodeSets
from shared.tables.formats.x12_codes import X12CodeList

FORMATS: tuple[Format, ...] = (
    NcciPtp(),
    NcciMue(),
    NcciAddOn(),
    IppsTable5(),
    IppsImpact(),
    InpatientProviders(),
    IppsRates(),
    HccMappings(),
    RelativeValueFile(),
    GeographicIndices(),
    AnesthesiaFactors(),
    LocalityCounties(),
    ZipCodeLocalities(),
    Icd10OrderFile(),
    Icd10ConversionTable(),
    Icd10cmTabular(),
    HcpcsQuarterly(),
    CptCodes(),
    CptModifiers(),
    OppsAddendumJ(),
    OppsAddenda(),
    PlaceOfServiceCodeSet(),
    PoaExemptList(),
    ProviderTaxonomy(),
    Ub04CodeSets(),
    X12CodeList(),
    Icd10cmIndex(),
    Icd10cmIndexRows(),
    Icd10pcsIndex(),
    Icd10pcsTables(),
    CoverageExport(),
    PayerList(),
    Icd10pcsDefinitions(),
)

__all__ = ["FORMATS", "Asked", "Format", "Reading"]
