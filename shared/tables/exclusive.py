"""One at a time: what may write into a folder of tables waits for whoever does it now, in this process or another."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Make the folder and hold it until the block ends. A process that dies lets go. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".writing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
