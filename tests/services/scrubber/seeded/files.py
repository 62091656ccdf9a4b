"""Defects of an 837 as a file: envelope, hierarchy, elements. What the file says becomes no claim, or a wrong one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.submission.domain.x12 import write_interchange
from tests.builders import (
    a_physician,
    a_professional_claim,
    a_professional_line,
    a_subscriber,
    an_institutional_claim,
    commercial,
)
from tests.services.submission.domain.x12.test_interchange import ENVELOPE, with_id

Change = Callable[[bytes], bytes]

PROFESSIONAL = write_interchange(
    [
        with_id(
            a_professional_claim()
            .but(referring=a_physician())
            .with_lines(
                a_professional_line(),
                a_professional_line("J0696", drug={"ndc": "00409733701", "quantity": "1", "unit": "GR"}),
            ),
            1,
        ).build()
    ],
    ENVELOPE,
)
INSTITUTIONAL = write_interchange([with_id(an_institutional_claim(), 2).build()], ENVELOPE)
DEPENDENT = write_interchange(
    [
        with_id(
            a_professional_claim().with_coverages(commercial(relationship="19", subscriber=a_subscriber("W1"))), 3
        ).build()
    ],
    ENVELOPE,
)


@dataclass(frozen=True)
class SpoiltFile:
    """A text in a clean file and what it is replaced by; the answer that the file, or its claim, would get."""

    row: int
    answer: str
    content: bytes
    old: bytes
    new: bytes

    def __str__(self) -> str:
        return f"row {self.row}: {self.old.decode()!r} to {self.new.decode()!r}"

    @property
    def spoilt(self) -> bytes:
        """Raises ValueError where the text is not in the file: the defect would be none."""
        if self.old not in self.content:
            raise ValueError(f"{self} is not in the file")
        return self.content.replace(self.old, self.new, 1)


def _p(row: int, answer: str, old: bytes, new: bytes) -> SpoiltFile:
    return SpoiltFile(row, answer, PROFESSIONAL, old, new)


def _i(row: int, answer: str, old: bytes, new: bytes) -> SpoiltFile:
    return SpoiltFile(row, answer, INSTITUTIONAL, old, new)


SPOILT_FILES = [
    _p(1, "TA1 010", b"ISA*00*", b"ISA*09*"),
    _p(1, "TA1 011", b"ISA*00*          *", b"ISA*00*SECRET    *"),
    _p(1, "TA1 013", b"*00*          *ZZ", b"*00*SECRET    *ZZ"),
    _p(1, "TA1 005", b"*ZZ*REVCYCLE ", b"*XX*REVCYCLE "),
    _p(1, "TA1 017", b"*00501*", b"*00401*"),
    _p(1, "TA1 024", b"*ZZ*REVCYCLE       *", b"*ZZ*REVCYCLE*"),
    _p(2, "TA1 001", b"IEA*1*000000042", b"IEA*1*000000043"),
    _p(2, "TA1 021", b"IEA*1*", b"IEA*2*"),
    _p(2, "TA1 023", b"IEA*1*000000042~", b""),
    SpoiltFile(3, "TA1 025", PROFESSIONAL + PROFESSIONAL, b"IEA", b"IEA"),
    _p(4, "999 AK905 4", b"GE*1*42", b"GE*1*43"),
    _p(4, "999 AK905 5", b"GE*1*", b"GE*2*"),
    _p(4, "999 AK905 2", b"*X*005010X222A1~ST", b"*X*005010X222~ST"),
    _p(5, "999 IK502 3", b"SE*37*0001", b"SE*37*0002"),
    _p(5, "999 IK502 4", b"SE*37*", b"SE*36*"),
    _p(5, "999 IK502 I6", b"*005010X222A1~BHT", b"*005010X223A2~BHT"),
    _p(6, "999 IK403 7", b"BHT*0019*00*", b"BHT*0019*99*"),
    _p(6, "999 IK403 7", b"*CH~", b"*ZZ~"),
    _p(7, "999 IK304 5", b"~DTP*472", b"~DTP*472*D8*20261116~DTP*472"),
    _p(7, "999 IK304 2", b"~LX*1~", b"~LX*1~SBR*P*18*******MB~"),
    _p(7, "999 IK304 1", b"~LX*1~", b"~LX*1~ZZZ*1~"),
    _p(8, "999 IK403 7", b"HL*2*1*22", b"HL*3*1*22"),
    _p(8, "999 IK403 7", b"HL*2*1*22", b"HL*2*7*22"),
    _p(9, "999 IK403 5", b"ABERNATHY", b"A" * 61),
    _p(10, "999 IK304 8", b"~LX*1~", b"~LX*1*~"),
    _p(12, "999 IK304 3", b"PER*IC*EDI*TE*6155550100~", b""),
    _p(40, "999 IK403 7", b":B:1*", b":A:1*"),
    _i(40, "999 IK403 7", b":A:1*", b":B:1*"),
    _p(43, "999 IK403 1", b":B:1*Y*A*Y*Y", b":B:1*Y*A**Y"),
    _p(43, "999 IK403 7", b":B:1*Y*A*Y*Y", b":B:1*Y*X*Y*Y"),
    _p(53, "A7:693", b"*125*UN*1", b"*125.001*UN*1"),
    _p(53, "A7:693", b"*125*UN*1", b"*-125*UN*1"),
    _p(37, "A7:178", b"*250***11", b"*250.001***11"),
    _p(56, "999 IK403 8", b"DTP*472*D8*20261116", b"DTP*472*D8*20261399"),
    _p(56, "999 IK403 8", b"DTP*472*D8*20261116", b"DTP*472*RD8*20261116"),
    _p(56, "999 IK403 8", b"DTP*472*D8*20261116", b"DTP*472*D8*20261116-20261117"),
]
