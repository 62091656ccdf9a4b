"""Routes over real TLS: who the other side is, and who we are, is proved by certificates (CAQH CORE connectivity)."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from services.submission.bootstrap import create_ways
from services.submission.route_settings import InvalidRoutes
from services.submission.routes import Outbound, Route, RouteDown
from services.submission.settings import SubmissionSettings

INTERCHANGE = Outbound("0193628d-58f5-7a70-8d2e-7a3d8ef0a001", 7, b"ISA*00*~")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates of a payer and of ours, each its own authority."""
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("payer", "us"):
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
                *("-days", "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"),
                *("-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem")),
            ],
            check=True,
            capture_output=True,
            timeout=30,
        )
    return folder


@pytest.fixture(scope="module")
def payer(files: Path) -> Iterator[HTTPServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files / "payer.pem", files / "payer.key")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(files / "us.pem")
    with HTTPServer(host="127.0.0.1", ssl_context=context) as server:
        server.expect_request("/v1/interchanges", method="POST").respond_with_data(status=202)
        yield server


def route(folder: Path, server: HTTPServer, **files: Path) -> Route:
    connection = "".join(f", {name}: {file}" for name, file in files.items())
    described = folder / "routes.yaml"
    described.write_text(
        f"routes: [{{name: payer, connection: {{by: https, url: 'https://127.0.0.1:{server.port}/'{connection}}}}}]"
    )
    (way,) = create_ways(None, SubmissionSettings(routes_file=described))  # type: ignore[arg-type]  # for bus and folder
    return way.route


async def test_our_certificate_lets_us_in(files: Path, payer: HTTPServer, tmp_path: Path) -> None:
    ours = {"client_certificate_file": files / "us.pem", "client_key_file": files / "us.key"}
    await route(tmp_path, payer, ca_file=files / "payer.pem", **ours).deliver(INTERCHANGE)
    (request, _), *_ = payer.log
    assert request.data == INTERCHANGE.content


async def test_without_the_right_certificate_we_are_not_let_in(files: Path, payer: HTTPServer, tmp_path: Path) -> None:
    other = {"client_certificate_file": files / "payer.pem", "client_key_file": files / "payer.key"}
    with pytest.raises(RouteDown):
        await route(tmp_path, payer, ca_file=files / "payer.pem", **other).deliver(INTERCHANGE)


async def test_a_server_of_an_authority_that_we_do_not_know_gets_nothing(
    files: Path, payer: HTTPServer, tmp_path: Path
) -> None:
    before = len(payer.log)
    ours = {"client_certificate_file": files / "us.pem", "client_key_file": files / "us.key"}
    with pytest.raises(RouteDown, match="ConnectError"):
        await route(tmp_path, payer, **ours).deliver(INTERCHANGE)
    assert len(payer.log) == before


def test_a_certificate_that_is_not_there_is_told_at_the_start(payer: HTTPServer, tmp_path: Path) -> None:
    with pytest.raises(InvalidRoutes, match="route payer"):
        route(tmp_path, payer, client_certificate_file=tmp_path / "none")
