"""The SFTP route against a real sshd: the contract of routes, and what a hostile or absent host gets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.submission.routes import Inbound, Outbound, RouteDown
from services.submission.routes.sftp import SftpAccount, SftpRoute
from tests.fixtures.ports import free_port
from tests.fixtures.sshd import SftpServer, run_sshd

INTERCHANGE = Outbound("0193628d-58f5-7a70-8d2e-7a3d8ef0a001", 7, b"ISA*00*~")


@pytest.fixture(scope="module")
def server() -> Iterator[SftpServer]:
    with run_sshd() as running:
        yield running


@pytest.fixture
def account(server: SftpServer) -> SftpAccount:
    for folder in ("outbound", "inbound", "archive"):
        place = server.home / folder
        place.mkdir(exist_ok=True)
        place.chmod(0o777)
        for file in place.iterdir():
            file.unlink()
    return SftpAccount("127.0.0.1", server.user, server.key, server.known_hosts, server.port, archive="archive")


def answers(server: SftpServer, **files: bytes) -> None:
    for name, content in files.items():
        (server.home / "inbound" / name).write_bytes(content)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_an_interchange_lies_there_whole_and_once(server: SftpServer, account: SftpAccount):
    route = SftpRoute("sftp", account)
    for _ in range(2):
        await route.deliver(INTERCHANGE)
    assert names(server.home / "outbound") == [f"{INTERCHANGE.id}.837"]
    assert (server.home / "outbound" / f"{INTERCHANGE.id}.837").read_bytes() == INTERCHANGE.content


async def test_files_are_given_again_until_they_are_taken(server: SftpServer, account: SftpAccount):
    route = SftpRoute("sftp", account)
    answers(server, b=b"TA1~", a=b"\xff\x00", c=b"")
    answers(server, **{".half-written": b"?", "with blank.277": b"1", 'quote".277': b"2", "new\nline": b"3"})
    (server.home / "inbound" / "folder").mkdir()
    first = await route.collect(None, limit=3)
    assert list(first.files) == [Inbound("a", b"\xff\x00"), Inbound("b", b"TA1~"), Inbound("c", b"")]
    assert await route.collect(None, limit=3) == first
    await route.taken(first)
    await route.taken(first)
    assert names(server.home / "archive") == ["a", "b", "c"]
    assert [file.external_id for file in (await route.collect(None, limit=3)).files] == ["with blank.277"]
    (server.home / "inbound" / "folder").rmdir()


async def test_without_an_archive_what_is_taken_is_removed(server: SftpServer, account: SftpAccount):
    route = SftpRoute("sftp", replace(account, archive=None))
    answers(server, a=b"TA1~")
    await route.taken(await route.collect(None, limit=10))
    assert names(server.home / "inbound") == []


async def test_a_host_with_another_key_gets_nothing(server: SftpServer, account: SftpAccount, tmp_path: Path):
    other = tmp_path / "known_hosts"
    other.write_text(server.known_hosts.read_text().replace(" ssh-ed25519 AAAA", " ssh-ed25519 BBBB"))
    with pytest.raises(RouteDown, match="not the one that is known"):
        await SftpRoute("sftp", replace(account, known_hosts_file=other)).deliver(INTERCHANGE)
    assert names(server.home / "outbound") == []


async def test_a_key_that_the_host_does_not_know_is_a_route_that_is_down(account: SftpAccount, tmp_path: Path):
    with pytest.raises(RouteDown, match="does not take our key"):
        await SftpRoute("sftp", replace(account, key_file=tmp_path / "none")).deliver(INTERCHANGE)


async def test_a_folder_that_is_not_there_is_a_route_that_is_down(account: SftpAccount):
    with pytest.raises(RouteDown, match="ended with 1"):
        await SftpRoute("sftp", replace(account, outbound="nowhere")).deliver(INTERCHANGE)


async def test_nobody_at_the_port_is_a_route_that_is_down(account: SftpAccount):
    with pytest.raises(RouteDown, match="ended with 255"):
        await SftpRoute("sftp", replace(account, port=free_port())).deliver(INTERCHANGE)
