"""Searching codes as a use case: by their characters, by words, and by meaning where its vectors are there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

from anyio import to_thread

from services.encoder.domain.found_codes import FoundCodes, MeaningState, grouped, ranked
from services.encoder.domain.search.by_code import hits_by_code
from services.encoder.domain.search.hits import SYSTEMS, Filters, Hit
from services.encoder.domain.search.standing import is_carried
from services.encoder.domain.terms.point import NamedSystem
from services.encoder.meaning.place import vectors_path
from services.encoder.meaning.search import MeaningSearch
from services.encoder.parameters.terms import search_vocabulary
from services.encoder.search_store import code_index_of
from shared.tables import CodeSets, NoRelease, TableError, Tables, hcpcs, icd10cm_tabular, ioce

LONGEST_QUERY = 200
"""Characters: the longest title of a code has about 250, and nobody asks for it whole."""


_NEAR = 150
"""Concepts that are asked for by their meaning: as many as the weights of the fusion were found with."""


class CodeQuery(NamedTuple):
    """What is asked."""

    words: str
    filters: Filters
    limit: int = 25
    as_you_type: bool = False
    """The last word may be the beginning of one, unless a space follows it."""

    @property
    def has_meaning(self) -> bool:
        """Whether there is something to search for by meaning: diagnoses, in whole words of more than a letter."""
        unfinished = self.as_you_type and not self.words[-1:].isspace()
        return "icd10cm" in self.filters.systems and len(self.words.strip()) > 1 and not unfinished


class Searched(NamedTuple):
    """What was found, and whether meaning was searched too."""

    hits: Sequence[Hit]
    meaning: MeaningState


async def find_codes(query: CodeQuery, tables: Tables) -> FoundCodes:
    """Beside the event loop: a search takes some milliseconds, the first one longer. Raises NoRelease."""
    return await to_thread.run_sync(partial(_found, query, tables))


def search(query: CodeQuery, tables: Tables, folder: Path | None = None) -> Searched:
    """The codes that a query may mean, the likeliest first. `folder`: where the index is kept, as in `code_index_of`.

    Raises UnreadableTable.
    """
    index, meaning = code_index_of(tables, folder), meaning_search(tables)
    near = () if _is_code(query, tables) or not query.has_meaning else meaning.nearest(query.words, _NEAR)
    hits = index.find(query.words, tables, query.filters, limit=query.limit, as_you_type=query.as_you_type, near=near)
    return Searched(hits, meaning.state.value)


def open_ahead(tables: Tables) -> None:
    """Opens, or compiles, what the first question would wait for. What is at fault then is said to who asks."""
    with suppress(TableError):
        code_index_of(tables)
    meaning_search(tables).open()


def meaning_search(tables: Tables) -> MeaningSearch:
    """Search by meaning over these tables, one for a process."""
    return _meaning_at(vectors_path(tables))


@lru_cache(maxsize=1)
def _meaning_at(path: Path) -> MeaningSearch:
    return MeaningSearch(path, search_vocabulary())


def carried(tables: Tables, day: date) -> tuple[NamedSystem, ...]:
    """The code sets of which there is a release for the day."""
    return tuple(system for system in SYSTEMS if is_carried(tables, system, day))


def chapter_range(tables: Tables, chapter: int, day: date) -> str:
    """The categories of a chapter of ICD-10-CM, first and last: `A00-B99`, by the tabular list nearest to the day.

    Raises NoRelease where none is loaded.
    """
    nearest = tables.nearest_day(icd10cm_tabular.PLACES, day)
    if nearest is None:
        raise NoRelease(icd10cm_tabular.PLACES.name, day, None, None)
    sections = icd10cm_tabular.children(tables, str(chapter), nearest)
    return f"{sections[0][0][:3]}-{sections[-1][0][-3:]}"


def release_of(tables: Tables, system: NamedSystem, day: date) -> str:
    """The name of the code set and of the release that answers for the day. Raises NoRelease."""
    if system == "cpt":
        return f"CPT {tables.release(hcpcs.CPT_CODES, day).name}"
    if system == "hcpcs":
        return _level_two_release(tables, day)
    return CodeSets(tables).release(system, day)


def _is_code(query: CodeQuery, tables: Tables) -> bool:
    """Whether the code index will answer by the code's characters: then there is no meaning to look for."""
    systems = [system for system in query.filters.systems if is_carried(tables, system, query.filters.day)]
    return next(hits_by_code(query.words, tables, query.filters, systems), None) is not None


def _found(query: CodeQuery, tables: Tables) -> FoundCodes:
    day = query.filters.day
    searched = search(query, tables)
    return FoundCodes(
        release="; ".join(release_of(tables, system, day) for system in query.filters.systems),
        codes=tuple(ranked(searched.hits, tables, day)),
        groups=tuple(grouped(searched.hits, tables, query.filters)),
        meaning=searched.meaning,
    )


def _level_two_release(tables: Tables, day: date) -> str:
    if tables.carries(hcpcs.CODES, day) or not tables.carries(ioce.PROCEDURES, day):
        return f"HCPCS {tables.release(hcpcs.CODES, day).name}"
    return f"I/OCE {tables.release(ioce.PROCEDURES, day).name}"
