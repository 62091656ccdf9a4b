"""999s a second, of a group whose every claim is at fault: the most that a clearinghouse can have to say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from services.submission.domain.acknowledgements import read_answers

Rate = Callable[..., float]

_CLAIMS_IN_SET = 500
_SEGMENTS_OF_CLAIM = 25
_FAULTS = (
    "IK3*NM1*{place}*2010BA*8~CTX*CLM01:PCN{claim:06d}~IK4*9*67*1~",
    "IK3*N4*{place}*2010BA*8~CTX*CLM01:PCN{claim:06d}~IK4*3*116*4*3721~IK4*2*156*7*TX~",
    "IK3*HI*{place}*2300*8~CTX*CLM01:PCN{claim:06d}~IK4*2:2*1271*I6*E11~",
    "IK3*REF*{place}*2300*3~CTX*CLM01:PCN{claim:06d}~CTX*SITUATIONAL TRIGGER*CLM*{place}*2300*5:3~",
)
"""No member id; a zip code too short and no such state; no such code; a number missing for the frequency code."""


def an_999(count: int) -> bytes:
    """One group of `count` claims in sets of 500, all refused, with one faulty segment of each claim."""
    sets = "".join(_refused_set(begin, min(count - begin, _CLAIMS_IN_SET)) for begin in range(0, count, _CLAIMS_IN_SET))
    total = sets.count("AK2*")
    body = f"ST*999*0001*005010X231A1~AK1*HC*1*005010X222A1~{sets}AK9*R*{total}*{total}*0~"
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'CLEARINGHOUSE':15}*ZZ*{'REVCYCLE':15}*261124*1205*^*00501*000000007*0*T*:~"
    group = "GS*FA*CLEARINGHOUSE*REVCYCLE*20261124*1205*7*X*005010X231A1~"
    return f"{isa}{group}{body}SE*{body.count('~') + 1}*0001~GE*1*7~IEA*1*000000007~".encode()


def _refused_set(begin: int, claims: int) -> str:
    faults = [
        _FAULTS[number % len(_FAULTS)].format(place=20 + number * _SEGMENTS_OF_CLAIM, claim=begin + number)
        for number in range(claims)
    ]
    return f"AK2*837*{begin // _CLAIMS_IN_SET + 1:04d}*005010X222A1~{''.join(faults)}IK5*R*5~"


def implementation_acknowledgements(count: int, rate: Rate) -> None:
    """Print the rate of reading: a claim at fault is one of the answer to its set."""
    content = an_999(count)
    at_fault = sum(len(answer.faults) for answer in read_answers(content, date(2026, 11, 24)))
    assert at_fault == count
    print(f"999, every claim at fault ({count:,} claims in sets of {_CLAIMS_IN_SET})")
    rate("read: revcycle", count, lambda: sum(1 for _ in read_answers(content, date(2026, 11, 24))))
