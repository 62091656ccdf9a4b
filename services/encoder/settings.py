"""The encoder's own settings, from the environment with the prefix `REVCYCLE_ENCODER_`."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _networks(value: object) -> object:
    """`10.1.0.0/16,10.2.3.4` as networks."""
    given = value.split(",") if isinstance(value, str) else value
    if isinstance(given, list | tuple):
        return tuple(str(ip_network(str(one).strip())) for one in given if str(one).strip())
    return given


class EncoderSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="REVCYCLE_ENCODER_", extra="ignore", frozen=True, use_attribute_docstrings=True
    )

    intake_batch: Annotated[int, Field(ge=1, le=1_000)] = 100
    """Encounters of a bulk request that are stored in one transaction."""

    lease: Annotated[timedelta, Field(ge=timedelta(minutes=1), le=timedelta(days=7))] = timedelta(minutes=30)
    """How long a chart that a coder has pulled is theirs without a sign of work on it."""

    queue_upkeep_every: timedelta = timedelta(minutes=1)
    """How often ended leases and holds are looked for, late queries escalated, and charts placed by new rules."""

    queue_batch: Annotated[int, Field(ge=1, le=5_000)] = 500
    """Charts that are placed anew in one transaction after the rules have changed."""

    touchless_every: timedelta = timedelta(minutes=1)
    """How often charts are looked for that may need no coder, where a tenant has turned that on."""

    max_message_bytes: Annotated[int, Field(ge=1024)] = 20_000_000
    """The largest HL7 v2 message or batch, over HTTP and MLLP."""

    max_document_bytes: Annotated[int, Field(ge=1024)] = 20_000_000
    """The largest request that brings a document."""

    message_retry_every: timedelta = timedelta(minutes=1)
    """How often waiting HL7 messages are tried whose encounter has come another way, or whose chart has come back."""

    mllp_port: Annotated[int, Field(ge=0, le=65535)] | None = None
    """The port of the MLLP door, with the worker. Unset: there is no such door."""

    mllp_host: str = "127.0.0.1"
    """The address that the MLLP door binds. Another than loopback asks for a certificate."""

    mllp_tenant: str | None = None
    """Whose messages come through the MLLP door, which knows no tokens. Needed with the port."""

    mllp_peers: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_networks)] = ("127.0.0.0/8", "::1/128")
    """Addresses or networks, parted by commas, that may connect to the MLLP door; all others are hung up on."""

    mllp_certificate: Path | None = None
    """Certificate chain of the MLLP door, PEM, with its private key in the same file or in the next setting's."""

    mllp_key: Path | None = None
    """Private key of the certificate, PEM."""

    mllp_client_ca: Path | None = None
    """Authorities, PEM, one of which must have signed the certificate that a peer shows. Unset: none is asked for."""

    mllp_idle: timedelta = timedelta(minutes=10)
    """A connection that says nothing for so long is closed."""

    mllp_connections: Annotated[int, Field(ge=1, le=1_000)] = 50
    """Connections that the MLLP door keeps open at once."""

    max_bundle_bytes: Annotated[int, Field(ge=1024)] = 10_000_000
    """The largest FHIR Bundle."""

    grouper_url: HttpUrl | None = None
    """The grouper, for the DRG and payment of audits. When all runs in one process it is the one beside."""

    suggester_url: HttpUrl | None = None
    """A model beside the rules, by the address of its OpenAI-compatible API (`https://host/v1`). Documents of charts,
    which are PHI, are sent there. Unset: no model is asked."""

    suggester_model: str | None = None
    """The model's name there. Needed with the address."""

    suggester_key: SecretStr | None = None
    """The key that the address asks for."""
