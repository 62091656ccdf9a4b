"""The tables of a fresh install: compiled once from what public packages carry, into the folder of the installation.

Each module here reads one package; `SOURCES` lists them. A customer's own releases go before these, table by table.
"""

from __future__ import annotations

from shared.tables.embedded.drg_weights import DrgWeights
from shared.tables.embedded.hcc import RiskAdjustment
from shared.tables.embedded.icd10 import Icd10Packages
from shared.tables.embedded.ms_drgs import MsDrgTitles
from shared.tables.embedded.msdrg_definitions import CodeEditor, MsDrgDefinitions
from shared.tables.embedded.pcs_index import PcsIndex
from shared.tables.embedded.pcs_tables import PcsTables
from shared.tables.embedded.pyoce_ncci import PyoceNcci
from shared.tables.embedded.pyoce_opps import PyoceOpps
from shared.tables.embedded.small_code_sets import SmallCodeSets
from shared.tables.embedded.source import EmbeddedSource
from shared.tables.embedded.tabular import TabularList

SOURCES: tuple[EmbeddedSource, ...] = (
    Icd10Packages(),
    CodeEditor(),
    MsDrgDefinitions(),
    PyoceNcci(),
    PyoceOpps(),
    DrgWeights(),
    MsDrgTitles(),
    RiskAdjustment(),
    SmallCodeSets(),
    TabularList(),
    PcsIndex(),
    PcsTables(),
)

__all__ = ["SOURCES", "EmbeddedSource"]
