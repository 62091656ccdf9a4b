"""The MLLP door: HL7 v2 over TCP, as most interface engines speak it.

The protocol knows no tokens, so who may connect is settled by the network and by certificates: peers that are not
allowed are hung up on before a byte is read, and a door that is open to others than this machine has TLS. All that
comes through it belongs to one tenant.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address, ip_network

import structlog
from hl7.mllp import HL7StreamReader, HL7StreamWriter, InvalidBlockError, start_hl7_server
from sqlalchemy.exc import SQLAlchemyError

from services.encoder.intake_handlers import failed, receive_interchange
from services.encoder.settings import EncoderSettings
from shared.db import Context, Database, new_id
from shared.runtime import InvalidSettings, Runtime

log = structlog.get_logger("revcycle.encoder.mllp")

ACTOR = "system:mllp"


class MllpDoor:
    """A part of the encoder's worker: `run` listens until it is told to stop, then ends what it has in hand."""

    def __init__(self, database: Database, clock: Callable[[], datetime], settings: EncoderSettings) -> None:
        """Raises InvalidSettings where the settings would open the door to strangers."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._tenant = _tenant(settings)
        self._peers = tuple(ip_network(peer) for peer in settings.mllp_peers)
        self._tls = _tls(settings)
        self._open: set[asyncio.Task[None]] = set()
        self.port: int | None = None
        """Where it listens, once it does."""

    async def run(self, stop: asyncio.Event) -> None:
        server = await start_hl7_server(
            self._connected,
            self._settings.mllp_host,
            self._settings.mllp_port,
            limit=self._settings.max_message_bytes,
            ssl=self._tls,
        )
        self.port = server.sockets[0].getsockname()[1]
        log.info("mllp door open", port=self.port, tls=self._tls is not None)
        try:
            await stop.wait()
        finally:
            server.close()
            for connection in self._open:
                connection.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)

    def _connected(self, reader: HL7StreamReader, writer: HL7StreamWriter) -> None:
        # The library keeps no hold of a coroutine's task, and one that nobody holds may be collected while it runs.
        connection = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._open.add(connection)
        connection.add_done_callback(self._open.discard)

    async def _serve(self, reader: HL7StreamReader, writer: HL7StreamWriter) -> None:
        try:
            if self._may_come_in(writer):
                await self._converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass  # the peer has gone, or has nothing to say: it connects again
        except (InvalidBlockError, ValueError):
            log.warning("mllp block refused")
        finally:
            writer.close()

    async def _converse(self, reader: HL7StreamReader, writer: HL7StreamWriter) -> None:
        """One message after the other, each answered before the next is read."""
        while True:
            async with asyncio.timeout(self._settings.mllp_idle.total_seconds()):
                block = await reader.readblock()
            # Told to stop, a message in hand is still brought to its end and answered.
            writer.writeblock(await asyncio.shield(self._answer(block)))
            await writer.drain()

    async def _answer(self, block: bytes) -> bytes:
        context = Context(tenant=self._tenant, actor=ACTOR, request_id=new_id(), at=self._clock())
        try:
            return await receive_interchange(self._database, context, block)
        except (SQLAlchemyError, OSError) as error:
            # The database is away: without an answer the sender keeps the message and sends it again.
            log.warning("mllp message not taken", request_id=context.request_id, error=type(error).__name__)
            raise ConnectionAbortedError from None
        except Exception:
            # Our own mistake. Told as such, the sender can set this message aside and go on with the next.
            log.error("mllp message failed", request_id=context.request_id, exc_info=True)
            return failed(block, context)

    def _may_come_in(self, writer: HL7StreamWriter) -> bool:
        peer = writer.get_extra_info("peername")
        address = ip_address(peer[0].partition("%")[0])
        allowed = any(address in network for network in self._peers)
        if not allowed:
            log.warning("mllp peer refused", peer=str(address))
        elif len(self._open) > self._settings.mllp_connections:
            log.warning("mllp connections exhausted", peer=str(address))
            return False
        return allowed


def mllp_door(runtime: Runtime, settings: EncoderSettings) -> MllpDoor | None:
    """The door that the settings ask for, None where they ask for none. Raises InvalidSettings."""
    return None if settings.mllp_port is None else MllpDoor(runtime.database, runtime.clock, settings)


def _tenant(settings: EncoderSettings) -> str:
    if not settings.mllp_tenant:
        raise InvalidSettings("REVCYCLE_ENCODER_MLLP_TENANT: say whose messages come through the MLLP door")
    return settings.mllp_tenant


def _tls(settings: EncoderSettings) -> ssl.SSLContext | None:
    if settings.mllp_certificate is None:
        if not _is_loopback(settings.mllp_host):
            raise InvalidSettings("REVCYCLE_ENCODER_MLLP_CERTIFICATE: beyond loopback the MLLP door needs TLS")
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=settings.mllp_client_ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(settings.mllp_certificate, settings.mllp_key)
    if settings.mllp_client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
