"""A clearinghouse behind two folders: what a mail-box client or an SFTP mirror carries away and brings."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from services.submission.routes import Collected, Inbound, Outbound, RouteDown


class FolderRoute:
    """Writes `outbound/<id>.837`, reads `inbound/*` in the order of names and puts what it has read into `taken/`.

    A file appears in `outbound` whole or not at all; whoever writes to `inbound` must do the same (rename into it).
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._outbound = folder / "outbound"
        self._inbound = folder / "inbound"
        self._taken = folder / "taken"
        for place in (self._outbound, self._inbound, self._taken):
            place.mkdir(parents=True, exist_ok=True)

    async def deliver(self, interchange: Outbound) -> None:
        with _down_if_away():
            await asyncio.to_thread(self._write, interchange)

    def _write(self, interchange: Outbound) -> None:
        part = self._outbound / f".{interchange.id}.part"
        with part.open("wb") as file:
            file.write(interchange.content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self._outbound / f"{interchange.id}.837")

    async def collect(self, cursor: str | None, *, limit: int) -> Collected:
        with _down_if_away():
            return await asyncio.to_thread(self._read, limit)

    def _read(self, limit: int) -> Collected:
        waiting = sorted(path for path in self._inbound.iterdir() if path.is_file() and _is_readable(path.name))
        return Collected([Inbound(path.name, path.read_bytes()) for path in waiting[:limit]], cursor="")

    async def taken(self, collected: Collected) -> None:
        for file in collected.files:
            # Whoever looked at the same time has put it away by now.
            with _down_if_away(), suppress(FileNotFoundError):
                (self._inbound / file.external_id).rename(self._taken / file.external_id)


def _is_readable(name: str) -> bool:
    """Neither half-written nor in bytes that make no text, which nobody could list."""
    return not name.startswith(".") and name.isprintable()


@contextmanager
def _down_if_away() -> Iterator[None]:
    """A disk that is full or not there is a route that is down."""
    try:
        yield
    except OSError as error:
        raise RouteDown(f"folder: {error.strerror}", nothing_sent=True) from error
