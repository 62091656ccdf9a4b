"""A scrubber with releases that a customer has loaded: practitioner pairs, unit limits, the physician fee schedule.

Codes are CMS's; pairs, limits and indicators are made up where a case needs one that CMS does not have.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

from services.scrubber.domain.examination import Scrubber
from shared.tables import mpfs, mue, ncci
from shared.tables.formats import Reading
from shared.tables.mpfs import RvuRow
from shared.tables.mue import MueRow
from shared.tables.ncci import AddOnSpan, PtpSpan
from shared.tables.spans import Span
from tests.services.scrubber.cases import a_scrubber_with

LOADED = Span("2026Q2", date(2018, 1, 1), date(2026, 6, 30))
DAY = "2026-05-04"

_ALLOWED, _NEVER, _DELETED = "1", "0", "9"
_PAIRS = [
    ("11042 97597", PtpSpan(date(2011, 1, 1), None, _ALLOWED)),
    ("11042 99213", PtpSpan(date(2013, 1, 1), None, _ALLOWED)),
    ("99291 36000", PtpSpan(date(2000, 1, 1), None, _NEVER)),
    ("99291 94002", PtpSpan(date(2000, 1, 1), date(2026, 3, 31), _NEVER)),
    ("20610 20600", PtpSpan(date(2000, 1, 1), None, _DELETED)),
    ("29881 29877", PtpSpan(date(2012, 1, 1), None, _ALLOWED)),
]
_LIMITS = [
    ("95886", MueRow(4, 1, "Clinical: Data")),
    ("27447", MueRow(1, 2, "Anatomic Consideration")),
    ("96375", MueRow(6, 3, "Clinical: Data")),
    ("A4206", MueRow(0, 3, "CMS Policy")),
]
_HOSPITAL_LIMITS = [("96375", MueRow(4, 3, "Clinical: Data")), ("82962", MueRow(3, 1, "Clinical: Data"))]
_DME_LIMITS = [("E0607", MueRow(1, 2, "Nature of Equipment"))]
_ADD_ONS = [
    ("99292", AddOnSpan("99291", 1, date(2013, 4, 1), None)),
    ("22585", AddOnSpan("22551", 1, date(2013, 4, 1), date(2026, 3, 31))),
    ("22585", AddOnSpan("22558", 1, date(2013, 4, 1), None)),
    ("11045", AddOnSpan("11042", 1, date(2013, 4, 1), None)),
    ("90785", AddOnSpan(None, 2, date(2013, 4, 1), None)),
    ("64727", AddOnSpan("64702", 3, date(2013, 4, 1), None)),
]


def _rvu(
    *,
    modifier: str | None = None,
    pc_tc: str = "0",
    days: str = "XXX",
    bilateral: str = "0",
    assistant: str = "0",
    co_surgeon: str = "0",
    team_surgeon: str = "0",
) -> RvuRow:
    zero, one = Decimal(0), Decimal("1.00")
    return RvuRow(
        modifier=modifier,
        status="A",
        work=one,
        nonfacility_pe=one,
        facility_pe=one,
        malpractice=one,
        nonfacility_na=False,
        facility_na=False,
        pc_tc=pc_tc,
        global_days=days,
        preoperative=zero,
        intraoperative=zero,
        postoperative=zero,
        multiple_procedure="0",
        bilateral=bilateral,
        assistant=assistant,
        co_surgeon=co_surgeon,
        team_surgeon=team_surgeon,
        endoscopic_base=None,
        conversion_factor=Decimal("33.4009"),
        apm_conversion_factor=None,
        supervision="09",
        calculation_flag="0",
        imaging_family="99",
        opps_nonfacility_pe=zero,
        opps_facility_pe=zero,
        opps_malpractice=zero,
    )


_FEE_SCHEDULE = [
    ("99213", _rvu()),
    ("71046", _rvu(pc_tc="1")),
    ("93010", _rvu(pc_tc="2")),
    ("93005", _rvu(pc_tc="3")),
    ("11042", _rvu(days="000")),
    ("27447", _rvu(days="090", bilateral="1", assistant="2", co_surgeon="1")),
    ("10060", _rvu(days="010", assistant="1")),
    ("20610", _rvu(days="000", bilateral="1", assistant="1")),
    ("58661", _rvu(days="010", bilateral="2", assistant="2", co_surgeon="2", team_surgeon="0")),
    ("33533", _rvu(days="090", assistant="2", co_surgeon="2", team_surgeon="2")),
]


@cache
def a_loaded_scrubber() -> Scrubber:
    begins = date(1996, 1, 1)
    return a_scrubber_with(
        Reading(ncci.PRACTITIONER, LOADED, _PAIRS, [], begins),
        Reading(mue.PRACTITIONER, LOADED, _LIMITS, []),
        Reading(mue.HOSPITAL, LOADED, _HOSPITAL_LIMITS, []),
        Reading(mue.DME, LOADED, _DME_LIMITS, []),
        Reading(ncci.ADD_ON, LOADED, _ADD_ONS, [], begins),
        Reading(mpfs.RVU, LOADED, _FEE_SCHEDULE, []),
    )
