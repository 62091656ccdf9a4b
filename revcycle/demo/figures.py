"""The day's figures, asked of the services when all is done, and whether they agree with the answer keys."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from revcycle.demo.api import Api, Json
from revcycle.demo.book import Book, Case

T = TypeVar("T")

FINAL = ("paid", "denied")
"""The states in which the day leaves claims: the payer has taken each into adjudication and decided on it."""

_MONEY = {
    "charged": "charge", "paid by the payers": "paid", "written off under contracts": "contractual",
    "other adjustments": "other", "the patients' own": "patient", "denied": "denied",
}  # fmt: skip
"""Sums of the claims' accounts, by what we call them here."""

_AT_ONCE = 8


@dataclass(frozen=True)
class PayerDay:
    """One payer's claims: how many went out, how many the payer took at the first time, what they ask for."""

    name: str
    claims: int
    accepted_at_first: int
    charges: Decimal


@dataclass
class Figures:
    """What one day came to. Rates are shares between 0 and 1; each name says of what."""

    seconds: float
    charts: Counter[str] = field(default_factory=Counter)
    """Charts coded, by kind of work."""
    drgs: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Stays by MS-DRG and its description."""
    weight: Decimal = Decimal(0)
    """The relative weights of all DRGs together, where the table of the year is loaded."""
    held_by: Counter[str] = field(default_factory=Counter)
    """Claims by the edit that held them first."""
    repairs: Counter[str] = field(default_factory=Counter)
    returned_for: Counter[str] = field(default_factory=Counter)
    rejected_for: Counter[str] = field(default_factory=Counter)
    payers: list[PayerDay] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    money: dict[str, Decimal] = field(default_factory=dict)
    """The claims' accounts added up."""
    remittances: int = 0
    denials: list[tuple[str, str, int, Decimal]] = field(default_factory=list)
    """Payer, CARC, how many, of how much; most money first."""
    interchanges: int = 0
    resubmitted: int = 0
    clean: int = 0
    touchless: int = 0
    accepted_at_first: int = 0
    claims: int = 0
    disagreements: list[str] = field(default_factory=list)

    def rate(self, count: int) -> float:
        return count / self.claims if self.claims else 0.0


async def gather(book: Book, coder: Api, biller: Api, seconds: float) -> Figures:
    """Ask encoder, grouper, scrubber and submission about every claim of the day. Raises Refused."""
    figures = Figures(seconds=seconds)
    scrubbed = dict(await _each(book, lambda case: biller.find(f"/scrubber/v1/claims/{case.claim_id}")))
    grouped = dict(await _each(book, lambda case: coder.find(f"/grouper/v1/claims/{case.claim_id}")))
    in_flight = {one["id"]: one async for one in biller.pages("/submission/v1/claims")}
    interchanges = [one async for one in biller.pages("/submission/v1/interchanges")]
    async for chart in coder.pages("/encoder/v1/charts"):
        figures.charts[chart["work_type"]] += chart["status"] == "finalized"
    figures.claims, figures.interchanges = len(book), len(interchanges)
    for case in book:
        claim_id = str(case.claim_id)
        _count_grouping(figures, grouped[claim_id])
        _count_scrubbing(figures, grouped[claim_id], scrubbed[claim_id])
        _count_submission(figures, in_flight.get(claim_id))
        figures.returned_for.update(case.return_reasons[:1])
        figures.rejected_for.update(case.rejected_for)
        figures.disagreements += _disagreements(case, grouped[claim_id], scrubbed[claim_id], in_flight.get(claim_id))
    figures.payers = _payer_days(in_flight.values())
    await _add_up_money(figures, book, biller)
    return figures


async def _add_up_money(figures: Figures, book: Book, biller: Api) -> None:
    accounts = await _each(book, lambda case: biller.find(f"/submission/v1/claims/{case.claim_id}/account"))
    shown = [account["account"] for _, account in accounts if account is not None]
    for name, member in _MONEY.items():
        figures.money[name] = sum((Decimal(account[member]) for account in shown), Decimal(0))
    figures.remittances = len([one async for one in biller.pages("/submission/v1/remittances")])
    groups = await biller.get("/submission/v1/denials/groups")
    figures.denials = [
        (group["payer_name"], group["carc"], group["denials"], Decimal(group["amount"])) for group in groups["items"]
    ]


async def _each(book: Book, ask: Callable[[Case], Awaitable[T]]) -> list[tuple[str, T]]:
    """The answer for every claim, a few asked at a time."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(case: Case) -> tuple[str, T]:
        async with places:
            return str(case.claim_id), await ask(case)

    return list(await asyncio.gather(*map(one, book)))


def _count_grouping(figures: Figures, grouped: Json | None) -> None:
    grouping = grouped["history"][0]["grouping"] if grouped else None
    if grouping and grouping.get("drg"):
        drg = grouping["drg"]
        figures.drgs[drg["drg"], drg["description"]] += 1
        figures.weight += Decimal(drg["weight"] or 0)


def _count_scrubbing(figures: Figures, grouped: Json | None, record: Json | None) -> None:
    """Clean as HFMA has it: passed every edit at the first time, with no hand on the claim; rejections come after."""
    if grouped is None or record is None:
        return
    first = min(record["history"], key=lambda entry: int(entry["version"]))["report"]
    errors = [finding["edit_id"] for finding in first["findings"] if finding["severity"] == "error"]
    returned = any(decision["status"] == "returned" for decision in grouped["history"])
    figures.held_by.update(errors[:1])
    figures.clean += not (errors or returned)
    figures.touchless += not (record["touched"] or returned)
    figures.repairs.update({repair["repair_id"] for repair in first["repairs"]})


def _count_submission(figures: Figures, summary: Json | None) -> None:
    if summary is None:
        figures.states["not submitted"] += 1
        return
    figures.states[summary["state"]] += 1
    figures.resubmitted += summary["attempt"] > 1
    figures.accepted_at_first += summary["state"] in FINAL and summary["attempt"] == 1


def _payer_days(summaries: Iterable[Json]) -> list[PayerDay]:
    of_payer: dict[str, list[Json]] = defaultdict(list)
    for summary in summaries:
        of_payer[summary["payer_name"]].append(summary)
    return [
        PayerDay(
            name,
            len(claims),
            sum(claim["state"] in FINAL and claim["attempt"] == 1 for claim in claims),
            sum((Decimal(claim["total_charge"]) for claim in claims), Decimal(0)),
        )
        for name, claims in sorted(of_payer.items(), key=lambda item: -len(item[1]))
    ]


def _disagreements(case: Case, grouped: Json | None, scrubbed: Json | None, summary: Json | None) -> Iterator[str]:
    """Where the line did not do with the encounter what its answer key says."""
    if case.unexpected:
        yield f"{case.encounter_id}: {case.unexpected}"
    if summary is None or summary["state"] not in FINAL:
        yield f"{case.encounter_id}: ends {summary['state'] if summary else 'before submission'}, not paid or denied"
    if case.sample is None or grouped is None or scrubbed is None:
        return
    if case.sample.drg and grouped["drg"] != case.sample.drg:
        yield f"{case.encounter_id}: DRG {grouped['drg']}, the key says {case.sample.drg}"
    yield from (f"{case.encounter_id}: {words}" for words in _missed(case, scrubbed))


def _missed(case: Case, scrubbed: Json) -> Iterator[str]:
    assert case.sample is not None  # noqa: S101  # asked by the caller
    defect = case.sample.defect
    if defect is None:
        return
    found = {
        "held": case.held_by,
        "returned": case.return_reasons,
        "rejected": case.rejected_for,
        "cleared": [repair["repair_id"] for entry in scrubbed["history"] for repair in entry["report"]["repairs"]],
    }[defect.fate]
    if defect.edit not in found:
        yield f"{defect.kind} was to be {defect.fate} for {defect.edit}; found {', '.join(found) or 'nothing'}"
