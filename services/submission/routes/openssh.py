"""The system's OpenSSH client as a program of ours: one session of `sftp -b` a call, for the reasons in ADR 0016.

Commands are on its standard input, the first that fails ends it. The host's key is known beforehand, and no
configuration of the machine's user is read. A password or passphrase stays in its file: the client asks a program for
it (ssh(1), SSH_ASKPASS), which has the file's name from its environment.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from services.submission.routes import RouteDown

_SECONDS = 300.0
_LOCKED_OUT_AFTER = timedelta(minutes=5)
"""How long a host that does not let us in is left alone: many lock an account that knocks again and again."""
_ASKPASS = """#!/bin/sh
case "$1" in
  "Enter passphrase for key"*) exec cat "$REVCYCLE_KEY_PASSPHRASE_FILE" ;;
  *) exec cat "$REVCYCLE_PASSWORD_FILE" ;;
esac
"""
_NOT_REACHED = {
    r"Host key verification failed": "the host's key is not the one that is known",
    r"UNPROTECTED PRIVATE KEY FILE": "others than its owner can read our key file",
    r"Could not resolve hostname": "no host has this name",
    r"connect to host .+: Connection timed out": "no answer",
    r"connect to host .+: Connection refused": "nobody listens there",
    r"connect to host ": "the host cannot be reached",
}
"""What the client says before it has a session, and how we tell it: its own words may name files."""
_SHUT_OUT = r"Permission denied \(|Too many authentication failures"
_NO_FOLDER = r"open [^\n]+: No such file|Can't ls|stat remote"


@dataclass(frozen=True)
class SftpAccount:
    """Where and as whom: by a key, by a password, or by both where the host wants both.

    Folders are as the account sees them.
    """

    host: str
    user: str
    known_hosts_file: Path
    key_file: Path | None = None
    key_passphrase_file: Path | None = None
    password_file: Path | None = None
    """The password is its first line."""
    port: int = 22
    outbound: str = "outbound"
    inbound: str = "inbound"
    archive: str | None = None
    """Where files go that are taken; None: they are removed."""


async def sftp_session(account: SftpAccount, *commands: str) -> str:
    """What the client prints. Raises RouteDown."""
    client = shutil.which("sftp")
    if client is None:
        raise RouteDown("the OpenSSH client is not installed", nothing_sent=True)
    for setting in ("known_hosts_file", "key_file", "key_passphrase_file", "password_file"):
        file = getattr(account, setting)
        if file is not None and not os.access(file, os.R_OK):
            raise RouteDown(f"{setting} cannot be read", nothing_sent=True)
    with TemporaryDirectory(prefix="revcycle-") as folder:
        process = await asyncio.create_subprocess_exec(
            client,
            *_arguments(account),
            env=_environment(account, Path(folder)),
            start_new_session=True,  # sftp has ssh beside it, which must end with it
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, said = await _talked(process, "".join(f"{command}\n" for command in commands))
    if process.returncode:
        raise _failure(said.decode(errors="replace"), process.returncode)
    return printed.decode(errors="replace")


async def _talked(process: asyncio.subprocess.Process, commands: str) -> tuple[bytes, bytes]:
    try:
        async with asyncio.timeout(_SECONDS):
            return await process.communicate(commands.encode())
    except TimeoutError:
        raise RouteDown(f"no end of an SFTP session after {_SECONDS:.0f} s") from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


def _arguments(account: SftpAccount) -> Sequence[str]:
    options = [
        # The first word counts, and `-b` says BatchMode=yes.
        f"BatchMode={'no' if _has_secret(account) else 'yes'}",
        "NumberOfPasswordPrompts=1",
        f"PreferredAuthentications={','.join(_methods(account))}",
        "StrictHostKeyChecking=yes",
        f"UserKnownHostsFile={account.known_hosts_file}",
        "GlobalKnownHostsFile=/dev/null",
        "IdentitiesOnly=yes",
        "IdentityAgent=none",
        "ConnectTimeout=10",
        "ServerAliveInterval=15",
        "ServerAliveCountMax=3",
    ]
    chosen = [part for option in options for part in ("-o", option)]
    key = ("-i", str(account.key_file)) if account.key_file else ()
    return ("-F", "/dev/null", *chosen, "-b", "-", *key, "-P", str(account.port), f"{account.user}@{account.host}")


def _methods(account: SftpAccount) -> Sequence[str]:
    """Some hosts ask for the password as such, others in words of their own."""
    return [
        *(["publickey"] if account.key_file else []),
        *(["password", "keyboard-interactive"] if account.password_file else []),
    ]


def _has_secret(account: SftpAccount) -> bool:
    return account.password_file is not None or account.key_passphrase_file is not None


def _environment(account: SftpAccount, folder: Path) -> Mapping[str, str]:
    """Nothing of ours, so that no secret of the service's reaches another program."""
    environment = {"PATH": os.defpath, "LC_ALL": "C"}
    if not _has_secret(account):
        return environment
    askpass = folder / "askpass"
    askpass.write_text(_ASKPASS, encoding="ascii")
    askpass.chmod(0o700)
    return environment | {
        "SSH_ASKPASS": str(askpass),
        "SSH_ASKPASS_REQUIRE": "force",
        "REVCYCLE_PASSWORD_FILE": str(account.password_file or ""),
        "REVCYCLE_KEY_PASSPHRASE_FILE": str(account.key_passphrase_file or ""),
    }


def _failure(said: str, code: int) -> RouteDown:
    not_reached = next((ours for theirs, ours in _NOT_REACHED.items() if re.search(theirs, said)), None)
    if not_reached is not None:
        return RouteDown(not_reached, nothing_sent=True)
    if re.search(_SHUT_OUT, said):
        return RouteDown("the host does not let us in", retry_after=_LOCKED_OUT_AFTER, nothing_sent=True)
    if re.search(_NO_FOLDER, said):
        return RouteDown("a folder is not there")
    return RouteDown(f"the SFTP client ended with {code}")
