"""A submission service with a clearinghouse behind two folders, on each database."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from services.submission import clearing
from services.submission.app import create_app
from services.submission.route_settings import terms_of
from services.submission.routes import Route
from services.submission.routes.folder import FolderRoute
from services.submission.scrubbing import NoScrubber, Scrubber
from services.submission.settings import SubmissionSettings
from services.submission.transmission import Transmitter
from services.submission.ways import Way
from shared.claims import ClaimId, InstitutionalClaim, ProfessionalClaim, ScrubReport
from shared.claims.control_numbers import control_number
from shared.db import Context, Database, new_id
from shared.events import SqlLogBus
from shared.events.contracts import ClaimCleared
from shared.runtime import Runtime, Settings
from tests.builders import ClaimBuilder, a_professional_claim
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer

BILLER = ("claims:read", "claims:submit", "rejections:work")
REPORT = ScrubReport(outcome="cleared", edits_version="1", edits_run=1)

Caller = Callable[..., httpx.AsyncClient]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def in_flight(database: Database) -> Database:
    await database.migrate("services/submission/migrations")
    return database


@dataclass
class Clearinghouse:
    """The far side of the folder route, written by hand."""

    folder: Path

    def sent(self) -> list[bytes]:
        """Every interchange that was delivered, oldest first."""
        return [path.read_bytes() for path in sorted((self.folder / "outbound").glob("*.837"))]

    def answers(self, name: str, text: str) -> None:
        """Put a file where the route finds it."""
        part = self.folder / "inbound" / f".{name}"
        part.write_text(text, encoding="ascii")
        part.rename(self.folder / "inbound" / name)


@pytest.fixture
def clearinghouse(tmp_path: Path) -> Clearinghouse:
    return Clearinghouse(tmp_path / "clearinghouse")


@pytest.fixture
def route(clearinghouse: Clearinghouse) -> FolderRoute:
    return FolderRoute("clearinghouse", clearinghouse.folder)


def one_way(route: Route) -> Way:
    """The only way there is, on the terms of the default settings."""
    return Way(terms_of(SubmissionSettings()), route)


@pytest.fixture
def transmitter(in_flight: Database, route: FolderRoute, clock: Clock) -> Transmitter:
    return Transmitter(in_flight, [one_way(route)], clock)


@pytest.fixture
def scrubber() -> Scrubber:
    """None can be asked, unless a module has one."""
    return NoScrubber()


@pytest.fixture
async def caller(
    in_flight: Database, route: FolderRoute, clock: Clock, tmp_path: Path, scrubber: Scrubber
) -> AsyncIterator[Caller]:
    issuer = an_issuer(tmp_path, clock)
    settings = Settings(data_dir=tmp_path, rate_limit="100000/minute")
    bus = SqlLogBus(settings.bus_url)
    runtime = Runtime("submission", settings, in_flight, bus, an_authenticator(issuer, clock), clock)
    transport = httpx.ASGITransport(create_app(runtime, route, scrubber))
    clients: list[httpx.AsyncClient] = []

    def client(subject: str, scopes: tuple[str, ...] = BILLER, *, tenant: str = "mercy") -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {issuer.token(subject, tenant, scopes)}"}
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://submission", headers=headers))
        return clients[-1]

    yield client
    for opened in clients:
        await opened.aclose()
    await bus.close()


@pytest.fixture
def biller(caller: Caller) -> httpx.AsyncClient:
    return caller("bea")


def cleared(builder: ClaimBuilder | None = None, *, revision: int = 3, claim_id: str | None = None) -> ClaimCleared:
    """A claim of its own id and control number, as the scrubber tells of it; `claim_id` where draws depend on it."""
    named = ClaimId(claim_id or new_id())
    fields = {"id": named, "patient_control_number": control_number(named, 1)}
    claim: ProfessionalClaim | InstitutionalClaim = (builder or a_professional_claim()).but(**fields).build()
    return ClaimCleared(claim=claim, revision=revision, report=REPORT, touchless=True)


async def take(database: Database, clock: Clock, *events: ClaimCleared, tenant: str = "mercy") -> None:
    context = Context(tenant=tenant, actor="system:submission", request_id="e-1", at=clock())
    async with database.unit_of_work(context) as uow:
        for event in events:
            await clearing.take_one(uow, event)


def control_numbers_in(content: bytes) -> list[str]:
    """CLM01 of every claim, read with nothing of ours: the segment terminator is byte 106 of ISA."""
    end = re.escape(content[105:106].decode())
    element = re.escape(content[3:4].decode())
    return re.findall(rf"{end}CLM{element}([^{element}]+){element}", content.decode())


def a_277ca(*statuses: tuple[str, str], payer_number: str = "PCN7001", trace: str = "") -> str:
    """A 277CA (005010X214) with one claim for each (CLM01, `category:status:entity`); `trace` is REF*D9."""
    also = f"REF*D9*{trace}~" if trace else ""
    claims = "".join(
        f"HL*{number}*3*PT~NM1*QC*1*DOE*JOAN****MI*X1~TRN*2*{clm01}~STC*{status}*20261124*{action(status)}*125~"
        f"REF*1K*{payer_number}~{also}DTP*472*D8*20261116~"
        for number, (clm01, status) in enumerate(statuses, 4)
    )
    return (
        "ISA*00*          *00*          *ZZ*CLEARINGHOUSE  *ZZ*REVCYCLE       *261124*0800*^*00501*000000901*0*T*:~"
        "GS*HN*CLEARINGHOUSE*REVCYCLE*20261124*0800*901*X*005010X214~ST*277*0001*005010X214~"
        "BHT*0085*08*R901*20261124*0800*TH~HL*1**20*1~NM1*PR*2*PAYER*****PI*P1~TRN*1*R901~DTP*050*D8*20261124~"
        "DTP*009*D8*20261124~HL*2*1*21*1~NM1*41*2*REVCYCLE*****46*REVCYCLE~TRN*2*0000000010001~"
        f"STC*A1:19:PR*20261124*WQ*125~HL*3*2*19*1~NM1*85*2*GROUP*****XX*1234567893~TRN*1*0~{claims}"
        f"SE*{18 + 6 * len(statuses)}*0001~GE*1*901~IEA*1*000000901~"
    )


def action(status: str) -> str:
    """STC03: WQ accept, U reject."""
    return "WQ" if status.startswith(("A1", "A2")) else "U"


def a_ta1(control_number: int, outcome: str, note: str) -> str:
    return (
        "ISA*00*          *00*          *ZZ*CLEARINGHOUSE  *ZZ*REVCYCLE       *261124*0800*^*00501*000000902*0*T*:~"
        f"TA1*{control_number:09d}*261124*0800*{outcome}*{note}~IEA*0*000000902~"
    )


ComesBack = Callable[..., Awaitable[ClaimCleared]]


@pytest.fixture
def comes_back(in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse) -> ComesBack:
    """Sends a claim and lets it come back with a status; gives the event by which it was taken."""

    async def goes_and_comes(builder: ClaimBuilder | None = None, status: str = "A7:164:IL") -> ClaimCleared:
        event = cleared(builder)
        await take(in_flight, clock, event)
        await transmitter.batch_all()
        await transmitter.deliver()
        clearinghouse.answers(new_id(), a_277ca((event.claim.patient_control_number, status)))
        await transmitter.collect()
        return event

    return goes_and_comes
