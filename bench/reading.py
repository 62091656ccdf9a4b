"""Reading measured: `python -m bench.reading [--own FILE] [--codiesp FOLDER] [--index FILE]`.

Precision, recall and F1 of the suggested diagnoses against coded notes, exact and by category (the first three
characters); the share of the traps suggested, codes that a naive reader takes; notes per second; what the lexicon
takes to start, and the memory of a process that reads. Without files: notes of our own invention, coded by hand from
the index, the tabular list and the Official Guidelines. The rules were bettered on them: they say what still holds, and
not how well notes are read that nobody has seen.

`--own`: a JSON object a line with `id`, `text`, `gold`, `traps` and perhaps `setting`, outpatient where it is not said,
and `date`.
`--codiesp`: a folder of CodiEsp such as `train` (CC BY 4.0, Zenodo 3837305): `text_files_en/*.txt` and `*D.tsv`. Its
codes are of 2018 and name negated and past mentions too, so it is read twice: for what may be reported, and for
everything mentioned.
`--index`: an ICD-10-CM Alphabetic Index as `revcycle tables load` takes it. Without it, names are the tabular list's.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from revcycle.suggest_files import setting_of
from services.encoder.domain.reading.lexicon import Lexicon
from services.encoder.domain.reading.suggesting import read
from services.encoder.domain.reading.suggestions import ReadChart, ReadDocument
from services.encoder.lexicon_store import lexicon_of
from shared.tables import ReferenceTables, Tables
from shared.tables.catalogue import Catalogue
from shared.tables.folders import embedded_folder
from shared.tables.formats import Asked
from shared.tables.loading import load

OURS = Path("bench/reading_notes.ndjson")
DAY = date(2026, 11, 20)
CODIESP_DAY = date(2018, 6, 1)
"""In the fiscal year whose codes its gold has."""
INDEX_DAY = date(2024, 10, 1)
LONG_PAGES, PAGE = 30, 3_000
"""A long chart, and the characters of a page."""


class Note(NamedTuple):
    chart: ReadChart
    gold: frozenset[str]
    """Without dots."""
    traps: frozenset[str] = frozenset()


class Counts(NamedTuple):
    """Codes found that are right, found that are not, and not found."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def plus(self, found: frozenset[str], gold: frozenset[str]) -> Counts:
        return Counts(self.right + len(found & gold), self.wrong + len(found - gold), self.missed + len(gold - found))

    def __str__(self) -> str:
        precision = self.right / max(1, self.right + self.wrong)
        recall = self.right / max(1, self.right + self.missed)
        f1 = 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)
        return f"precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}"


def a_chart(text: str, setting: object, day: date) -> ReadChart:
    document = ReadDocument(id="1", text=text)
    return ReadChart.model_construct(setting=setting_of(setting), day=day, documents=(document,))


def own_notes(path: Path) -> Iterator[Note]:
    for line in path.read_text(encoding="utf-8").splitlines():
        note = json.loads(line)
        day = date.fromisoformat(note["date"]) if "date" in note else DAY
        chart = a_chart(note["text"], note.get("setting"), day)
        yield Note(chart, _bare(note["gold"]), _bare(note.get("traps", ())))


def codiesp_notes(folder: Path) -> Iterator[Note]:
    """The cases that have a diagnosis."""
    gold: defaultdict[str, set[str]] = defaultdict(set)
    for path in folder.glob("*D.tsv"):
        for line in path.read_text(encoding="utf-8").splitlines():
            name, code = line.split("\t")[:2]
            gold[name].add(code)
    for path in sorted(folder.glob("text_files_en/*.txt")):
        if path.stem in gold:
            chart = a_chart(path.read_text(encoding="utf-8"), "inpatient", CODIESP_DAY)
            yield Note(chart, _bare(gold[path.stem]))


def _with_all_mentions(chart: ReadChart) -> ReadChart:
    return chart.model_copy(update={"scope": "mentions"})


def _bare(codes: Iterable[str]) -> frozenset[str]:
    return frozenset(code.replace(".", "").upper() for code in codes)


def _categories(codes: Iterable[str]) -> frozenset[str]:
    return frozenset(code[:3] for code in codes)


def print_scores(name: str, notes: Sequence[Note], lexicon: Lexicon, tables: Tables) -> None:
    exact, category, trapped, traps = Counts(), Counts(), 0, 0
    readings = [read(note.chart, lexicon, tables) for note in notes]
    began = time.process_time()
    for note in notes:
        read(note.chart, lexicon, tables)
    seconds = time.process_time() - began
    for note, reading in zip(notes, readings, strict=True):
        found = frozenset(each.code for each in reading.suggestions if each.system == "icd10cm")
        exact = exact.plus(found, note.gold)
        category = category.plus(_categories(found), _categories(note.gold))
        trapped, traps = trapped + len(found & note.traps), traps + len(note.traps)
    print(f"{name}: {len(notes)} notes, {sum(len(note.gold) for note in notes)} codes")
    print(f"  exact     {exact}")
    print(f"  category  {category}")
    if traps:
        print(f"  traps     {trapped} of {traps} suggested, {trapped / traps:.1%}")
    size = sum(len(note.chart.documents[0].text) for note in notes) / len(notes)
    print(f"  pace      {len(notes) / seconds:,.0f} notes/s of {size:,.0f} characters a core, codes seen before")


def print_long_chart(notes: Sequence[Note], lexicon: Lexicon, tables: Tables) -> None:
    """One document of thirty pages, made of the notes over and over."""
    text = "\n\n".join(note.chart.documents[0].text for note in notes)
    text = (text * (LONG_PAGES * PAGE // len(text) + 1))[: LONG_PAGES * PAGE]
    began = time.process_time()
    read(a_chart(text, "inpatient", DAY), lexicon, tables)
    print(f"a chart of {LONG_PAGES} pages: {time.process_time() - began:.2f} s")


def folders_of(index: Path | None, apart: Path) -> list[Path]:
    """The catalogues to read with: that of the installation, and one of its own for an index that is given."""
    if index is None:
        return [embedded_folder()]
    load(index, Catalogue(apart), Asked(effective=INDEX_DAY), datetime.now(UTC))
    return [embedded_folder(), apart]


def started_apart(folders: Sequence[Path], apart: Path) -> str:
    """What a process of its own that finds the lexicon compiled says of its start."""
    command = [sys.executable, "-m", "bench.reading", "--start", str(apart), *map(str, folders)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout.strip()


def start_and_tell(folders: Sequence[Path], apart: Path) -> None:
    tables = ReferenceTables(folders).current()
    began = time.perf_counter()
    lexicon = lexicon_of(tables, apart)
    seconds = time.perf_counter() - began
    read(a_chart("Hypertension.", "outpatient", DAY), lexicon, tables)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    megabytes = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024
    print(f"{len(lexicon.entries):,} names, open in {seconds:.2f} s, {megabytes:,.0f} MB with the tables it reads")


def measure(own: Path | None, codiesp: Path | None, index: Path | None) -> None:
    with TemporaryDirectory() as folder:
        apart = Path(folder)
        folders = folders_of(index, apart / "tables")
        tables = ReferenceTables(folders).current()
        began = time.perf_counter()
        lexicon = lexicon_of(tables, apart)
        print(f"lexicon: ready here in {time.perf_counter() - began:.1f} s, compiled where none was kept")
        print(f"lexicon: {started_apart(folders, apart)}")
        notes = list(own_notes(own or OURS))
        print_scores(str(own) if own else "notes of our own", notes, lexicon, tables)
        print_long_chart(notes, lexicon, tables)
        if codiesp is not None:
            cases = list(codiesp_notes(codiesp))
            print_scores(str(codiesp), cases, lexicon, tables)
            everything = [note._replace(chart=_with_all_mentions(note.chart)) for note in cases]
            print_scores(f"{codiesp}, everything mentioned", everything, lexicon, tables)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--own", type=Path, help="coded notes, an NDJSON file")
    parser.add_argument("--codiesp", type=Path, help="a folder of CodiEsp")
    parser.add_argument("--index", type=Path, help="an Alphabetic Index to read with")
    parser.add_argument("--start", type=Path, nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.start is not None:
        start_and_tell(given.start[1:], given.start[0])
    else:
        measure(given.own, given.codiesp, given.index)


if __name__ == "__main__":
    main()
