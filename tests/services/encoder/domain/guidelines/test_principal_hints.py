"""Section II: what a coder must know of the principal diagnosis (ICD-10-CM Official Guidelines II.B to II.G)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("principal.equally_meeting", "J18.9:Y I11.0:Y I50.33:Y", "J18.9"),
    fires("principal.equally_meeting", "I11.0:Y I50.33:Y J18.9:Y", "I11.0"),
    silent("principal.equally_meeting", "I11.0:Y I50.33:Y J18.9:N"),
    silent("principal.equally_meeting", "J18.9:Y I10:Y"),
    silent("principal.equally_meeting", "J18.9 I11.0 I50.33", setting="emergency"),
    fires("principal.complication_of_care", "L03.115:Y T84.54XA:Y", "T84.54XA"),
    silent("principal.complication_of_care", "T84.54XA:Y L03.115:Y"),
    silent("principal.complication_of_care", "L03.115:Y T84.54XA:N"),
    silent("principal.complication_of_care", "L03.115:Y T84.54XD:Y"),
    fires("principal.not_carried_out", "Z53.09 K40.90", "Z53.09", "K40.90 Z53.09", setting="same_day_surgery"),
    silent("principal.not_carried_out", "K40.90 Z53.09", setting="same_day_surgery"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_section_2(case: Case, embedded_tables: Tables) -> None:
    assert_case(case, embedded_tables)
