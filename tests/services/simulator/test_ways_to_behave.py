"""A customer's sandbox, through its own doors: each way to behave is set over REST and seen in the files that come."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.submission.domain.x12.reading import check
from tests.builders import a_professional_claim, a_professional_line
from tests.fixtures.tokens import Clock
from tests.services.simulator.conftest import Caller
from tests.services.simulator.interchanges import an_interchange
from tests.services.simulator.test_api import pull, send

VISIT = a_professional_claim().with_lines(
    a_professional_line("99213", "125.00"), a_professional_line("93000", "45.50", modifiers=["59"])
)
QUIET = {"payer_rejects": 0, "denied": 0, "partly_denied": 0, "reversed": 0, "recovered": 0}
TAKEN = ["TA1", "999 A", "277 A1:19:40"]
PAYING = QUIET | {"remitted": 1000}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One database: what payers decide does not depend on it."""
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


async def files(caller: Caller, clock: Clock, customer: str, behaviour: dict[str, Any], *sent: bytes) -> list[str]:
    """All that comes back to a customer within two minutes, in the order in which it came."""
    client = caller(customer)
    assert (await client.post("/v1/settings", json=behaviour)).status_code == 200
    for content in sent or [an_interchange(VISIT)]:
        assert (await send(client, content)).status_code == 202
    early = await pull(client)
    clock.advance(timedelta(minutes=2))
    late = await pull(client, early["next_cursor"])
    return [file["content"] for file in early["items"] + late["items"]]


def told(content: str) -> str:
    """The set and its verdict: IK501, the status of the claim, or CLP02 of each claim with what each line was paid."""
    rows = [text.split("*") for text in content.split("~")]
    kind = next((row[1] for row in rows if row[0] == "ST"), "TA1")
    claim = next((place for place, row in enumerate(rows) if row[0] == "HL" and row[3] == "PT"), 0)
    match kind:
        case "999":
            said = [row[1] for row in rows if row[0] == "IK5"]
        case "277":
            said = [next(row[1] for row in rows[claim:] if row[0] == "STC")]
        case "835":
            said = [row[2] if row[0] == "CLP" else row[3] for row in rows if row[0] in ("CLP", "SVC")]
        case _:
            said = []
    return " ".join([kind, *said])


def verdicts(contents: Sequence[str]) -> list[str]:
    return [told(content) for content in contents]


@pytest.mark.parametrize(
    ("behaviour", "came"),
    [
        (QUIET, [*TAKEN, "277 A2:20:PR"]),
        (QUIET | {"refused_sets": 1000}, ["TA1", "999 R"]),
        (QUIET | {"silent": 1000}, TAKEN),
        (QUIET | {"out_of_order": 1000}, ["TA1", "999 A", "277 A2:20:PR", "277 A1:19:40"]),
        (QUIET | {"repeated": 1000}, ["TA1", "999 A", *["277 A1:19:40"] * 2, *["277 A2:20:PR"] * 2]),
        (QUIET | {"late": 1000, "late_by_seconds": 90}, [*TAKEN, "277 A2:20:PR"]),
    ],
    ids=["taken", "format error", "silent", "out of order", "repeated", "late"],
)
async def test_answers_come_as_the_behaviour_says(
    caller: Caller, clock: Clock, behaviour: dict[str, int], came: list[str]
) -> None:
    assert verdicts(await files(caller, clock, "mercy", behaviour)) == came


async def test_claims_come_back_from_the_clearinghouse_or_the_payer(caller: Caller, clock: Clock) -> None:
    """Front-end edits reject with A6 and A7, a payer that does not know the member with A3:33, A7:88, A7:97, A7:26."""
    (*_, edit) = verdicts(await files(caller, clock, "a", QUIET | {"front_end_rejects": 1000}))
    assert edit.startswith(("277 A6:", "277 A7:"))
    (*_, front, payer) = verdicts(await files(caller, clock, "b", QUIET | {"payer_rejects": 1000}))
    assert front == "277 A1:19:40"
    assert payer in {"277 A3:33:IL", "277 A7:88:IL", "277 A7:97:QC", "277 A7:26:QC"}
    same_claim = (an_interchange(VISIT), an_interchange(VISIT, control_number=43))
    (*_, duplicate) = verdicts(await files(caller, clock, "c", QUIET, *same_claim))
    assert duplicate == "277 A3:746"


async def test_claims_are_paid_denied_paid_in_part_and_taken_back(caller: Caller, clock: Clock) -> None:
    """Every 835 adds up as 005010X221A1 section 1.10.2 asks, by our own reader; oxedi and pyx12 ask of the domain."""
    found = {}
    for way in ("paid", "denied", "partly_denied", "reversed", "recovered"):
        behaviour = PAYING | ({way: 1000} if way != "paid" else {})
        contents = [one for one in await files(caller, clock, way, behaviour) if told(one).startswith("835")]
        assert [fault for one in contents for fault in check(io.BytesIO(one.encode()))] == []
        found[way] = contents
    (paid,) = verdicts(found["paid"])
    _, status, first, second = paid.split()
    assert (status, float(first) > 0, float(second) > 0) == ("1", True, True)
    assert verdicts(found["denied"]) == ["835 4 0 0"]
    assert verdicts(found["partly_denied"]) == [f"835 1 {first} 0"]
    before, after = found["reversed"]
    assert told(before) == paid
    assert told(after).startswith(f"835 22 -{first} -{second} 1 ")
    (recovered,) = found["recovered"]
    assert "PLB*1" in recovered
    assert "*WO:" in recovered


async def test_the_same_seed_and_files_are_answered_with_the_same_bytes(caller: Caller, clock: Clock) -> None:
    """Each customer has control numbers of its own; nothing but the clock tells two of them apart."""
    begin, came = clock.now, []
    visits = [
        a_professional_claim().with_lines(a_professional_line("99213", f"{charge}.00")) for charge in range(100, 112)
    ]
    for customer, seed in (("mercy", 7), ("grace", 7), ("hope", 8)):
        clock.now = begin
        mixed = {"seed": seed, "payer_rejects": 500, "remitted": 1000, "denied": 300, "reversed": 300, "late": 300}
        came.append(await files(caller, clock, customer, mixed, an_interchange(*visits)))
    assert came[0] == came[1]
    assert came[0] != came[2]
