"""Front-end edits of the payers on a claim: their turns, their kinds, what they ask for, what earlier ones decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise

from services.simulator.domain.questions import Asked, ClaimEdit
from services.simulator.domain.received_claims import Party, number_of, parties
from services.simulator.domain.statuses import Status
from shared.claims import MemberId
from shared.x12 import Segment

_TURNS = "PSTABCDEFGH"
_PROFESSIONAL_FREQUENCIES = {"1", "7", "8"}
_FACILITY_FREQUENCIES = set("0123457 89ABCDEFGHIJKMOPQXYZ".replace(" ", ""))
_PUBLIC = {"MA", "MB", "MC"}
_VOID = "8"


def _subscribed(asked: Asked) -> Segment | None:
    return next((one for one in asked.claim.above if one.id == "SBR"), None)


def turns(asked: Asked) -> Iterator[Status]:
    """One payer is the first, and no two have one turn."""
    billed = _subscribed(asked)
    said = [one[1] for one in (billed, *(other[0] for other in asked.claim.others)) if one is not None]
    known = [turn for turn in said if turn != "U"]
    if known.count("P") != 1 or len(set(known)) != len(known):
        yield Status("A7", "742")


def kinds(asked: Asked) -> Iterator[Status]:
    indicators = [asked.claim.filing_indicator, *(other[0][9] for other in asked.claim.others)]
    wanted = "MB" if asked.claim.kind == "professional" else "MA"
    for place, indicator in enumerate(indicators):
        if not indicator:
            yield Status("A6", "480")
        elif not asked.listed("filing_indicators", indicator) or (
            (place == 0 and indicator in {"MA", "MB"} - {wanted}) or indicator in {"MA", "MB"} & set(indicators[:place])
        ):
            yield Status("A7", "480")


def medicare_second(asked: Asked) -> Iterator[Status]:
    billed = _subscribed(asked)
    if billed is not None and billed[9] == "MB" and billed[1] != "P" and not billed[5]:
        yield Status("A6", "578")


def payer_id(asked: Asked) -> Iterator[Status]:
    if not asked.claim.payer.id:
        yield Status("A6", "153", "PR")
    elif asked.payer is None:
        yield Status("A7", "153", "PR")


def member_id(asked: Asked) -> Iterator[Status]:
    number = asked.claim.subscriber.id
    if number and MemberId.problem_of(number):
        yield Status("A7", "164", "IL")


def frequency(asked: Asked) -> Iterator[Status]:
    claim = asked.claim
    professional = {"1"} if asked.of_medicare else _PROFESSIONAL_FREQUENCIES
    if claim.frequency not in (professional if claim.kind == "professional" else _FACILITY_FREQUENCIES):
        yield Status("A7", "535")
    if claim.frequency == "1" and claim.references.get("F8"):
        yield Status("A8", "464")


def timely(asked: Asked) -> Iterator[Status]:
    """Medicare and Medicaid take a claim for a year (42 CFR 424.44, 447.45(d)(1)), unless it says why it is late."""
    claim = asked.claim
    counted = claim.last_day if claim.kind == "institutional" else claim.first_day
    if counted is None or claim.filing_indicator not in _PUBLIC or claim.frequency == _VOID:
        return
    late = (asked.day.year, asked.day.month, asked.day.day) > (counted.year + 1, counted.month, counted.day)
    if late and not claim.segments[0][20]:
        yield Status("A3", "718")


def adjusted(segments: Iterable[Segment]) -> Decimal:
    """The amounts of CAS."""
    amounts = (number_of(one[place]) for one in segments if one.id == "CAS" for place in range(3, 19, 3))
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _payer_of(other: list[Segment]) -> str:
    """NM109 of loop 2330B; empty where it is missing."""
    return dict(parties(other)).get("PR", Party()).id


def decisions(segments: list[Segment]) -> Iterator[tuple[Segment, list[Segment]]]:
    """Each SVD of a line and what follows it."""
    begins = [place for place, one in enumerate(segments) if one.id == "SVD"]
    for begin, end in pairwise([*begins, len(segments)]):
        yield segments[begin], segments[begin + 1 : end]


def earlier_payers(asked: Asked) -> Iterator[Status]:
    """What each decided makes the charge; each before the billed one has decided; its date stands once."""
    billed = _subscribed(asked)
    turn = _TURNS.find(billed[1]) if billed is not None else 0
    for other in asked.claim.others:
        paid = next((number_of(one[2]) for one in other if one.id == "AMT" and one[1] == "D"), None)
        if paid is None:
            if 0 <= _TURNS.find(other[0][1]) < turn:
                yield Status("A6", "286")
            continue
        of_lines = [rest for svd, rest in _of_payer(asked, _payer_of(other))]
        explained = paid + adjusted(other) + sum(map(adjusted, of_lines), Decimal(0))
        if explained != asked.claim.total_charge:
            yield Status("A8", "672")
        dated = any(one.id == "DTP" and one[1] == "573" for one in other)
        if dated == bool(of_lines):
            yield Status("A7", "516")


def _of_payer(asked: Asked, payer: str) -> Iterator[tuple[Segment, list[Segment]]]:
    for line in asked.claim.lines:
        yield from ((svd, rest) for svd, rest in decisions(line.segments) if svd[1] == payer)


PAYER_EDITS: tuple[ClaimEdit, ...] = (
    turns, kinds, medicare_second, payer_id, member_id, frequency, timely, earlier_payers,
)  # fmt: skip
