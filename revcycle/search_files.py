"""`revcycle search`: queries from the command line or from a file, one a line, each answered with codes in rank order.

A line is a query as it is, or a JSON object with `query` and, where wanted, an `id` that comes back with the answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson

from revcycle.chart_lines import answer_line
from revcycle.failures import Failure
from services.encoder.code_search import CodeQuery, carried, meaning_search, release_of, search
from services.encoder.domain.guidelines.tabular_list import dotted
from services.encoder.domain.search.hits import SYSTEMS, Filters, Hit
from services.encoder.domain.terms.point import NamedSystem
from services.encoder.meaning.search import MeaningState, is_installed
from shared.tables import Tables

_LONGEST_QUERY = 1_000
"""Characters: a longer line is a text, not a question."""
_FILES = frozenset({".txt", ".csv", ".tsv", ".json", ".jsonl", ".ndjson"})
"""How the names of files of queries end: such a word is no query where there is no such file."""
_LONGEST_NAME = 255
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Search = Callable[[str], Sequence[Hit]]


class Asked(NamedTuple):
    """What every query is asked for."""

    day: date
    limit: int
    headings: bool


class NoQueries(Failure):
    """A file of queries cannot be read."""


class UnreadableQueries(Failure):
    """Lines that are no queries. The others were answered."""


class UnknownSystem(Failure):
    """There is no such code set."""


class _UnreadableLine(ValueError):
    """Why a line is no query, without a word of it."""


@dataclass(frozen=True, slots=True)
class _Query:
    words: str
    named: Mapping[str, object]
    """The `id` that it was given with."""


def search_of(tables: Tables, systems: Sequence[str], asked: Asked, folder: Path, say: Callable[[str], None]) -> Search:
    """A search of code sets (none: ICD-10-CM; `all`: those that are carried) whose index may be kept in `folder`.

    Opens what meaning is searched with, and says where it cannot. Raises UnknownSystem, NoRelease.
    """
    filters = Filters(
        day=asked.day, systems=_systems(tables, systems or ("icd10cm",), asked.day), headings=asked.headings
    )
    state = meaning_search(tables).open()
    if state is not MeaningState.ON:
        say(f"words are searched, their meaning is not: {_why_not(state)}")
    return lambda words: search(CodeQuery(words, filters, asked.limit), tables, folder).hits


def _why_not(state: MeaningState) -> str:
    if state is MeaningState.BUILDING:
        return "its vectors are being built"
    if not is_installed():
        return "the extra `meaning` is not installed"
    return "its vectors are not built (python -m services.encoder.meaning.build)"


def _systems(tables: Tables, named: Sequence[str], day: date) -> tuple[NamedSystem, ...]:
    unknown = set(named) - {*SYSTEMS, "all"}
    if unknown:
        raise UnknownSystem(f"the code sets are {', '.join(SYSTEMS)} and all")
    if "all" in named:
        return carried(tables, day)
    asked = tuple(system for system in SYSTEMS if system in named)
    for system in asked:
        release_of(tables, system, day)
    return asked


def write_found(
    given: Iterable[str], standard_input: BinaryIO, search: Search, write: Callable[[bytes], object], *, explain: bool
) -> None:
    """An answer to `write` for each of `given`, in order: a query, or the queries of a file, or of `-`, standard input.

    Raises NoQueries for a file that cannot be read, and UnreadableQueries at the end, naming the lines that are none.
    """
    faults: list[str] = []
    for source in given:
        for number, line in enumerate(_lines(source, standard_input), 1):
            if line.strip():
                write(answer_line(_answer_to_line(number, line, search, faults, explain=explain)))
    if faults:
        more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise UnreadableQueries(f"{faults[0]}{more}")


def _is_file(given: str) -> bool:
    return Path(given).suffix.lower() in _FILES or (len(given) < _LONGEST_NAME and Path(given).is_file())


def _lines(source: str, standard_input: BinaryIO) -> Iterator[bytes]:
    if source == "-":
        yield from standard_input
        return
    if not _is_file(source):
        yield os.fsencode(source)
        return
    try:
        with Path(source).open("rb") as file:
            yield from file
    except OSError as error:
        raise NoQueries(f"{source}: {error.strerror or 'cannot be read'}") from None


def _answer_to_line(number: int, line: bytes, search: Search, faults: list[str], *, explain: bool) -> Mapping[str, Any]:
    try:
        query = _query(line.removeprefix(_BYTE_ORDER_MARK))
    except _UnreadableLine as error:
        faults.append(f"line {number}: {error}")
        return {"query": None, "error": {"line": number, "message": str(error)}}
    return _answer(query, search(query.words), explain=explain)


def _query(line: bytes) -> _Query:
    try:
        text = line.decode().strip()
    except UnicodeDecodeError:
        raise _UnreadableLine("no UTF-8") from None
    words, named = _fields(text) if text.startswith("{") else (text, {})
    if not words.strip():
        raise _UnreadableLine("query: no words")
    if len(words) > _LONGEST_QUERY:
        raise _UnreadableLine(f"query: longer than {_LONGEST_QUERY:,} characters")
    return _Query(words, named)


def _fields(text: str) -> tuple[str, Mapping[str, object]]:
    """The query of a JSON object, and its id."""
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _UnreadableLine("no JSON") from None
    words = given.get("query")
    if not isinstance(words, str):
        raise _UnreadableLine("query: no text")
    return words, {"id": given["id"]} if "id" in given else {}


def _answer(query: _Query, hits: Sequence[Hit], *, explain: bool) -> Mapping[str, Any]:
    answer = {**query.named, "query": query.words, "codes": [_printed(hit) for hit in hits]}
    return answer | {"reasons": [_reason(hit) for hit in hits]} if explain else answer


def _printed(hit: Hit) -> str:
    """An ICD-10-CM code with its dot; a code of another system as it is."""
    return dotted(hit.code) if hit.system == "icd10cm" else hit.code


def _reason(hit: Hit) -> Mapping[str, object]:
    return {
        "code": _printed(hit),
        "system": hit.system,
        "title": hit.title,
        "billable": hit.billable,
        "reason": hit.reason.value,
        "text": hit.text,
        "path": hit.path,
        "read_as": hit.read_as,
        "led_from": dotted(hit.led_from) if hit.led_from and hit.system == "icd10cm" else hit.led_from,
        "exact": hit.exact,
        "score": round(hit.score, 4),
    }
