"""The SFTP route against a real sshd: the contract of routes, and what a hostile or absent host gets."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.submission.routes import Inbound, Outbound, RouteDown, openssh
from services.submission.routes.openssh import SftpAccount
from services.submission.routes.sftp import SftpRoute
from tests.fixtures.ports import free_port
from tests.fixtures.sshd import SftpServer, run_sshd

WHOLE = b"ISA*00*~TA1*000000001~IEA*0*000000902~"
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
    return SftpAccount(
        "127.0.0.1", server.user, server.known_hosts, key_file=server.key, port=server.port, archive="archive"
    )


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
    route = SftpRoute("sftp", account, settles=timedelta(0))
    answers(server, b=b"TA1~", a=b"\xff\x00", c=b"")
    answers(server, **{".half-written": b"?", "with blank (1) #2.277": b"1", 'quote".277': b"2", "new\nline": b"3"})
    (server.home / "inbound" / "folder").mkdir()
    first = await route.collect(None, limit=3)
    assert list(first.files) == [Inbound("a", b"\xff\x00"), Inbound("b", b"TA1~"), Inbound("c", b"")]
    assert await route.collect(None, limit=3) == first
    await route.taken(first)
    await route.taken(first)
    assert names(server.home / "archive") == ["a", "b", "c"]
    assert [file.external_id for file in (await route.collect(None, limit=3)).files] == ["with blank (1) #2.277"]
    (server.home / "inbound" / "folder").rmdir()


async def test_without_an_archive_what_is_taken_is_removed(server: SftpServer, account: SftpAccount):
    route = SftpRoute("sftp", replace(account, archive=None))
    answers(server, a=WHOLE)
    await route.taken(await route.collect(None, limit=10))
    assert names(server.home / "inbound") == []


async def test_a_host_with_another_key_gets_nothing(server: SftpServer, account: SftpAccount, tmp_path: Path):
    other = tmp_path / "known_hosts"
    other.write_text(server.known_hosts.read_text().replace(" ssh-ed25519 AAAA", " ssh-ed25519 BBBB"))
    with pytest.raises(RouteDown, match="not the one that is known"):
        await SftpRoute("sftp", replace(account, known_hosts_file=other)).deliver(INTERCHANGE)
    assert names(server.home / "outbound") == []


async def test_a_key_that_the_host_does_not_know_is_a_route_that_is_down(account: SftpAccount, tmp_path: Path):
    """And one that is left alone for a while, before the account is locked."""
    with pytest.raises(RouteDown, match="does not let us in") as down:
        await SftpRoute("sftp", replace(account, key_file=a_key(tmp_path / "key"))).deliver(INTERCHANGE)
    assert (down.value.retry_after, down.value.nothing_sent) == (timedelta(minutes=5), True)


async def test_a_secret_that_is_not_there_is_told(account: SftpAccount, tmp_path: Path):
    with pytest.raises(RouteDown, match="password_file cannot be read"):
        await SftpRoute("sftp", replace(account, password_file=tmp_path / "none")).deliver(INTERCHANGE)


async def test_a_folder_that_is_not_there_is_a_route_that_is_down(account: SftpAccount):
    with pytest.raises(RouteDown, match="a folder is not there"):
        await SftpRoute("sftp", replace(account, outbound="nowhere")).deliver(INTERCHANGE)


async def test_nobody_at_the_port_is_a_route_that_is_down(account: SftpAccount):
    with pytest.raises(RouteDown, match="nobody listens there") as down:
        await SftpRoute("sftp", replace(account, port=free_port())).deliver(INTERCHANGE)
    assert down.value.nothing_sent


async def test_what_the_client_asks_for_is_read_from_its_file(server: SftpServer, account: SftpAccount, tmp_path: Path):
    """A passphrase takes the same way as a password, which a server that is not root cannot check."""
    phrase = "a phrase with $(blanks) and 'quotes'"
    locked = replace(account, key_file=tmp_path / "key", key_passphrase_file=tmp_path / "phrase")
    shutil.copy(server.key, tmp_path / "key")
    (tmp_path / "key").chmod(0o600)
    (tmp_path / "phrase").write_text(f"{phrase}\n")
    keygen("-p", "-P", "", "-N", phrase, "-f", str(tmp_path / "key"))
    await SftpRoute("sftp", locked).deliver(INTERCHANGE)
    assert names(server.home / "outbound") == [f"{INTERCHANGE.id}.837"]
    (tmp_path / "phrase").write_text("another\n")
    with pytest.raises(RouteDown, match="does not let us in"):
        await SftpRoute("sftp", locked).deliver(INTERCHANGE)


async def test_a_password_is_offered_once_and_is_in_no_argument_or_environment(
    account: SftpAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Seen by the client's own debugging words, and in all that is handed to it."""
    (tmp_path / "password").write_text("hush-hush\n")
    handed: list[object] = []
    real = asyncio.create_subprocess_exec

    async def seen(*arguments: str, **named: Any) -> asyncio.subprocess.Process:
        handed.extend([arguments, named["env"]])
        return await real(*arguments, **named)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", seen)
    by_password = replace(account, key_file=None, password_file=tmp_path / "password")
    with pytest.raises(RouteDown, match="does not let us in"):
        await SftpRoute("sftp", by_password).deliver(INTERCHANGE)
    assert "hush" not in repr(handed)
    arguments, environment = handed
    assert "PreferredAuthentications=password,keyboard-interactive" in arguments  # type: ignore[operator]
    assert environment["SSH_ASKPASS_REQUIRE"] == "force"  # type: ignore[index]


async def test_a_host_that_falls_silent_is_given_up(
    server: SftpServer, account: SftpAccount, monkeypatch: pytest.MonkeyPatch
):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(openssh, "_SECONDS", 0.3)
        with pytest.raises(RouteDown, match="no end of an SFTP session"):
            await SftpRoute("sftp", replace(account, port=silent.getsockname()[1])).deliver(INTERCHANGE)


async def test_a_transfer_that_breaks_leaves_nothing_to_be_taken_for_whole(server: SftpServer, account: SftpAccount):
    route = SftpRoute("sftp", account)
    large = Outbound(INTERCHANGE.id, 7, b"ISA*00*~" * 8_000_000)
    delivery = asyncio.create_task(route.deliver(large))
    while not names(server.home / "outbound"):  # noqa: ASYNC110 - it is another process that writes
        await asyncio.sleep(0.005)
    server.break_sessions()
    with pytest.raises(RouteDown) as down:
        await delivery
    assert not down.value.nothing_sent
    assert names(server.home / "outbound") == [f".{INTERCHANGE.id}.part"]
    await route.deliver(INTERCHANGE)
    assert names(server.home / "outbound") == [f"{INTERCHANGE.id}.837"]
    assert (server.home / "outbound" / f"{INTERCHANGE.id}.837").read_bytes() == INTERCHANGE.content


async def test_what_may_be_half_a_file_waits_until_it_grows_no_more(server: SftpServer, account: SftpAccount):
    now = [0.0]
    route = SftpRoute("sftp", account, settles=timedelta(seconds=60), monotonic=lambda: now[0])
    answers(server, half=WHOLE[:-20], whole=WHOLE)
    assert [file.external_id for file in (await route.collect(None, limit=9)).files] == ["whole"]
    now[0] = 59.0
    answers(server, half=WHOLE[:-10])
    assert [file.external_id for file in (await route.collect(None, limit=9)).files] == ["whole"]
    now[0] = 119.0
    assert [file.external_id for file in (await route.collect(None, limit=9)).files] == ["half", "whole"]


async def test_files_that_cannot_be_put_away_do_not_hide_those_behind_them(server: SftpServer, account: SftpAccount):
    """Many payers let their files be read and clear the folder themselves, after weeks."""
    route = SftpRoute("sftp", replace(account, archive="nowhere"))
    answers(server, **{f"{number:05}.835": WHOLE for number in range(50)})
    seen = []
    for _ in range(2):
        collected = await route.collect(None, limit=20)
        await route.taken(collected)
        seen += [file.external_id for file in collected.files]
    assert seen == [f"{number:05}.835" for number in range(40)]
    answers(server, **{"00007.835": WHOLE + b"\n"})
    assert (await route.collect(None, limit=20)).files[0].external_id == "00007.835"


def a_key(file: Path) -> Path:
    keygen("-t", "ed25519", "-N", "", "-f", str(file))
    return file


def keygen(*arguments: str) -> None:
    subprocess.run(["ssh-keygen", "-q", *arguments], check=True, timeout=30)
