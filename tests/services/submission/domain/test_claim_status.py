"""277 by hand (005010X212): it finds the claim by REF*EJ, and moves nothing."""

from __future__ import annotations

from datetime import date

from services.submission.domain.acknowledgements import read_answers
from services.submission.domain.lifecycle import settle

TEXT = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*REVCYCLE       *261201*0800*^*00501*000000777*0*T*:~"
    "GS*HN*PAYER*REVCYCLE*20261201*0800*1*X*005010X212~ST*277*0001*005010X212~BHT*0010*08*Q1*20261201*0800*DG~"
    "HL*1**20*1~NM1*PR*2*PAYER*****PI*P1~HL*2*1*21*1~NM1*41*2*REVCYCLE*****46*R1~HL*3*2*19*1~"
    "NM1*1P*2*GROUP*****XX*1234567893~HL*4*3*22*0~NM1*IL*1*DOE*JOAN****MI*W1~TRN*2*QUESTION1~"
    "STC*F2:29*20261201**125*0~REF*1K*ICN1~REF*EJ*PCN1~DTP*472*D8*20261116~SE*15*0001~GE*1*1~IEA*1*000000777~"
)


def test_a_claim_status_is_read_by_the_claims_own_number_and_moves_nothing():
    (answer,) = read_answers(TEXT.encode(), date(2026, 12, 1))
    assert (answer.source, answer.scope, answer.patient_control_number) == ("277", "claim", "PCN1")
    assert answer.payer_claim_control_number == "ICN1"
    (status,) = answer.statuses
    assert (status.category, status.status, status.total) == ("F2", "29", 125)
    assert settle("accepted", answer.verdict).effect == "noted"
