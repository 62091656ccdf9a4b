"""`revcycle tables build`, and what `serve` and `demo` do where it was not called: the tables of the installation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec

from shared.runtime import system_clock
from shared.tables import ReferenceTables, Tables
from shared.tables.embedded.build import Built, build
from shared.tables.folders import embedded_folder


def built() -> Iterator[str]:
    """Bring the embedded tables up to date; a line for each source. Raises OSError where they cannot be written."""
    for source in build(embedded_folder(), system_clock()):
        yield _line(source)


def compile_names(tables: Tables | None = None) -> None:
    """What the encoder reads and searches with, compiled from the tables ahead of its first question; from the embedded
    ones where none are given.

    Nothing where the encoder's extra is not installed: a service that does not read needs no names.
    """
    if find_spec("ahocorasick") is not None:
        from services.encoder.lexicon_store import lexicon_of  # as heavy as the encoder itself
        from services.encoder.search_store import code_index_of

        tables = tables or ReferenceTables([embedded_folder()]).current()
        lexicon_of(tables)
        code_index_of(tables)


def ready(say: Callable[[str], None]) -> None:
    """Build what is missing before tables are needed, and say what was done. Says so too where it cannot be done."""
    try:
        outcomes = build(embedded_folder(), system_clock())
    except OSError as error:
        say(f"reference tables cannot be compiled: {error.strerror or error}")
        return
    for source in outcomes:
        if source.outcome != "unchanged":
            say(_line(source))


def _line(source: Built) -> str:
    packages = ", ".join(source.packages) or "this project"
    if source.outcome == "left out":
        return f"{source.source} ({packages}): left out: {source.reason}"
    return f"{source.source} ({packages}): {source.outcome}: {', '.join(source.tables)}"
