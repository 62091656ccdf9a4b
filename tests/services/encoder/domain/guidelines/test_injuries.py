"""Chapter 19 (ICD-10-CM Official Guidelines I.C.19, II.G, I.C.13.d.2)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("injuries.superficial_with_severe", "S82.101A S80.11XA", "S80.11XA", "S82.101A"),
    fires("injuries.superficial_with_severe", "S61.412A S60.512A", "S60.512A", "S61.412A"),
    silent("injuries.superficial_with_severe", "S82.101A S80.12XA"),
    silent("injuries.superficial_with_severe", "S82.101A S50.01XA"),
    silent("injuries.superficial_with_severe", "S61.210A S60.512A"),
    fires("injuries.superficial_first", "S40.011A S72.001A", "S40.011A", "S72.001A S40.011A"),
    silent("injuries.superficial_first", "S72.001A S40.011A"),
    silent("injuries.superficial_first", "S40.011A S00.83XA"),
    fires("injuries.nerve_or_vessel_first", "S44.21XA S42.301A", "S44.21XA"),
    silent("injuries.nerve_or_vessel_first", "S42.301A S44.21XA"),
    silent("injuries.nerve_or_vessel_first", "S44.21XA S82.101A"),
    fires("injuries.fracture_in_osteoporosis", "S72.001A M81.0", "S72.001A"),
    silent("injuries.fracture_in_osteoporosis", "M80.051A"),
    silent("injuries.fracture_in_osteoporosis", "S62.001A M81.0"),
    fires("injuries.aftercare_for_injury", "S72.001D Z47.89", "Z47.89", "S72.001D"),
    silent("injuries.aftercare_for_injury", "Z47.1 Z96.641"),
    silent("injuries.aftercare_for_injury", "S01.01XA Z48.02", setting="professional"),
    fires("burns.highest_degree_not_first", "T23.201A T24.311A", "T23.201A", "T24.311A T23.201A"),
    silent("burns.highest_degree_not_first", "T24.311A T23.201A"),
    # A corrosion of third degree and a burn of second are counted alike.
    fires("burns.highest_degree_not_first", "T23.201A T24.711A", "T23.201A", "T24.711A T23.201A"),
    fires("burns.same_site_twice", "T23.301A T23.201A", "T23.201A", "T23.301A"),
    silent("burns.same_site_twice", "T23.301A T23.202A"),
    fires("burns.extent_first", "T31.10 T24.311A", "T31.10", "T24.311A T31.10"),
    silent("burns.extent_first", "T31.10"),
    fires("burns.extent_missing", "T24.311A", "T24.311A"),
    silent("burns.extent_missing", "T24.311A T31.10"),
    silent("burns.extent_missing", "T24.211A"),
    fires("poisoning.manifestation_first", "G92.8 T40.2X1A", "G92.8", "T40.2X1A G92.8"),
    silent("poisoning.manifestation_first", "T40.2X1A G92.8"),
    # An adverse effect stays behind its nature.
    silent("poisoning.manifestation_first", "K29.60 T39.395A"),
    silent("poisoning.manifestation_first", "I63.9:Y T40.2X1A:N"),
    fires("adverse_effect.first", "T39.395A K25.4", "T39.395A", "K25.4 T39.395A"),
    silent("adverse_effect.first", "K25.4 T39.395A"),
    fires("underdosing.first", "T46.5X6A I10", "T46.5X6A", "I10 T46.5X6A"),
    silent("underdosing.first", "I16.0 I10 T46.5X6A"),
    fires("underdosing.reason_missing", "I10 T46.5X6A", "T46.5X6A"),
    silent("underdosing.reason_missing", "I10 T46.5X6A Z91.120"),
    fires("maltreatment.behind_its_consequence", "S06.5X0A T74.12XA", "S06.5X0A", "T74.12XA S06.5X0A"),
    silent("maltreatment.behind_its_consequence", "T74.12XA S06.5X0A"),
    fires("maltreatment.suspected_with_perpetrator", "T76.12XA S00.83XA Y07.11", "Y07.11", "T76.12XA S00.83XA"),
    silent("maltreatment.suspected_with_perpetrator", "T74.12XA S00.83XA Y07.11"),
    fires("maltreatment.perpetrator_missing", "T74.12XA S00.83XA", "T74.12XA"),
    silent("maltreatment.perpetrator_missing", "T74.12XA S00.83XA | Y07.11"),
    fires("complications.infection_first", "N39.0:Y T83.511A:Y", "N39.0", "T83.511A:Y N39.0:Y"),
    silent("complications.infection_first", "T83.511A N39.0"),
    silent("complications.infection_first", "J18.9:Y T80.211A:N"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_chapter_19(case: Case, embedded_tables: Tables) -> None:
    assert_case(case, embedded_tables)
