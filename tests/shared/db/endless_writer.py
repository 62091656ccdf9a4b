"""Writes units of two rows, 64 at once, and acknowledges each on stdout, until it is killed: for the crash test."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys

from sqlalchemy import insert

from shared.db import Database
from tests.shared.db.rows import CONTEXT, NoteRow


async def main(path: str) -> None:
    database = Database.open(f"sqlite+aiosqlite:///{path}")
    numbers = itertools.count()

    async def write() -> None:
        for number in numbers:
            async with database.unit_of_work(CONTEXT) as uow:
                await uow.session.execute(insert(NoteRow).values(id=f"{number}-first"))
                await asyncio.sleep(0)
                await uow.session.execute(insert(NoteRow).values(id=f"{number}-second"))
            # Past every buffer: an acknowledgement that was given is never lost.
            os.write(sys.stdout.fileno(), f"{number}\n".encode())

    await asyncio.gather(*(write() for _ in range(64)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
