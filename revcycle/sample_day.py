"""`revcycle sample-day`: one day of invented encounters as files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from revcycle.failures import NotEmpty
from samples.day import SAMPLE_DAY, make_day


def write_day(folder: Path, *, seed: int, encounters: int, day: date | None) -> str:
    """Write `encounters.ndjson` and `answers.ndjson`, a line for each encounter, in the same order; say what they hold.

    Raises NotEmpty rather than write over anything.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotEmpty(f"{folder} is not an empty folder")
    sample = make_day(seed, encounters, day or SAMPLE_DAY)
    folder.mkdir(parents=True, exist_ok=True)
    documents = [one.encounter.model_dump_json(exclude_none=True) for one in sample.encounters]
    answers = [one.model_dump_json(exclude={"encounter"}, exclude_none=True) for one in sample.encounters]
    (folder / "encounters.ndjson").write_text("".join(f"{line}\n" for line in documents), "utf-8")
    (folder / "answers.ndjson").write_text("".join(f"{line}\n" for line in answers), "utf-8")
    fates = ", ".join(f"{count} {fate}" for fate, count in sorted(sample.fates().items()))
    return f"{len(documents)} encounters of {sample.day} in {folder}: {fates}"
