"""What an adjudicated claim does to our claim's account: its entries, and what a reversal takes back.

An account begins with the charge. Payments and write-offs lower what is open. What is denied stays open, what patients
owe too, though no payer's; interest is beside it. Entries are never changed: a reversal adds their opposites.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from services.submission.domain.denials import category_of
from services.submission.domain.lifecycle import Adjudicated
from services.submission.domain.remittances.lines import line_numbers
from services.submission.domain.x12.reading.advice import (
    DENIED,
    NOT_OURS,
    NOTHING,
    PREDETERMINATION,
    Adjustment,
    RemittedClaim,
)

EntryKind = Literal[
    "payment", "contractual", "other", "payer_initiated", "denied", "patient", "prior_payer", "interest"
]
"""contractual: group CO. denied: refused for a reason that is no write-off; it stays open until somebody has decided.
patient: PR, what the payer says the patient owes. prior_payer: OA 23, what an earlier payer paid and adjusted, which
stands on the account of the claim that was billed to that one. interest: paid beside the claim."""

_KINDS: dict[str, EntryKind] = {"CO": "contractual", "PR": "patient", "PI": "payer_initiated"}
_PRIOR_PAYERS = "23"
_NO_WRITE_OFF = frozenset({"payment", "denied", "interest"})

Effect = Literal["posted", "reversed", "noted", "held", "unmatched", "dismissed"]
"""reversed: it took a former posting back exactly. noted: it decides nothing, a predetermination or what was forwarded.
held: the file ends within it, a person must look. unmatched: of no claim that we know. dismissed: a person has looked,
and it is none of ours."""

Flag = Literal[
    "unbalanced",
    "reversal_of_nothing",
    "reversal_differs",
    "superseded_attempt",
    "part_of_claim",
    "forwarded_undecided",
    "matched_by_hand",
]
"""superseded_attempt: another attempt of the claim has followed the one that it pays. part_of_claim: the payer decides
on the claim in parts. forwarded_undecided: it says to whom the claim goes, not what becomes of it (CLP02 23)."""


class Entry(NamedTuple):
    """One amount on a claim's account; `line` is None of the claim as a whole."""

    kind: EntryKind
    group: str
    reason: str
    line: int | None
    amount: Decimal

    @property
    def opposite(self) -> Entry:
        return self._replace(amount=-self.amount)


@dataclass(frozen=True)
class Former:
    """A posting that stands, which a reversal may mean."""

    id: str
    payer_claim_control_number: str
    charged: Decimal
    paid: Decimal
    entries: tuple[Entry, ...]
    payer_id: str = ""

    def sum_of(self, kind: EntryKind) -> Decimal:
        return sum((entry.amount for entry in self.entries if entry.kind == kind), NOTHING)


@dataclass(frozen=True)
class Posting:
    """What is to be done: `entries` go onto the account, `undoes` is the id of the posting that stands no longer."""

    effect: Effect
    entries: tuple[Entry, ...] = ()
    undoes: str | None = None
    flags: tuple[Flag, ...] = ()


def post(claim: RemittedClaim, former: Sequence[Former], day: date, numbers: Sequence[int] | None = None) -> Posting:
    """What `claim` does to the account of the claim it was matched to; `former` are the postings that stand there.

    `day` is that of the payer's notice: it chooses the edition of the reasons' categories. `numbers` are the lines of
    our claim that its services are.

    What does not balance is posted as the payer states it and flagged: the difference stays open for a person to see.
    """
    if not claim.is_whole:
        return Posting("held")
    if claim.status == PREDETERMINATION:
        return Posting("noted")
    if claim.status == NOT_OURS and not claim.paid:
        return Posting("noted", flags=("forwarded_undecided",))
    flags: tuple[Flag, ...] = () if claim.is_balanced else ("unbalanced",)
    if not claim.is_reversal:
        return Posting("posted", tuple(entries_of(claim, day, numbers)), flags=flags)
    meant = _meant(claim, former)
    if meant is None:
        flag: Flag = "reversal_differs" if former else "reversal_of_nothing"
        return Posting("posted", tuple(entries_of(claim, day, numbers)), flags=(*flags, flag))
    return Posting("reversed", tuple(entry.opposite for entry in meant.entries), meant.id, flags)


def _meant(reversal: RemittedClaim, former: Sequence[Former]) -> Former | None:
    """The latest posting with just the opposite sums: of the same number at the payer before any other."""
    opposite = [one for one in former if (one.charged, one.paid) == (-reversal.charged, -reversal.paid)]
    same_number = [one for one in opposite if one.payer_claim_control_number == reversal.payer_claim_control_number]
    return next(reversed(same_number or opposite), None)


def entries_of(claim: RemittedClaim, day: date, numbers: Sequence[int] | None = None) -> Iterator[Entry]:
    """Payments and adjustments of each line, then of the claim as such; what is nothing is no entry."""
    left = claim.paid
    for number, line in zip(numbers or line_numbers(claim.lines), claim.lines, strict=True):
        left -= line.paid
        yield from _entry("payment", number, line.paid)
        for adjustment in line.adjustments:
            yield from _adjustment(adjustment, number, day)
    # What the payer took off the claim as a whole is not yet off what it says to have paid for the lines.
    yield from _entry("payment", None, left)
    for adjustment in claim.adjustments:
        yield from _adjustment(adjustment, None, day)
    yield from _entry("interest", None, claim.amount("I") or NOTHING)


def _adjustment(adjustment: Adjustment, line: int | None, day: date) -> Iterator[Entry]:
    kind = _KINDS.get(adjustment.group, "other")
    if adjustment.group == "OA" and adjustment.reason == _PRIOR_PAYERS:
        kind = "prior_payer"
    elif kind != "patient" and category_of(adjustment.reason, day).is_denial:
        kind = "denied"
    if adjustment.amount:
        yield Entry(kind, adjustment.group, adjustment.reason, line, adjustment.amount)


def _entry(kind: EntryKind, line: int | None, amount: Decimal) -> Iterator[Entry]:
    if amount:
        yield Entry(kind, "", "", line, amount)


def outcome(
    claim: RemittedClaim, still_paid: Decimal, day: date, parts: Iterable[Former] = (), *, is_void: bool = False
) -> Adjudicated:
    """What became of the claim; `still_paid` is what stands as paid on the account after this posting.

    A reversal answers a void (`is_void`, CLM05-3 of 8 on what went out last) once nothing stands as paid.

    Denied is what the payer calls so (CLP02 4), and that of which it pays nothing, gives the patient nothing to pay and
    something is refused or left unsaid. A deductible that takes all of it is no denial, nor is capitation, nor a
    secondary payer to whom the first left nothing. `parts` are the others of a decision that the payer split: a claim
    is paid where one of its parts is.
    """
    if claim.is_reversal:
        return "paid" if still_paid > 0 else "voided" if is_void else "denied"
    if sum((part.paid for part in parts), NOTHING) > 0:
        return "paid"
    entries = list(entries_of(claim, day))
    of_patient = sum((entry.amount for entry in entries if entry.kind == "patient"), NOTHING)
    refused = claim.charged - sum((one.amount for one in entries if one.kind not in _NO_WRITE_OFF), NOTHING)
    nothing_of_it = claim.paid <= 0 and of_patient == 0 and refused > 0
    return "denied" if claim.status == DENIED or nothing_of_it else "paid"


def decisions(charge: Decimal, standing: Iterable[Former]) -> list[tuple[Former, ...]]:
    """Standing postings, oldest first, as what payers decided one after the other on a claim of `charge`.

    A payer may split a claim (005010X221A1, Claim Splitting): each part comes with the charge of its lines, and all are
    one decision. Whoever decides on a claim as a whole, the same payer again or the next one, repeats its whole charge.
    A reversal that took nothing back exactly belongs to what it lowers, and ends it.
    """
    found: list[tuple[Former, ...]] = []
    for posting in standing:
        last = found[-1] if found else ()
        together = sum((part.charged for part in last), posting.charged)
        goes_on = posting.charged < 0 or all(part.charged >= 0 for part in last)
        if last and last[-1].payer_id == posting.payer_id and together <= charge and goes_on:
            found[-1] = (*last, posting)
        else:
            found.append((posting,))
    return found


@dataclass(frozen=True)
class Account:
    """A claim's account in sums. `open` is `charge` less payments and write-offs; of it `patient` is the patient's.

    `voided` is the charge of a claim that was taken back: nobody owes it any more.
    `denied` is what the payer who decided last refuses to pay. `prior_payers` is what those decided whose decisions
    stand on other accounts: of a claim to a second payer that of the first, as OA 23 says it.
    """

    charge: Decimal
    voided: Decimal
    prior_payers: Decimal
    paid: Decimal
    contractual: Decimal
    other: Decimal
    payer_initiated: Decimal
    denied: Decimal
    patient: Decimal
    interest: Decimal

    @property
    def open(self) -> Decimal:
        billed = self.charge - self.voided
        return billed - self.prior_payers - self.paid - self.contractual - self.other - self.payer_initiated

    @property
    def of_payers(self) -> Decimal:
        """Open, and not the patient's."""
        return self.open - self.patient


def account(
    charge: Decimal,
    entries: Iterable[Entry],
    standing: Iterable[Former],
    *,
    is_first_payer: bool = True,
    is_voided: bool = False,
) -> Account:
    """The account of a claim to the payer who is first in turn, or to a later one.

    The decision among the `standing` postings that came last says what is denied and what the patient owes. A claim to
    the first payer has the postings of all that follow too, where it was forwarded: OA 23 stands for what is there.
    """
    sums: defaultdict[EntryKind, Decimal] = defaultdict(lambda: NOTHING)
    for entry in entries:
        sums[entry.kind] += entry.amount
    decided = decisions(charge, standing)
    last = decided[-1] if decided else ()
    before = [sum((part.sum_of("prior_payer") for part in parts), NOTHING) for parts in decided]
    return Account(
        charge=charge,
        voided=charge if is_voided else NOTHING,
        prior_payers=NOTHING if is_first_payer else min(before, default=NOTHING),
        paid=sums["payment"],
        contractual=sums["contractual"],
        other=sums["other"],
        payer_initiated=sums["payer_initiated"],
        denied=sum((part.sum_of("denied") for part in last), NOTHING),
        patient=sum((part.sum_of("patient") for part in last), NOTHING),
        interest=sums["interest"],
    )
