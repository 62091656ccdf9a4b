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
from services.submission.domain.references import line_number_of
from services.submission.domain.x12.reading.advice import (
    DENIED,
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
stands on the account already. interest: paid beside the claim."""

_KINDS: dict[str, EntryKind] = {"CO": "contractual", "PR": "patient", "PI": "payer_initiated"}
_PRIOR_PAYERS = "23"

Effect = Literal["posted", "reversed", "noted", "held", "unmatched"]
"""reversed: it took a former posting back exactly. noted: a predetermination, which pays nothing. held: the file ends
within it, a person must look. unmatched: of no claim that we know."""

Flag = Literal["unbalanced", "reversal_of_nothing", "reversal_differs", "superseded_attempt"]


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


@dataclass(frozen=True)
class Posting:
    """What is to be done: `entries` go onto the account, `undoes` is the id of the posting that stands no longer."""

    effect: Effect
    entries: tuple[Entry, ...] = ()
    undoes: str | None = None
    flags: tuple[Flag, ...] = ()


def post(claim: RemittedClaim, former: Sequence[Former], day: date) -> Posting:
    """What `claim` does to the account of the claim it was matched to; `former` are the postings that stand there.

    `day` is that of the payer's notice: it chooses the edition of the reasons' categories.

    What does not balance is posted as the payer states it and flagged: the difference stays open for a person to see.
    """
    if not claim.is_whole:
        return Posting("held")
    if claim.status == PREDETERMINATION:
        return Posting("noted")
    flags: tuple[Flag, ...] = () if claim.is_balanced else ("unbalanced",)
    if not claim.is_reversal:
        return Posting("posted", tuple(entries_of(claim, day)), flags=flags)
    meant = _meant(claim, former)
    if meant is None:
        flag: Flag = "reversal_differs" if former else "reversal_of_nothing"
        return Posting("posted", tuple(entries_of(claim, day)), flags=(*flags, flag))
    return Posting("reversed", tuple(entry.opposite for entry in meant.entries), meant.id, flags)


def _meant(reversal: RemittedClaim, former: Sequence[Former]) -> Former | None:
    """The latest posting with just the opposite sums: of the same number at the payer before any other."""
    opposite = [one for one in former if (one.charged, one.paid) == (-reversal.charged, -reversal.paid)]
    same_number = [one for one in opposite if one.payer_claim_control_number == reversal.payer_claim_control_number]
    return next(reversed(same_number or opposite), None)


def entries_of(claim: RemittedClaim, day: date) -> Iterator[Entry]:
    """Payments and adjustments of each line, then of the claim as such; what is nothing is no entry."""
    left = claim.paid
    for place, line in enumerate(claim.lines, 1):
        number = line_number_of(line.control_number) or place
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


def outcome(claim: RemittedClaim, still_paid: Decimal) -> Adjudicated:
    """What became of the claim; `still_paid` is what stands as paid on the account after this posting.

    Denied is what the payer calls so (CLP02 4), and that of which it pays nothing and gives the patient nothing to pay.
    A deductible that takes all of it is no denial.
    """
    if claim.is_reversal:
        return "paid" if still_paid > 0 else "denied"
    of_patient = sum((one.amount for one in claim.every_adjustment if one.group == "PR"), NOTHING)
    nothing_of_it = claim.paid <= 0 and of_patient == 0 and claim.charged > 0
    return "denied" if claim.status == DENIED or nothing_of_it else "paid"


@dataclass(frozen=True)
class Account:
    """A claim's account in sums. `open` is `charge` less payments and write-offs; of it `patient` is the patient's.

    `denied` is what the payer who decided last refuses to pay.
    """

    charge: Decimal
    paid: Decimal
    contractual: Decimal
    other: Decimal
    payer_initiated: Decimal
    denied: Decimal
    patient: Decimal
    interest: Decimal

    @property
    def open(self) -> Decimal:
        return self.charge - self.paid - self.contractual - self.other - self.payer_initiated

    @property
    def of_payers(self) -> Decimal:
        """Open, and not the patient's."""
        return self.open - self.patient


def account(charge: Decimal, entries: Iterable[Entry], *, of_last_payer: Iterable[Entry]) -> Account:
    """`of_last_payer`: entries of the posting that stands last, which says what is denied and what the patient owes."""
    sums: defaultdict[EntryKind, Decimal] = defaultdict(lambda: NOTHING)
    last: defaultdict[EntryKind, Decimal] = defaultdict(lambda: NOTHING)
    for entry in entries:
        sums[entry.kind] += entry.amount
    for entry in of_last_payer:
        last[entry.kind] += entry.amount
    return Account(
        charge=charge,
        paid=sums["payment"],
        contractual=sums["contractual"],
        other=sums["other"],
        payer_initiated=sums["payer_initiated"],
        denied=last["denied"],
        patient=last["patient"],
        interest=sums["interest"],
    )
