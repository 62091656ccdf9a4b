"""The MLLP door on a real socket: messages through it, and strangers before it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hl7.mllp import open_hl7_connection

from services.encoder.mllp import MllpDoor, mllp_door
from services.encoder.settings import EncoderSettings
from shared.db import Database
from shared.events import SqlLogBus
from shared.runtime import InvalidSettings, Runtime, Settings
from tests.builders import an_organization_provider
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer
from tests.services.encoder.domain.hl7.messages import a_document, admitted

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DEADLINE_SECONDS = 20.0


@asynccontextmanager
async def open_door(database: Database, clock: Clock, **settings: Any) -> AsyncIterator[MllpDoor]:
    """The door at work meanwhile, on a port of its own."""
    told = EncoderSettings(mllp_port=0, mllp_tenant="mercy", **settings)
    door, stop = MllpDoor(database, clock, told), asyncio.Event()
    running = asyncio.create_task(door.run(stop))
    async with asyncio.timeout(DEADLINE_SECONDS):
        while door.port is None and not running.done():  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
    try:
        yield door
    finally:
        stop.set()
        await asyncio.wait_for(running, DEADLINE_SECONDS)


async def exchanged(door: MllpDoor, *contents: bytes, tls: ssl.SSLContext | None = None) -> list[bytes]:
    """What the door answers to each message of one connection."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        names = {"ssl": tls, "server_hostname": "localhost"} if tls else {}
        reader, writer = await open_hl7_connection("127.0.0.1", door.port, **names)
        answers = []
        try:
            for content in contents:
                writer.writeblock(content)
                await writer.drain()
                answers.append(await reader.readblock())
        finally:
            writer.close()
        return answers


@pytest.fixture
async def with_profile(ehr: httpx.AsyncClient) -> httpx.AsyncClient:
    profile = {"id": "CVMC", "billing": an_organization_provider(), "time_zone": "America/Chicago"}
    await ehr.put("/v1/facilities/CVMC", json=profile)
    return ehr


async def test_messages_of_one_connection_are_answered_in_their_order(
    with_profile: httpx.AsyncClient, charts_database: Database, clock: Clock
):
    async with open_door(charts_database, clock) as door:
        waiting, opened, nonsense = await exchanged(door, a_document(), admitted(), b"hello")
    assert (b"\rMSA|AA|" in waiting, b"kept until" in waiting) == (True, True)
    assert b"\rMSA|AA|" in opened
    assert b"\rMSA|AE|" in nonsense
    [chart] = (await with_profile.get("/v1/charts")).json()["items"]
    assert [one["id"] for one in (await with_profile.get(f"/v1/charts/{chart['id']}")).json()["documents"]] == ["D-1"]


async def test_a_peer_that_is_not_allowed_is_hung_up_on(charts_database: Database, clock: Clock):
    async with open_door(charts_database, clock, mllp_peers="10.1.0.0/16") as door:
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await exchanged(door, admitted())


async def test_a_block_that_is_none_or_too_long_ends_the_connection(charts_database: Database, clock: Clock):
    async with open_door(charts_database, clock, max_message_bytes=2048) as door:
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await exchanged(door, admitted() + b"x" * 10_000)
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(b"GET / HTTP/1.1\x1c\r")
        assert await asyncio.wait_for(reader.read(), DEADLINE_SECONDS) == b""
        writer.close()


async def test_a_silent_connection_is_closed(charts_database: Database, clock: Clock):
    async with open_door(charts_database, clock, mllp_idle=timedelta(milliseconds=50)) as door:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        assert await asyncio.wait_for(reader.read(), DEADLINE_SECONDS) == b""
        writer.close()


async def test_a_certificate_is_asked_for_where_an_authority_is_named(
    charts_database: Database, clock: Clock, tmp_path: Path
):
    own = a_certificate(tmp_path, clock)
    door_settings = {"mllp_certificate": own, "mllp_client_ca": own}
    with_ours = ssl.create_default_context(cafile=str(own))
    with_ours.load_cert_chain(own)
    without = ssl.create_default_context(cafile=str(own))
    async with open_door(charts_database, clock, **door_settings) as door:
        [answer] = await exchanged(door, b"MSH|^~\\&|EHR|CVMC|||||ADT^A31|1|P|2.5\r", tls=with_ours)
        assert b"\rMSA|AA|1|" in answer
        with pytest.raises((asyncio.IncompleteReadError, OSError)):
            await exchanged(door, admitted(), tls=without)


def a_certificate(folder: Path, clock: Clock) -> Path:
    """A certificate for localhost that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock() - timedelta(days=3650))
        .not_valid_after(clock() + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    path = folder / "door.pem"
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(private + certificate.public_bytes(pem))
    return path


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"mllp_port": 2575}, "REVCYCLE_ENCODER_MLLP_TENANT"),
        ({"mllp_port": 2575, "mllp_tenant": "mercy", "mllp_host": "0.0.0.0"}, "REVCYCLE_ENCODER_MLLP_CERTIFICATE"),  # noqa: S104 - refused
    ],
)
async def test_a_door_that_strangers_could_use_is_not_opened(
    database: Database, clock: Clock, tmp_path: Path, settings: dict[str, Any], named: str
):
    process = Settings(data_dir=tmp_path)
    bus = SqlLogBus(process.bus_url)
    runtime = Runtime("encoder", process, database, bus, an_authenticator(an_issuer(tmp_path, clock), clock), clock)
    assert mllp_door(runtime, EncoderSettings()) is None
    with pytest.raises(InvalidSettings, match=named):
        mllp_door(runtime, EncoderSettings(**settings))
    await bus.close()
