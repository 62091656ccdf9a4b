"""835s come in, find their claims and are posted once. Expected amounts by hand from the text given."""

from __future__ import annotations

from decimal import Decimal

import httpx
import pytest
from sqlalchemy import func, select

from services.simulator.domain.behaviour import Behaviour
from services.simulator.domain.clearinghouse import History, process, read_interchange
from services.submission import posting
from services.submission.remittance_store import EntryRow, RemittedClaimRow
from services.submission.transmission import Transmitter
from shared.db import Database
from shared.events.contracts import ClaimCleared
from shared.events.outbox import OutboxRow
from tests.builders import a_professional_claim, a_professional_line
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import BILLER, Caller, Clearinghouse, cleared, take
from tests.services.submission.remittances import a_claim, a_service, a_set, an_835, in_interchange


@pytest.fixture
async def visit(in_flight: Database, clock: Clock, transmitter: Transmitter) -> ClaimCleared:
    """A claim over 125.00 that went out."""
    event = cleared(a_professional_claim().with_lines(a_professional_line("99213", "125.00")))
    await take(in_flight, clock, event)
    await transmitter.batch_all()
    await transmitter.deliver()
    return event


@pytest.fixture
def biller(caller: Caller) -> httpx.AsyncClient:
    return caller("bea", (*BILLER, "remittances:read"))


def paid(number: str, *, payer_number: str = "ICN1", status: str = "1") -> list[str]:
    """80.00 of 125.00, 25.00 written off, 20.00 coinsurance."""
    line = a_service("99213", "125", "80", "CO*45*25", "PR*2*20", allowed="100")
    return a_claim(number, status, "125", "80", line, patient="20", payer_number=payer_number)


@pytest.fixture
def number(visit: ClaimCleared) -> str:
    return visit.claim.patient_control_number


async def entries(database: Database) -> list[tuple[str, str, Decimal]]:
    async with database.read() as session:
        rows = await session.scalars(select(EntryRow).order_by(EntryRow.remitted_claim_id, EntryRow.number))
        return [(row.kind, row.reason, row.amount) for row in rows]


async def events(database: Database) -> list[str]:
    async with database.read() as session:
        rows = await session.scalars(select(OutboxRow).order_by(OutboxRow.id))
        return [row.headers["ce_type"] for row in rows]


async def test_a_payment_is_posted_once_whatever_file_it_comes_in(
    visit: ClaimCleared, number: str, in_flight: Database, transmitter: Transmitter, clearinghouse: Clearinghouse,
    biller: httpx.AsyncClient,
):  # fmt: skip
    again = an_835("80", paid(number), isa="000000778")
    differently = an_835("80", paid(number, payer_number="ICN2"), isa="000000779")
    for name, text in enumerate((an_835("80", paid(number)), again, differently)):
        clearinghouse.answers(str(name), text)
        await transmitter.collect()
    assert await entries(in_flight) == [("payment", "", 80), ("contractual", "45", 25), ("patient", "2", 20)]
    body = (await biller.get(f"/v1/claims/{visit.claim.id}/account")).json()
    shown = body["account"]
    assert (shown["charge"], shown["paid"], shown["contractual"]) == ("125.00", "80.00", "25.00")
    assert (shown["open"], shown["patient"], shown["of_payers"]) == ("20.00", "20.00", "0.00")
    timeline = (await biller.get(f"/v1/claims/{visit.claim.id}")).json()
    assert timeline["summary"]["state"] == "paid"
    assert timeline["summary"]["payer_claim_control_number"] == "ICN1"
    assert timeline["entries"][-1]["event"] == "claim.remitted.v1"
    assert (await events(in_flight)).count("claim.remitted.v1") == 1
    first, second, third = (await biller.get("/v1/remittances")).json()["items"]
    assert [item["state"] for item in (first, second, third)] == ["posted", "repeated", "differs"]
    figures = (await biller.get("/v1/figures")).json()
    assert (figures["claims"], figures["accepted"], figures["accepted_at_first"]) == (1, 1, 1)
    assert second["repeats"] == third["repeats"] == first["id"]


async def test_a_reversal_takes_back_what_was_posted_and_a_correction_posts_anew(
    visit: ClaimCleared, number: str, in_flight: Database, transmitter: Transmitter, clearinghouse: Clearinghouse,
    biller: httpx.AsyncClient,
):  # fmt: skip
    # The payer reverses the claim as a whole, without its lines and under a number of its own for the patient's,
    # and pays it anew at 90 in the same payment.
    reversal = a_claim("0", "22", "-125", "-80", cas=["CO*45*-25", "PR*2*-20"], payer_number="ICN1")
    anew = a_claim(
        number, "1", "125", "90", a_service("99213", "125", "90", "CO*45*25", "PR*2*10"), patient="10",
        payer_number="ICN2",
    )  # fmt: skip
    for name, text in enumerate((an_835("80", paid(number)), an_835("10", reversal, anew, trace="EFT1002"))):
        clearinghouse.answers(str(name), text)
        await transmitter.collect()
    assert await entries(in_flight) == [
        ("payment", "", 80), ("contractual", "45", 25), ("patient", "2", 20),
        ("payment", "", -80), ("contractual", "45", -25), ("patient", "2", -20),
        ("payment", "", 90), ("contractual", "45", 25), ("patient", "2", 10),
    ]  # fmt: skip
    body = (await biller.get(f"/v1/claims/{visit.claim.id}/account")).json()
    assert (body["account"]["paid"], body["account"]["open"], body["account"]["patient"]) == ("90.00", "10.00", "10.00")
    first, second, _ = body["postings"]
    assert (first["undone_by"], second["effect"]) == (second["id"], "reversed")


async def test_what_is_of_no_claim_of_ours_or_of_no_claim_at_all_is_kept_apart(
    number: str, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient, caller: Caller
):
    first = a_set("115", paid(number), paid("SOMEBODYELSES"), plb=["WO:ICN0*50*L6*-5"])
    text = in_interchange(first, a_set("0", a_claim("X", "4", "9", "0"), trace="EFT1002", control_number="0002"))
    clearinghouse.answers("1", text)
    await transmitter.collect()
    listed = (await biller.get("/v1/remittances")).json()["items"]
    assert [(item["trace_number"], item["amount"], item["is_balanced"]) for item in listed] == [
        ("EFT1001", "115.00", True), ("EFT1002", "0.00", True)
    ]  # fmt: skip
    body = (await biller.get(f"/v1/remittances/{listed[0]['id']}")).json()
    assert [(one["reason"], one["reference"], one["amount"]) for one in body["provider_adjustments"]] == [
        ("WO", "ICN0", "50.00"), ("L6", "", "-5.00")
    ]  # fmt: skip
    page = (await biller.get(f"/v1/remittances/{listed[0]['id']}/claims?limit=1")).json()
    rest = (await biller.get(f"/v1/remittances/{listed[0]['id']}/claims?cursor={page['next_cursor']}")).json()
    assert [one["effect"] for one in (*page["items"], *rest["items"])] == ["posted", "unmatched"]
    unmatched = (await biller.get("/v1/remittances/unmatched")).json()["items"]
    assert [item["patient_control_number"] for item in unmatched] == ["SOMEBODYELSES", "X"]
    others = caller("eve", (*BILLER, "remittances:read"), tenant="saint-anne")
    assert (await others.get("/v1/remittances/unmatched")).json()["items"] == []
    assert (await others.get("/v1/remittances")).json()["items"] == []
    assert (await others.get(f"/v1/remittances/{listed[0]['id']}")).status_code == 404


class ProcessEnds(BaseException):
    """No fault that anybody could go on after."""


async def test_a_file_whose_posting_was_cut_off_is_read_again_and_posts_the_rest(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    sent = [cleared() for _ in range(3)]
    await take(in_flight, clock, *sent)
    await transmitter.batch_all()
    await transmitter.deliver()
    numbers = [event.claim.patient_control_number for event in sent]
    # The file itself ends within its last claim, which nobody can post.
    clearinghouse.answers("1", an_835("240", *map(paid, numbers)).rsplit("SVC*", 1)[0] + "SVC*\x01~")
    monkeypatch.setattr("services.submission.posting._AT_ONCE", 1)
    whole = posting.post_claims
    calls = 0

    async def fails_once(*arguments: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise ProcessEnds
        await whole(*arguments)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(posting, "post_claims", fails_once)
    with pytest.raises(ProcessEnds):
        await transmitter.collect()
    await transmitter.collect()
    async with in_flight.read() as session:
        assert await session.scalar(select(func.count()).select_from(RemittedClaimRow)) == 3
        effects = await session.scalars(select(RemittedClaimRow.effect).order_by(RemittedClaimRow.position))
        assert list(effects) == ["posted", "posted", "held"]
    assert len(await entries(in_flight)) == 6


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_the_simulators_payers_pay_is_posted_to_the_cent(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    charges = [f"{charge}.37" for charge in range(100, 112)]
    lines = [[a_professional_line("99213", charge), a_professional_line("93000", "45.50")] for charge in charges]
    sent = [
        cleared(a_professional_claim().with_lines(*of_claim), claim_id=f"0193628d-58f5-7a70-8d2e-{number:012x}")
        for number, of_claim in enumerate(lines)
    ]
    await take(in_flight, clock, *sent)
    await transmitter.batch_all()
    await transmitter.deliver()
    behaviour = Behaviour(payer_rejects=0, remitted=1000, denied=250, partly_denied=250, reversed=250, recovered=1000)
    (interchange,) = clearinghouse.sent()
    outcome = process(
        read_interchange(interchange), behaviour=behaviour, history=History(), already_used=False, at=clock(),
        first_control_number=1,
    )  # fmt: skip
    for number, answer in enumerate(outcome.answers):
        clearinghouse.answers(f"{number:03d}", answer.content.decode("ascii"))
    await transmitter.collect()
    payments = (await biller.get("/v1/remittances")).json()["items"]
    assert payments
    assert all(payment["state"] == "posted" and payment["is_balanced"] for payment in payments)
    accounts = [(await biller.get(f"/v1/claims/{event.claim.id}/account")).json()["account"] for event in sent]
    # What stands as paid on the claims is what was paid and what the payer kept or carried forward.
    moved = sum(Decimal(payment["amount"]) + Decimal(payment["provider_adjusted"]) for payment in payments)
    assert sum(Decimal(one["paid"]) for one in accounts) == moved
    assert all(one["of_payers"] == one["denied"] for one in accounts)
    states = [item["state"] for item in (await biller.get("/v1/claims")).json()["items"]]
    assert set(states) == {"paid", "denied"}
