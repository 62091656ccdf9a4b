"""`revcycle check`: a file of coded charts, one a line, each with what is wrong with its codes.

A line is a JSON object as `POST /encoder/v1/check` takes it, with an `id`. In short: `setting`, in our words or those
of FHIR; `date`, today where it is not said; and `diagnoses` and `procedures` beside them or in `codes`, each an object
or a word, a diagnosis with its present on admission indicator behind a colon (`I50.23:Y`), a procedure with its day
(`0DTJ4ZZ:2026-11-20`). `codes` as a list are diagnoses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, BinaryIO

import orjson

from revcycle.chart_lines import answer_charts, answer_line
from revcycle.suggest_files import setting_of
from services.encoder.domain.checks import Checked, CodesToCheck, check_given
from shared.tables import Tables

Form = Callable[[object, Checked], Iterator[bytes]]
"""How the answer to a line is written: its id and what was found."""
_MOST_BYTES = 4_000_000
"""A longer line holds no codes."""
_LISTS = {"diagnoses": "poa", "reasons_for_visit": "poa", "external_causes": "poa", "procedures": "date"}
"""The lists of codes, and what stands behind the colon in each."""


def write_findings(file: BinaryIO, tables: Tables, today: date, write: Callable[[bytes], object], form: Form) -> bool:
    """An answer to `write` for every line that is not blank; whether no code of any has an error.

    Raises UnreadableCharts at the end, naming what are none.
    """
    clean = True

    def answer(name: object, given: dict[str, Any]) -> Iterator[bytes]:
        nonlocal clean
        chart = CodesToCheck.model_validate_json(orjson.dumps(_spelled_out(given, today)))
        checked = check_given(chart, tables)
        clean = clean and not _has_error(checked)
        return form(name, checked)

    answer_charts(file, answer, write, most_bytes=_MOST_BYTES)
    return clean


def _has_error(checked: Checked) -> bool:
    return bool(checked.problems) or any(finding.severity == "error" for finding in checked.findings)


def _spelled_out(given: dict[str, Any], today: date) -> Mapping[str, object]:
    """A line as the API takes it."""
    codes = given.pop("codes", {})
    codes = {"diagnoses": codes} if isinstance(codes, list) else codes
    if isinstance(codes, dict):
        beside = {name: given.pop(name) for name in _LISTS if name in given}
        codes = {name: _objects(name, codes_of) for name, codes_of in (codes | beside).items()}
    setting = setting_of(given.pop("setting", None))
    return {**given, "setting": setting, "date": given.get("date") or today.isoformat(), "codes": codes}


def _objects(name: str, codes: object) -> object:
    """Codes that are written as words, as objects."""
    if name not in _LISTS or not isinstance(codes, list):
        return codes
    return [_object(one, _LISTS[name]) if isinstance(one, str) else one for one in codes]


def _object(word: str, behind: str) -> dict[str, str]:
    code, _, rest = word.strip().partition(":")
    return {"code": code, behind: rest} if rest else {"code": code}


def _as_json(name: object, checked: Checked) -> Iterator[bytes]:
    yield answer_line({"id": name, **checked.model_dump(mode="json")})


def _as_rows(name: object, checked: Checked) -> Iterator[bytes]:
    """A row for each finding, the columns apart by two spaces; a chart without any has one that says so."""
    problems = [(f"error    {one.code}", one.pointer, one.message, "code set of the day") for one in checked.problems]
    findings = [(f"{one.severity:<8} {one.rule}", one.pointer, one.message, one.citation) for one in checked.findings]
    for what, place, message, source in (*problems, *findings):
        yield f"{name}  {what:<46}  {place:<22}  {message} [{source}]\n".encode()
    if not problems and not findings:
        yield f"{name}  nothing found\n".encode()


FORMATS: Mapping[str, Form] = {"ndjson": _as_json, "table": _as_rows}
