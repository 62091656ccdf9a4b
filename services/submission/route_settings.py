"""Several routes, as a file describes them. What it leaves out of an envelope is as the service's settings have it.

routes:
  - name: clearinghouse
    connection: {by: https, url: https://ch.example/, token_url: https://ch.example/token, client_id: us,
                 client_secret_file: /run/secrets/ch}
  - name: second
    receiver_id: OTHERCH
    character_set: basic
    window: {opens: "06:00", closes: "20:00", zone: America/New_York, days: [0, 1, 2, 3, 4]}
    connection: {by: sftp, host: sftp.example, user: us, key_file: /run/secrets/key,
                 known_hosts_file: /etc/revcycle/known_hosts, archive: done}
  - name: medicare
    payers: [MCAREB, MCAREA]
    connection: {by: bus}
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    ValidationError,
    model_validator,
)

from services.submission.domain.batching import MOST_CLAIMS
from services.submission.domain.routing import RouteTerms, Window
from services.submission.settings import SubmissionSettings
from shared.claims import Contact
from shared.events.bus import MAX_RECORD_BYTES
from shared.runtime import InvalidSettings
from shared.x12 import TradingPartner

_MOST_BYTES_ON_BUS = MAX_RECORD_BYTES - 200_000
"""Of an interchange that goes over the bus, inside of an event. JSON writes a few characters as two."""


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("no time zone of the IANA database")
    return name


class _Described(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class FolderConnection(_Described):
    by: Literal["folder"]
    path: Path | None = None
    """None: a folder of the route's name in the data directory."""


class HttpsConnection(_Described):
    """Let in by OAuth2 client credentials, by our certificate, or by both."""

    by: Literal["https"]
    url: HttpUrl
    token_url: HttpUrl | None = None
    client_id: str | None = None
    client_secret_file: Path | None = None
    scope: str = ""
    ca_file: Path | None = None
    """Whose certificates are taken, in the place of the public authorities'."""
    client_certificate_file: Path | None = None
    client_key_file: Path | None = None
    """None: the key stands in the certificate's file."""

    @model_validator(mode="after")
    def _gets_in(self) -> Self:
        credentials = (self.token_url, self.client_id, self.client_secret_file)
        if any(credentials) and not all(credentials):
            raise ValueError("OAuth2 needs token_url, client_id and client_secret_file")
        if not any(credentials) and self.client_certificate_file is None:
            raise ValueError("HTTPS needs a token_url, a client_certificate_file, or both")
        return self


class SftpConnection(_Described):
    by: Literal["sftp"]
    host: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:-]*$")
    user: str = Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")
    known_hosts_file: Path
    key_file: Path | None = None
    key_passphrase_file: Path | None = None
    password_file: Path | None = None
    port: int = Field(22, ge=1, le=65_535)
    outbound: str = Field("outbound", pattern=r"^[A-Za-z0-9_./ -]+$")
    inbound: str = Field("inbound", pattern=r"^[A-Za-z0-9_./ -]+$")
    archive: str | None = Field(None, pattern=r"^[A-Za-z0-9_./ -]+$")

    @model_validator(mode="after")
    def _gets_in(self) -> Self:
        if self.key_file is None and self.password_file is None:
            raise ValueError("SFTP needs a key_file, a password_file, or both")
        return self


class BusConnection(_Described):
    """An adapter that reads `submission.interchanges.v1` and writes `clearinghouse.responses.v1`."""

    by: Literal["bus"]


def _quoted(value: object) -> object:
    """YAML reads 20:00 as 1,200, which is twenty past midnight in seconds."""
    if not isinstance(value, str | time):
        raise ValueError('a time stands between quotation marks: "20:00"')
    return value


def _local(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("the zone stands beside the times, not in them")
    return value


_Time = Annotated[time, BeforeValidator(_quoted), AfterValidator(_local)]


class WindowSettings(_Described):
    opens: _Time
    closes: _Time
    zone: Annotated[str, AfterValidator(_known_zone)]
    days: frozenset[Annotated[int, Field(ge=0, le=6)]] = frozenset(range(7))


class RouteSettings(_Described):
    name: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    connection: Annotated[
        FolderConnection | HttpsConnection | SftpConnection | BusConnection, Field(discriminator="by")
    ]
    payers: frozenset[str] = frozenset()
    sender_id: str | None = Field(None, min_length=2, max_length=15)
    sender_qualifier: str = Field("ZZ", min_length=2, max_length=2)
    submitter_id: str | None = None
    receiver_id: str | None = Field(None, min_length=2, max_length=15)
    receiver_qualifier: str = Field("ZZ", min_length=2, max_length=2)
    receiver_name: str | None = Field(None, max_length=60)
    usage: Literal["P", "T"] | None = None
    character_set: Literal["basic", "extended"] = "extended"
    claims_in_batch: int = Field(MOST_CLAIMS, ge=1, le=MOST_CLAIMS)
    window: WindowSettings | None = None

    def terms(self, settings: SubmissionSettings) -> RouteTerms:
        sender, receiver = self.sender_id or settings.sender_id, self.receiver_id or settings.receiver_id
        return RouteTerms(
            name=self.name,
            sender=TradingPartner(sender, self.sender_qualifier),
            sender_name=settings.sender_name,
            submitter_id=self.submitter_id or sender,
            contact=_contact(settings),
            receiver=TradingPartner(receiver, self.receiver_qualifier),
            receiver_name=self.receiver_name or settings.receiver_name,
            receiver_id=receiver,
            usage=self.usage or settings.usage,
            character_set=self.character_set,
            payers=self.payers,
            claims_in_batch=self.claims_in_batch,
            most_bytes=_MOST_BYTES_ON_BUS if self.connection.by == "bus" else sys.maxsize,
            window=_window(self.window),
        )


class _RoutesFile(_Described):
    routes: Sequence[RouteSettings] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        if len({route.name for route in self.routes}) != len(self.routes):
            raise ValueError("two routes have one name")
        return self


class InvalidRoutes(InvalidSettings):
    """The file describes no routes."""


def read_routes(file: Path) -> Sequence[RouteSettings]:
    """The routes of a YAML file, in its order. Raises InvalidRoutes."""
    try:
        return _RoutesFile.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))).routes
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise InvalidRoutes(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except (OSError, yaml.YAMLError) as error:
        raise InvalidRoutes(f"{file}: {error}") from None


def terms_of(settings: SubmissionSettings) -> RouteTerms:
    """The one route that the settings describe."""
    return RouteTerms(
        name=settings.route,
        sender=TradingPartner(settings.sender_id),
        sender_name=settings.sender_name,
        submitter_id=settings.sender_id,
        contact=_contact(settings),
        receiver=TradingPartner(settings.receiver_id),
        receiver_name=settings.receiver_name,
        receiver_id=settings.receiver_id,
        usage=settings.usage,
        claims_in_batch=settings.batch_limit,
    )


def _contact(settings: SubmissionSettings) -> Contact:
    return Contact(name=settings.contact_name, telephone=settings.contact_telephone)


def _window(window: WindowSettings | None) -> Window | None:
    if window is None:
        return None
    return Window(window.opens, window.closes, ZoneInfo(window.zone), window.days)
