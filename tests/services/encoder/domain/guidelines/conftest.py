"""The tables that a fresh install has and two that only a customer loads, so that the rules that read them speak."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from shared.tables import Catalogue, Tables, ncci, poa
from shared.tables.folders import embedded_folder
from shared.tables.formats import Reading
from shared.tables.loading import compiled_release
from shared.tables.spans import Span

_AT = datetime(2026, 11, 24, tzinfo=UTC)

# Appendix I of the guidelines exempts long-term drug therapy (Z79), external causes of place and activity (Y92, Y93).
_EXEMPT = [(code, poa.ExemptRow("")) for code in ("Z794", "Y92010", "Y9301")]
# Of CMS's practitioner file: 45380 in column 2 of 45385, where a modifier may separate them.
_PAIRS = [("45385 45380", ncci.PtpSpan(date(2000, 1, 1), None, "1"))]


@pytest.fixture(scope="session")
def rule_tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    fresh, loaded = Catalogue(embedded_folder()), Catalogue(tmp_path_factory.mktemp("loaded"))
    year = Span("FY2027", date(2026, 10, 1), date(2027, 9, 30))
    releases = [
        compiled_release(loaded, Reading(table, year, rows, [], None), "by hand", _AT, embedded=False)
        for table, rows in ((poa.EXEMPT, _EXEMPT), (ncci.PRACTITIONER, _PAIRS))
    ]
    return Tables(
        [
            *((release, fresh.path(release)) for release in fresh.releases()),
            *((release, loaded.path(release)) for release in releases),
        ]
    )
