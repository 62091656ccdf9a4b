"""A clearinghouse behind SFTP, spoken to by the system's OpenSSH client, for the reasons in ADR 0016.

Every call is one session of `sftp -b`: commands on its standard input, the first that fails ends it. Keys only, the
host's key is known beforehand, and no configuration of the machine's user is read.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from services.submission.routes import Collected, Inbound, Outbound, RouteDown

log = structlog.get_logger("revcycle.submission")

_SECONDS = 300.0
_SPEAKABLE = re.compile(r"[A-Za-z0-9_@=+,.-][A-Za-z0-9_@=+,. -]*")
"""File names that stand in a command of sftp as they are, between quotes."""
_LISTED = re.compile(r"(?P<kind>\S)\S{9}\S?\s+\S+\s+\S+\s+\S+\s+(?P<size>\d+) \w{3} [ \d]\d +[\d:]+ (?P<path>.+)")
"""A line of `ls -ln`, which the client itself lays out."""
_REASONS = (
    ("Host key verification failed", "the host's key is not the one that is known"),
    ("Permission denied (", "the host does not take our key"),
    ("Connection timed out", "no answer"),
)
"""What the client says, and how we tell it: its own words may name files."""


@dataclass(frozen=True)
class SftpAccount:
    """Where and as whom. Folders are as the account sees them."""

    host: str
    user: str
    key_file: Path
    known_hosts_file: Path
    port: int = 22
    outbound: str = "outbound"
    inbound: str = "inbound"
    archive: str | None = None
    """Where files go that are taken; None: they are removed."""


class SftpRoute:
    """Puts `<id>.837` into one folder, takes what lies in another in the order of names.

    A file appears there whole or not at all, by a rename; whoever writes answers must do the same, or write them under
    a name that begins with a point first.
    """

    def __init__(self, name: str, account: SftpAccount) -> None:
        self.name = name
        self._account = account

    async def deliver(self, interchange: Outbound) -> None:
        with TemporaryDirectory(prefix="revcycle-") as folder:
            file = Path(folder, "interchange")
            await asyncio.to_thread(file.write_bytes, interchange.content)
            whole = f"{self._account.outbound}/{interchange.id}.837"
            part = f"{self._account.outbound}/.{interchange.id}.part"
            # A delivery whose end was not heard of left the file there: it is put in the place of the same bytes.
            await self._session(f'put "{file}" "{part}"', f'-rm "{whole}"', f'rename "{part}" "{whole}"')

    async def collect(self, cursor: str | None, *, limit: int) -> Collected:
        sizes = await self._waiting()
        names = sorted(sizes)[:limit]
        if not names:
            return Collected([], cursor="")
        with TemporaryDirectory(prefix="revcycle-") as folder:
            # By number, so that no name of the other side's becomes a path of ours.
            files = {name: Path(folder, str(number)) for number, name in enumerate(names)}
            inbound = self._account.inbound
            await self._session(*(f'-get "{inbound}/{name}" "{file}"' for name, file in files.items()))
            return await asyncio.to_thread(_whole, files, sizes)

    async def _waiting(self) -> dict[str, int]:
        """Files that can be asked for, with their sizes in bytes."""
        listing = await self._session(f'ls -ln "{self._account.inbound}"')
        found = (_LISTED.fullmatch(line) for line in listing.splitlines())
        sizes = {file["path"].rpartition("/")[2]: int(file["size"]) for file in found if file and file["kind"] == "-"}
        visible = {name: size for name, size in sizes.items() if not name.startswith(".")}
        known = {name: size for name, size in visible.items() if _SPEAKABLE.fullmatch(name)}
        if len(known) < len(visible):
            files = len(visible) - len(known)
            log.warning("files whose names sftp cannot be asked for", route=self.name, files=files)
        return known

    async def taken(self, collected: Collected) -> None:
        inbound, archive = self._account.inbound, self._account.archive
        names = [file.external_id for file in collected.files]
        # What is gone already was put away by a session whose end was not heard of.
        if archive is None:
            await self._session(*(f'-rm "{inbound}/{name}"' for name in names))
        else:
            await self._session(*(f'-rename "{inbound}/{name}" "{archive}/{name}"' for name in names))

    async def _session(self, *commands: str) -> str:
        """What the client prints. Raises RouteDown."""
        client = shutil.which("sftp")
        if client is None:
            raise RouteDown("the OpenSSH client is not installed")
        process = await asyncio.create_subprocess_exec(
            client,
            *self._arguments(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(_SECONDS):
                printed, said = await process.communicate("".join(f"{command}\n" for command in commands).encode())
        except TimeoutError:
            raise RouteDown(f"no end of an SFTP session after {_SECONDS:.0f} s") from None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode:
            raise RouteDown(_reason(said.decode(errors="replace"), process.returncode))
        return printed.decode(errors="replace")

    def _arguments(self) -> Sequence[str]:
        account = self._account
        options = (
            "BatchMode=yes",
            "StrictHostKeyChecking=yes",
            f"UserKnownHostsFile={account.known_hosts_file}",
            "GlobalKnownHostsFile=/dev/null",
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "ConnectTimeout=10",
            "ServerAliveInterval=15",
            "ServerAliveCountMax=3",
        )
        chosen = [part for option in options for part in ("-o", option)]
        place = f"{account.user}@{account.host}"
        return ("-F", "/dev/null", "-b", "-", *chosen, "-i", str(account.key_file), "-P", str(account.port), place)


def _whole(files: Mapping[str, Path], sizes: Mapping[str, int]) -> Collected:
    """The files that came as long as they were listed: one that is still written, or was cut off, comes later."""
    came = [(name, file) for name, file in files.items() if file.exists() and file.stat().st_size == sizes[name]]
    return Collected([Inbound(name, file.read_bytes()) for name, file in came], cursor="")


def _reason(said: str, code: int) -> str:
    return next((ours for theirs, ours in _REASONS if theirs in said), f"the SFTP client ended with {code}")
