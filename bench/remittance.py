"""835s a second: our reader beside oxedi, both with every balance checked.

Both get the same bytes and keep nothing. Neither makes a Python value of what nobody asks for: oxedi keeps columns,
ours the segments that it has checked; a last figure takes every adjustment out as a value.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import oxedi

from services.submission.domain.x12.reading import read_remittances
from services.submission.domain.x12.reading.advice import RemittedClaim

Rate = Callable[[str, int, Callable[[], object]], float]

_CLAIM = (
    "CLP*PCN{0:06d}*1*237.5*180*20*MB*ICN{0:07d}*11*1~NM1*QC*1*ABERNATHY {0}*JOAN****MI*1EG4TE5MK73~REF*EA*MRN{0}~"
    "DTM*232*20261116~DTM*233*20261116~AMT*AU*200~"
    "SVC*HC:99214:25*180*140**1~DTM*472*20261116~CAS*CO*45*20~CAS*PR*2*20~REF*6R*1~AMT*B6*160~"
    "SVC*HC:93000*45*30**1~DTM*472*20261116~CAS*CO*45*15~REF*6R*2~AMT*B6*30~"
    "SVC*HC:36415*12.5*10**1~DTM*472*20261116~CAS*CO*45*2.5~REF*6R*3~AMT*B6*10~LQ*HE*N130~"
)
"""180 paid, 37.50 written off, 20 of the patient: 237.50."""


def an_835(count: int) -> bytes:
    """One payment of `count` claims of three lines each, which balances."""
    amount = Decimal(180) * count
    body = (
        f"ST*835*0001~BPR*I*{amount}*C*ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*20261124~"
        "TRN*1*EFT12345*1512345678~DTM*405*20261124~N1*PR*MEDICARE PART B~N3*1 MAIN ST~N4*NASHVILLE*TN*37201~"
        "REF*2U*MCAREB~PER*BL*HELP*TE*6155550100~N1*PE*GROUP*XX*1234567893~LX*1~"
    ) + "".join(_CLAIM.format(number) for number in range(count))
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'PAYER':15}*ZZ*{'REVCYCLE':15}*261124*0800*^*00501*000000901*0*T*:~"
    group = "GS*HP*PAYER*REVCYCLE*20261124*0800*901*X*005010X221A1~"
    return f"{isa}{group}{body}SE*{body.count('~') + 1}*0001~GE*1*901~IEA*1*000000901~".encode()


def remittances(count: int, rate: Rate) -> None:
    """Print both rates and their ratio."""
    content = an_835(count)
    print(f"835, three lines each ({count:,} claims)")
    ours = rate("read and balance: revcycle", count, lambda: sum(1 for _ in read_remittances(content)))
    theirs = rate("parse: oxedi", count, lambda: oxedi.parse(content).count_claims())
    print(f"  {'read: revcycle / oxedi':<44}{ours / theirs:>10.2f}")
    rate("read, every adjustment as values: revcycle", count, lambda: _values(content))


def _values(content: bytes) -> int:
    return sum(
        sum(1 for _ in said.every_adjustment) for said in read_remittances(content) if isinstance(said, RemittedClaim)
    )
