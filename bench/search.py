"""Search measured: `python -m bench.search [--index FILE] [--synonyms FILE] [--sample N] [--meaning]`.

Recall of the code at the first place and among the first 5 and 10, and of its category among the first 10:

- of held-out index terms, three ways: five folds of terms, each asked of an index that has the rest of the file and not
  the fold; a quarter of the main terms with all that is below them, asked of an index that has the other three (as
  another half of the Alphabetic Index would be); and any terms, asked of an installation that has no index;
- of index terms with one slip of the keys, asked of an index that has the whole file;
- of names of diseases that the classification does not use.

Then how long a question takes, what an index takes to open, and the memory of a process that searches. Without files:
only the latter, asked for a few hundred titles. A code is found when the answer is it, or below it where the file gives
a heading; `to the letter`: only when it is it. Headings are asked for. `never fitted to`: of the quarter of main terms
that the weights of the ranking have not seen.

`--index`: an ICD-10-CM Alphabetic Index as `revcycle tables load` takes it. `--synonyms`: a CSV file with `synonym` and
`icd10cm`. `--sample`: questions of each kind and fold; 0 for all of them. `--meaning`: search by meaning too, whose
vectors are built before (`python -m services.encoder.meaning.build`).
"""

from __future__ import annotations

import argparse
import csv
import random
import string
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import NamedTuple
from zlib import crc32

from services.encoder.domain.search.analysis import Analyzer
from services.encoder.domain.search.code_index import CodeIndex, compile_index
from services.encoder.domain.search.fusion import NearConcept
from services.encoder.domain.search.hits import Filters, Hit
from services.encoder.domain.terms.point import Point, PointKind
from services.encoder.domain.terms.points import points
from services.encoder.meaning.place import newest_day
from services.encoder.meaning.search import MeaningState, meaning_of
from services.encoder.parameters.terms import search_vocabulary
from services.encoder.search_store import code_index_of
from shared.tables import ReferenceTables, Tables
from shared.tables.catalogue import Catalogue
from shared.tables.folders import embedded_folder
from shared.tables.formats import Asked
from shared.tables.loading import load

DAY = date(2026, 11, 20)
INDEX_DAY = date(2024, 10, 1)
"""In the fiscal year whose codes the index has."""
FOLDS = 5
QUARTERS, UNSEEN = 4, 3
"""Of the main terms of the index; the last is kept from the fitting of weights."""
SEED = 20261120
FIRST = (1, 5, 10)
NEAR = 150
"""Concepts that search by meaning is asked for."""

Near = Callable[[str], Sequence[NearConcept]]


class Question(NamedTuple):
    """What is asked, and the codes that answer it, without dots."""

    query: str
    codes: frozenset[str]
    main_term: str = ""

    @property
    def is_unseen(self) -> bool:
        """Whether the weights of the ranking were not fitted to it."""
        return quarter_of(self.main_term) == UNSEEN

    def place(self, hits: Sequence[str], length: int | None = None) -> int | None:
        """Where the first answer stands, from 0; by the first `length` characters of the codes."""
        wanted = tuple({code[:length] for code in self.codes})
        return next((place for place, code in enumerate(hits) if code.startswith(wanted)), None)


def fold_of(query: str) -> int:
    return crc32(query.encode()) % FOLDS


def quarter_of(main_term: str) -> int:
    return crc32(f"q{main_term}".encode()) % QUARTERS


def is_kept(point: Point, *, fold: int | None = None, quarter: int | None = None) -> bool:
    """Whether a name is left in what is searched: all but index entries of the fold or the quarter."""
    if point.kind is not PointKind.INDEX_PATH:
        return True
    return (fold is None or fold_of(point.text) != fold) and (quarter is None or quarter_of(point.path[0]) != quarter)


def entries_of(named: Iterable[Point]) -> list[Question]:
    """The terms of the index that have codes of their own, each with them."""
    codes: dict[tuple[str, str], set[str]] = {}
    for point in named:
        if point.kind is PointKind.INDEX_PATH and point.text == ", ".join(filter(None, point.path)):
            codes.setdefault((point.text, point.path[0]), set()).add(point.code)
    return [Question(text, frozenset(found), main) for (text, main), found in codes.items()]


def synonyms_of(path: Path) -> list[Question]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Question(row["synonym"], frozenset([row["icd10cm"].replace(".", "")])) for row in csv.DictReader(file)]


def sampled(questions: Sequence[Question], count: int) -> Sequence[Question]:
    return random.Random(SEED).sample(questions, count) if 0 < count < len(questions) else questions


def slipped(query: str, chance: random.Random) -> str:
    """The query with one letter left out, put in, changed, or changed over with the next."""
    place = chance.choice([place for place, letter in enumerate(query) if letter.isalpha()])
    letter = chance.choice(string.ascii_lowercase)
    edits = (
        query[:place] + query[place + 1 :],
        query[:place] + letter + query[place:],
        query[:place] + letter + query[place + 1 :],
        query[:place] + query[place : place + 2][::-1] + query[place + 2 :],
    )
    return chance.choice(edits)


def diagnoses(tables: Tables) -> list[Point]:
    return [point for point in points(tables, newest_day(tables)) if point.system == "icd10cm"]


def asked(
    index: CodeIndex, tables: Tables, questions: Sequence[Question], day: date, near: Near
) -> list[tuple[Question, list[str]]]:
    filters = Filters(day=day, systems=("icd10cm",), headings=True)
    return [
        (each, _codes(index.find(each.query, tables, filters, limit=10, near=near(each.query)))) for each in questions
    ]


def _codes(hits: Iterable[Hit]) -> list[str]:
    return [hit.code for hit in hits]


def print_recall(name: str, answered: Sequence[tuple[Question, list[str]]]) -> None:
    places = [question.place(codes) for question, codes in answered]
    categories = [question.place(codes, 3) for question, codes in answered]
    letters = [_first(question.codes, codes) for question, codes in answered]
    category = sum(place is not None for place in categories) / len(categories)
    at = ", ".join(f"R@{first} {_share(places, first):.1%}" for first in FIRST)
    letter = "/".join(f"{_share(letters, first):.1%}" for first in FIRST)
    print(
        f"{name}: {len(places):,} asked, {at}, category R@10 {category:.1%} (to the letter {letter})",
        flush=True,
    )


def _first(wanted: frozenset[str], codes: Sequence[str]) -> int | None:
    return next((place for place, code in enumerate(codes) if code in wanted), None)


def _share(places: Sequence[int | None], first: int) -> float:
    return sum(place is not None and place < first for place in places) / len(places)


def print_held_out(tables: Tables, sample: int, near: Near, folds: int) -> None:
    named, analyzer = diagnoses(tables), Analyzer(search_vocabulary())
    entries = entries_of(named)

    def asked_of(kept: Iterable[Point], of: Sequence[Question]) -> list[tuple[Question, list[str]]]:
        index = CodeIndex(compile_index(kept, analyzer), analyzer)
        return asked(index, tables, sampled(of, sample), INDEX_DAY, near)

    answered: list[tuple[Question, list[str]]] = []
    for fold in range(folds):
        held_out = [entry for entry in entries if fold_of(entry.query) == fold]
        answered += asked_of((each for each in named if is_kept(each, fold=fold)), held_out)
        print_recall(f"held-out index terms, {fold + 1} of {folds} folds", answered)
    print_recall("the same, never fitted to", [each for each in answered if each[0].is_unseen])
    unseen = [entry for entry in entries if entry.is_unseen]
    answered = asked_of((each for each in named if is_kept(each, quarter=UNSEEN)), unseen)
    print_recall("held-out main terms with all below them, never fitted to", answered)
    answered = asked_of((each for each in named if each.kind is not PointKind.INDEX_PATH), unseen)
    print_recall("index terms without an index, never fitted to", answered)


def print_slipped(index: CodeIndex, tables: Tables, sample: int, near: Near) -> None:
    chance = random.Random(SEED)
    entries = sampled(entries_of(diagnoses(tables)), sample)
    slips = [Question(slipped(entry.query, chance), entry.codes) for entry in entries]
    print_recall("index terms, whole index", asked(index, tables, entries, INDEX_DAY, near))
    print_recall("the same with one slip", asked(index, tables, slips, INDEX_DAY, near))


def print_latency(index: CodeIndex, tables: Tables, queries: Sequence[str], near: Near) -> None:
    """In processor time: other processes of the machine do not count."""
    for name, filters in (
        ("ICD-10-CM", Filters(day=DAY, systems=("icd10cm",))),
        ("every code set", Filters(day=DAY)),
    ):
        taken: list[float] = []
        for query in queries:
            began = time.process_time()
            index.find(query, tables, filters, near=near(query))
            taken.append((time.process_time() - began) * 1000)
        percentiles = quantiles(taken, n=100)
        print(f"a question of {name}: p50 {percentiles[49]:.1f} ms, p99 {percentiles[98]:.1f} ms, {len(taken)} asked")


def start_and_tell(folders: Sequence[Path], apart: Path) -> None:
    tables = ReferenceTables(folders).current()
    began = time.perf_counter()
    index = code_index_of(tables, apart)
    seconds = time.perf_counter() - began
    index.find("heart failure", tables, Filters(day=DAY))
    status = Path("/proc/self/status").read_text(encoding="ascii")
    megabytes = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024
    print(f"open in {seconds:.2f} s, {megabytes:,.0f} MB with the tables it reads")


def started_apart(folders: Sequence[Path], apart: Path) -> str:
    """What a process of its own that finds the index compiled says of its start."""
    command = [sys.executable, "-m", "bench.search", "--start", str(apart), *map(str, folders)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout.strip()


def nearest_of(tables: Tables, meaning: bool) -> Near:
    """Search by meaning, where it is asked for. Raises SystemExit where its vectors are not there."""
    if not meaning:
        return lambda _query: ()
    found = meaning_of(tables, search_vocabulary())
    if found.open() is not MeaningState.ON:
        raise SystemExit("search: no vectors; build them with python -m services.encoder.meaning.build")
    return lambda query: found.nearest(query, NEAR)


def measure(given: argparse.Namespace) -> None:
    with TemporaryDirectory() as folder:
        apart = Path(folder)
        folders = [embedded_folder()]
        if given.index is not None:
            load(given.index, Catalogue(apart / "tables"), Asked(effective=INDEX_DAY), datetime.now(UTC))
            folders.append(apart / "tables")
        tables = ReferenceTables(folders).current()
        near = nearest_of(tables, given.meaning)
        if given.index is not None:
            print_held_out(tables, given.sample, near, given.folds)
        began = time.perf_counter()
        index = code_index_of(tables, apart)
        print(f"index: ready here in {time.perf_counter() - began:.1f} s, compiled where none was kept")
        print(f"index: {started_apart(folders, apart)}")
        if given.index is not None:
            print_slipped(index, tables, given.sample, near)
        queries = [each.query for each in sampled(titles_of(tables), 400)]
        if given.synonyms is not None:
            synonyms = sampled(synonyms_of(given.synonyms), given.sample)
            print_recall("names of diseases", asked(index, tables, synonyms, DAY, near))
            queries += [each.query for each in sampled(synonyms, 400)]
        print_latency(index, tables, queries, near)


def titles_of(tables: Tables) -> list[Question]:
    return [
        Question(each.text, frozenset([each.code]))
        for each in diagnoses(tables)
        if each.kind is PointKind.INCLUSION_TERM
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, help="an Alphabetic Index of ICD-10-CM")
    parser.add_argument("--synonyms", type=Path, help="names of diseases and their codes, a CSV file")
    parser.add_argument("--sample", type=int, default=500, help="questions of each kind and fold; 0 for all")
    parser.add_argument("--folds", type=int, default=FOLDS, help="how many of the five are asked")
    parser.add_argument("--meaning", action="store_true", help="search by meaning too")
    parser.add_argument("--start", type=Path, nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.start is not None:
        start_and_tell(given.start[1:], given.start[0])
    else:
        measure(given)


if __name__ == "__main__":
    main()
