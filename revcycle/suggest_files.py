"""`revcycle suggest`: a file of encounters, one a line, each read for the codes that its documents support.

A line is a JSON object: `id`; `setting`, the class of the encounter in our words or in those of FHIR (`inpatient`,
`IMP`), outpatient where it is not said; `date`, the day of discharge or service, today where it is not said; and its
text, as `documents` (texts, or objects with `text` and, where known, `id` and `kind`) or as one `text`. Its `scope` is
`reportable`, what a claim may report, where it does not ask for all `mentions`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, BinaryIO

import orjson

from revcycle.chart_lines import UnreadableLine, answer_charts, answer_line
from services.encoder.domain.guidelines.tabular_list import dotted
from services.encoder.domain.reading.lexicon import Lexicon
from services.encoder.domain.reading.suggesting import read
from services.encoder.domain.reading.suggestions import ReadChart, Reading
from services.encoder.parameters import parameter
from shared.claims import AS_RECEIVED, EncounterClass
from shared.tables import Tables

_VISITS = frozenset({"ambulatory", "office", "office_visit", "clinic", "telehealth", "virtual", "op"})
_ALSO_SAID = {"ed": "emergency", "er": "emergency", "emergency_department": "emergency", "ip": "inpatient"}
_MOST_BYTES = 64_000_000
"""A longer line is no chart."""


def write_suggestions(
    file: BinaryIO, lexicon: Lexicon, tables: Tables, today: date, write: Callable[[bytes], object]
) -> None:
    """An answer to `write` for every line that is not blank. Raises UnreadableCharts at the end, naming those."""

    def answer(name: object, given: dict[str, Any]) -> Iterator[bytes]:
        yield answer_line(_answer(name, read(_chart(given, today), lexicon, tables)))

    answer_charts(file, answer, write, most_bytes=_MOST_BYTES)


def _chart(given: Mapping[str, Any], today: date) -> ReadChart:
    body = {
        "setting": setting_of(given.get("setting")),
        "date": given.get("date") or today.isoformat(),
        "documents": list(_documents(given)),
        "scope": given.get("scope", "reportable"),
    }
    return ReadChart.model_validate_json(orjson.dumps(body), context=AS_RECEIVED)


def setting_of(given: object) -> EncounterClass:
    """Our own word for a class of encounter; ambulatory ones of FHIR and visits in their many names are outpatient."""
    if given is None:
        return "outpatient"
    word = str(given).strip()
    classes: Mapping[str, str] = parameter("fhir_encounter_classes").editions[-1].value
    known = classes.get(word.upper(), word.lower().replace(" ", "_").replace("-", "_"))
    if known in _VISITS:
        return "outpatient"
    return _ALSO_SAID.get(known, known)  # type: ignore[return-value]  # the chart's own check names the classes there are


def _documents(given: Mapping[str, Any]) -> Iterator[Mapping[str, object]]:
    listed = given.get("documents", [given["text"]] if "text" in given else None)
    if isinstance(listed, str | dict):
        listed = [listed]
    if not isinstance(listed, list):
        raise UnreadableLine("documents: a list of texts or of objects with a text")
    for place, document in enumerate(listed, 1):
        plain = {"text": document} if isinstance(document, str) else document
        if not isinstance(plain, dict):
            raise UnreadableLine(f"documents.{place - 1}: neither a text nor an object with one")
        kind = {"kind": re.sub(r"\W+", "_", str(plain["kind"]).strip().lower())} if plain.get("kind") else {}
        yield {"id": str(plain.get("id", place)), "text": plain.get("text")} | kind


def _answer(name: object, reading: Reading) -> dict[str, object]:
    answer = reading.model_dump(mode="json")
    for suggestion in answer["suggestions"]:
        suggestion["code"] = _printed(suggestion["system"], suggestion["code"])
        for asked in suggestion["more_specific"]:
            asked["codes"] = [_printed(suggestion["system"], code) for code in asked["codes"]]
    for left in answer["left_out"]:
        left["codes"] = [dotted(code) for code in left["codes"]]
    return {"id": name, **answer}


def _printed(system: str, code: str) -> str:
    """An ICD-10-CM code with its dot; a code of another system as it is."""
    return dotted(code) if system == "icd10cm" else code
