"""A clearinghouse behind SFTP: files are put into one folder of its, and taken from another."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import structlog

from services.submission.routes import Collected, Inbound, Outbound
from services.submission.routes.openssh import SftpAccount, sftp_session

log = structlog.get_logger("revcycle.submission")

_SPEAKABLE = re.compile(r"[A-Za-z0-9_@=+,.-][A-Za-z0-9_@=+,.~#%&()!;$' -]*")
"""File names that stand in a command of sftp as they are, between quotes."""
_LISTED = re.compile(
    r"(?P<kind>\S)\S{9}\S?\s+\S+\s+\S+\s+\S+\s+(?P<size>\d+) (?P<time>\w{3} [ \d]\d +[\d:]+) (?P<path>.+)"
)
"""A line of `ls -ln`, which the client itself lays out."""
_TRAILER = re.compile(rb"IEA(.)\d{1,5}\1\d{9}[^\w\s]\s*\Z", re.DOTALL)
"""How a whole interchange ends."""
_SETTLES = timedelta(minutes=1)


class _Listed(NamedTuple):
    """A file as the host lists it: bytes, and when it was changed, to the minute."""

    size: int
    time: str


class SftpRoute:
    """Puts `<id>.837` into one folder, takes what lies in another in the order of names.

    A file appears there whole or not at all, by a rename. Whoever writes answers should do the same, or write them
    under a name that begins with a point first; one that does not end as an interchange is only taken when it has not
    grown for as long as `settles`.
    """

    def __init__(
        self,
        name: str,
        account: SftpAccount,
        *,
        settles: timedelta = _SETTLES,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._account = account
        self._settles = settles.total_seconds()
        self._monotonic = monotonic
        self._growing: dict[tuple[str, _Listed], float] = {}
        self._given: Mapping[str, _Listed] = {}
        self._staying: dict[str, _Listed] = {}
        """Files that were taken and that the host does not let us put away: they are not asked for again."""

    async def deliver(self, interchange: Outbound) -> None:
        with TemporaryDirectory(prefix="revcycle-") as folder:
            file = Path(folder, "interchange")
            await asyncio.to_thread(file.write_bytes, interchange.content)
            whole = f"{self._account.outbound}/{interchange.id}.837"
            part = f"{self._account.outbound}/.{interchange.id}.part"
            # A delivery whose end was not heard of left the file there: it is put in the place of the same bytes.
            await self._session(f'put "{file}" "{part}"', f'-rm "{whole}"', f'rename "{part}" "{whole}"')

    async def collect(self, cursor: str | None, *, limit: int) -> Collected:
        listed = self._speakable(await self._session(f'ls -ln "{self._account.inbound}"'))
        self._staying = {name: one for name, one in self._staying.items() if listed.get(name) == one}
        names = sorted(listed.keys() - self._staying.keys())[:limit]
        given = self._given = {name: listed[name] for name in names}
        if not given:
            return Collected([], cursor="")
        with TemporaryDirectory(prefix="revcycle-") as folder:
            # By number, so that no name of the other side's becomes a path of ours.
            files = {name: Path(folder, str(number)) for number, name in enumerate(names)}
            inbound = self._account.inbound
            await self._session(*(f'-get "{inbound}/{name}" "{file}"' for name, file in files.items()))
            return Collected(await asyncio.to_thread(self._whole, files, given), cursor="")

    def _whole(self, files: Mapping[str, Path], given: Mapping[str, _Listed]) -> list[Inbound]:
        """Those that came as long as they were listed, and are no beginnings: what is still written comes later."""
        came = [
            Inbound(name, file.read_bytes())
            for name, file in files.items()
            if file.exists() and file.stat().st_size == given[name].size
        ]
        now = self._monotonic()
        keys = {file.external_id: (file.external_id, given[file.external_id]) for file in came}
        self._growing = {key: self._growing.get(key, now) for key in keys.values()}
        since = {name: self._growing[key] for name, key in keys.items()}
        return [
            file
            for file in came
            if _TRAILER.search(file.content[-200:]) or now - since[file.external_id] >= self._settles
        ]

    def _speakable(self, listing: str) -> dict[str, _Listed]:
        """Files of a listing that can be asked for."""
        found = (_LISTED.fullmatch(line) for line in listing.splitlines())
        files = {
            file["path"].rpartition("/")[2]: _Listed(int(file["size"]), file["time"])
            for file in found
            if file and file["kind"] == "-"
        }
        visible = {name: one for name, one in files.items() if not name.startswith(".")}
        known = {name: one for name, one in visible.items() if _SPEAKABLE.fullmatch(name)}
        if len(known) < len(visible):
            unspeakable = len(visible) - len(known)
            log.warning("files whose names sftp cannot be asked for", route=self.name, files=unspeakable)
        return known

    async def taken(self, collected: Collected) -> None:
        inbound, archive = self._account.inbound, self._account.archive
        names = [file.external_id for file in collected.files]
        # What is gone already was put away by a session whose end was not heard of.
        if archive is None:
            moves = [f'-rm "{inbound}/{name}"' for name in names]
        else:
            moves = [f'-rename "{inbound}/{name}" "{archive}/{name}"' for name in names]
        left = self._speakable(await self._session(*moves, f'ls -ln "{inbound}"'))
        staying = {name: left[name] for name in names if name in left and left[name] == self._given.get(name)}
        if staying:
            log.warning("files that were taken cannot be put away", route=self.name, files=len(staying))
        self._staying |= staying

    async def _session(self, *commands: str) -> str:
        return await sftp_session(self._account, *commands)
