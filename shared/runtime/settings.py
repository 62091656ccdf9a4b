"""What an operator may set, all of it, with its meaning. Read once at the start; never in the middle of code."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from limits import parse
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

_SERVICE = "{service}"


class InvalidSettings(Exception):
    """The environment does not make sense. The message is one line and names each variable, never its value."""


def _is_an_address(url: str) -> str:
    if "://" not in url:
        raise ValueError("a database address looks like postgresql+asyncpg://host/{service}")
    return url


def _is_a_rate(rate: str) -> str:
    try:
        parse(rate)
    except ValueError:
        raise ValueError("a rate looks like 600/minute") from None
    return rate


class Settings(BaseSettings):
    """Every setting of every process. Environment variables carry the prefix `REVCYCLE_`: `REVCYCLE_DATA_DIR`.

    With nothing set, one process runs on SQLite files and a SQL log below `data_dir`, with a local issuer on loopback.
    """

    model_config = SettingsConfigDict(
        env_prefix="REVCYCLE_",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    data_dir: Path = Path("var")
    """Where the embedded default keeps its SQLite files, its bus and the local issuer's key."""

    tables_dir: Path | None = None
    """Where the reference tables that you load are kept; they go before the embedded. Unset: `<data_dir>/tables`."""

    database_url: Annotated[str, AfterValidator(_is_an_address)] | None = None
    """SQLAlchemy address of the service's database, async driver named; `{service}` stands for the service's name."""

    database_pool_size: Annotated[int, Field(ge=1, le=200)] = 16
    """Connections that one process holds to its database."""

    kafka_bootstrap: str | None = None
    """`host:port[,host:port]` of Apache Kafka. Unset: the durable SQL log `<data_dir>/bus.sqlite`."""

    kafka_partitions: Annotated[int, Field(ge=1, le=1000)] = 12
    """Partitions of a topic that has to be made: the most workers of a service that can share its work."""

    kafka_replication: Annotated[int, Field(ge=1, le=10)] = 1
    """Copies of a topic that has to be made; 3 in a cluster."""

    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_SSL"] = "PLAINTEXT"
    """How to speak to the broker. TLS is checked against the system's certificates."""

    kafka_username: str | None = None
    """With `SASL_SSL`: who we are (SCRAM-SHA-512)."""

    kafka_password: SecretStr | None = None
    """With `SASL_SSL`: our password."""

    host: str = "127.0.0.1"
    """The address that the HTTP door binds."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """The port that the HTTP door binds."""

    issuer_url: str | None = None
    """The OIDC provider, as in the `iss` of its tokens. Unset: the local issuer with demo users, loopback only."""

    jwks_url: str | None = None
    """Where the provider publishes its keys. Unset: found by OIDC discovery at `issuer_url`."""

    audience: str = "revcycle"
    """What must stand in `aud` of a token for it to be meant for us."""

    jwks_cool_down: timedelta = timedelta(seconds=30)
    """The provider's keys are fetched again for an unknown key id at most this often."""

    token_leeway: timedelta = timedelta(seconds=10)
    """How far the provider's clock and ours may stand apart."""

    rate_limit: Annotated[str, AfterValidator(_is_a_rate)] = "6000/minute"
    """Requests allowed to one subject of one tenant in each process: `6000/minute`, `20/second`."""

    max_body_bytes: Annotated[int, Field(ge=1024)] = 10_000_000
    """The largest JSON body."""

    max_bulk_bytes: Annotated[int, Field(ge=1024)] = 1_000_000_000
    """The largest NDJSON body; it is read as a stream."""

    max_line_bytes: Annotated[int, Field(ge=1024)] = 1_000_000
    """The largest line of an NDJSON body."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least level that is written."""

    log_format: Literal["json", "console"] = "json"
    """`json` for machines, `console` for a person at a terminal."""

    otlp_endpoint: str | None = None
    """OpenTelemetry collector (OTLP over HTTP), such as `http://collector:4318`. Unset: no spans leave the process."""

    audit_key: SecretStr | None = None
    """Key of the audit trail's chain. Unset: plain SHA-256, which shows accidents but not a clever hand."""

    @classmethod
    def load(cls, **overrides: Any) -> Settings:
        """Read the environment. Raises `InvalidSettings` with one clear line."""
        try:
            return cls(**overrides)
        except ValidationError as error:
            faults = (
                f"REVCYCLE_{'_'.join(map(str, fault['loc'][:1])).upper()}: {fault['msg'].removeprefix('Value error, ')}"
                for fault in error.errors(include_url=False, include_input=False, include_context=False)
            )
            raise InvalidSettings("invalid settings: " + "; ".join(faults)) from None

    def database_url_for(self, service: str) -> str:
        """SQLAlchemy address of one service's own database."""
        if self.database_url is None:
            return f"sqlite+aiosqlite:///{self.data_dir / service}.sqlite"
        return self.database_url.replace(_SERVICE, service)

    @property
    def tables_folder(self) -> Path:
        """Where the customer's own releases of reference tables are."""
        return self.tables_dir or self.data_dir / "tables"

    @property
    def bus_url(self) -> str:
        """SQLAlchemy address of the embedded SQL log."""
        return f"sqlite+aiosqlite:///{self.data_dir / 'bus.sqlite'}"

    @property
    def local_issuer(self) -> bool:
        """Tokens come from the local issuer with its demo users."""
        return self.issuer_url is None

    @property
    def issuer(self) -> str:
        """What must stand in `iss` of a token."""
        return self.issuer_url or f"http://127.0.0.1:{self.port}/issuer"

    @property
    def issuer_dir(self) -> Path:
        """Where the local issuer keeps its key and its demo users' secrets."""
        return self.data_dir / "issuer"
