"""`revcycle group`: a file of stays through the MS-DRG grouper, one answer a line, in the order of the file.

A stay is a JSON object on a line or a row of a CSV file. It says its day of discharge, or the MS-DRG version as the CMS
software's own claims do (`"version": 431`), in which case the first day of that version stands for the day. As the CMS
grouper does, a code that is not valid is passed over; the answer names it.
"""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import Any

import orjson
from pydantic import ValidationError

from revcycle.failures import Failure
from services.grouper.domain.engine import GrouperAnswer, GrouperInput
from services.grouper.domain.grouping import grouper_input
from services.grouper.domain.rules import Rules
from services.grouper.domain.stays import Stay
from services.grouper.engines.pool import PooledEngine
from services.grouper.errors import EngineFailed
from services.grouper.parameters import load_rules
from shared.claims import AS_RECEIVED
from shared.tables import CodeSets, Tables, ipps

_WINDOW = 1024
"""Stays asked together: frames enough for every worker, little enough to keep."""
_SEXES = {"0": "M", "1": "F", "2": "U"}
_COLUMNS = {"id", "age", "sex", "discharge_status", "diagnoses"}


class UnreadableStays(Failure):
    """Lines that are no stays. The others were answered."""


@dataclass(frozen=True, slots=True)
class _Question:
    id: str
    day: date
    asked: GrouperInput


async def group_lines(lines: Iterable[str], tables: Tables, *, workers: int, faults: list[str]) -> AsyncIterator[bytes]:
    """An answer, as JSON with a line end, for each stay in `lines`; what cannot be read goes into `faults`."""
    rules, engine = load_rules(), PooledEngine(workers=workers)
    questions = _questions(lines, rules, faults)
    try:
        while window := list(islice(questions, _WINDOW)):
            answers = await engine.group([question.asked for question in window])
            for question, answer in zip(window, answers, strict=True):
                yield _answered(question, answer, tables)
    finally:
        await engine.close()


def write_answers(lines: Iterable[str], tables: Tables, *, workers: int, write: Callable[[bytes], object]) -> None:
    """Every answer to `write`. Raises UnreadableStays at the end, naming the lines that are no stays."""
    faults: list[str] = []

    async def run() -> None:
        async for answer in group_lines(lines, tables, workers=workers, faults=faults):
            write(answer)

    asyncio.run(run())
    if faults:
        more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise UnreadableStays(f"{faults[0]}{more}")


def _questions(lines: Iterable[str], rules: Rules, faults: list[str]) -> Iterator[_Question]:
    for number, document in _documents(lines, faults):
        try:
            yield _question(document, number, rules)
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
            faults.append(f"line {number}, {'.'.join(map(str, fault['loc']))}: {fault['msg']}")
        except ValueError as error:
            faults.append(f"line {number}: {error}")


def _documents(lines: Iterable[str], faults: list[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    first = next(numbered, None)
    if first is None:
        return
    if first[1].lstrip("\ufeff \t").startswith("{"):
        yield from _json_documents(chain([first], numbered), faults)
    else:
        yield from _csv_documents(chain([first], numbered))


def _json_documents(lines: Iterable[tuple[int, str]], faults: list[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in lines:
        try:
            document = orjson.loads(line.lstrip("\ufeff"))
        except orjson.JSONDecodeError:
            faults.append(f"line {number}: not JSON")
            continue
        if isinstance(document, dict):
            yield number, document
        else:
            faults.append(f"line {number}: not a JSON object")


def _csv_documents(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    numbers: list[int] = []

    def text() -> Iterator[str]:
        for number, line in lines:
            numbers.append(number)
            yield line.lstrip("\ufeff")

    reader = csv.DictReader(text())
    if not set(reader.fieldnames or ()) >= _COLUMNS:
        raise UnreadableStays(
            f"the header needs the columns {', '.join(sorted(_COLUMNS))} and discharge_date or version"
        )
    for row in reader:
        stay = {name: value for name, value in row.items() if name and value}
        stay["diagnoses"] = [_diagnosis(text) for text in (row.get("diagnoses") or "").split()]
        stay["procedures"] = [{"code": code} for code in (row.get("procedures") or "").split()]
        yield numbers[-1], stay


def _diagnosis(text: str) -> dict[str, str]:
    code, _, poa = text.partition(":")
    return {"code": code, "poa": poa} if poa else {"code": code}


def _question(document: Mapping[str, Any], number: int, rules: Rules) -> _Question:
    given = document.get("claim", document)
    if not isinstance(given, dict):
        raise ValueError("claim is not an object")
    stay = Stay.model_validate(_stay_document(given, rules), context=AS_RECEIVED)
    age = stay.age_at_admission
    if rules.version_on(stay.discharge_date) is None:
        raise ValueError(f"no MS-DRG version is carried for a discharge on {stay.discharge_date}")
    if age is None or not 0 <= age <= rules.highest_age.on(stay.discharge_date):
        raise ValueError("the age is missing or impossible")
    if stay.sex is None or stay.discharge_status is None or not stay.discharge_status.isdecimal():
        raise ValueError("sex or discharge_status is missing or impossible")
    if not stay.diagnoses:
        raise ValueError("there is no principal diagnosis")
    return _Question(str(document.get("id", number)), stay.discharge_date, grouper_input(stay, rules))


def _stay_document(given: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    """A stay as we have it, out of one or of a claim as the CMS software has it."""
    principal = [given["pdx"]] if "pdx" in given else []
    status, sex, age = given.get("discharge_status"), str(given.get("sex")), given.get("age")
    stay = {
        "discharge_date": given.get("discharge_date") or _first_day(str(given.get("version")), rules),
        "age": int(age) if isinstance(age, str) and age.isdecimal() else age,
        "sex": _SEXES.get(sex, sex),
        "discharge_status": f"{status:02}" if isinstance(status, int) else status,
        "diagnoses": [*principal, *given.get("sdx", ()), *given.get("diagnoses", ())],
        "procedures": given.get("procedures", ()),
        "poa_exempt": given.get("poa_exempt") in (True, "true") or given.get("hospital_status") == "EXEMPT",
    }
    return stay | {name: given[name] for name in ("birth_date", "admission_date") if name in given}


def _first_day(version: str, rules: Rules) -> str:
    for carried in rules.carried_versions:
        if carried.version.replace(".", "") == version.replace(".", ""):
            return carried.effective.isoformat()
    raise ValueError("there is neither a discharge_date nor a version that is carried")


def _answered(question: _Question, answer: GrouperAnswer | EngineFailed, tables: Tables) -> bytes:
    document: dict[str, Any] = {"id": question.id, "version": question.asked.version}
    if isinstance(answer, EngineFailed):
        return orjson.dumps(document | {"return_code": "ENGINE_FAILED"}, option=orjson.OPT_APPEND_NEWLINE)
    weight = ipps.weight(tables, f"{answer.final_drg:03}", question.day)
    document |= {
        "initial_drg": answer.initial_drg,
        "final_drg": answer.final_drg,
        "initial_mdc": answer.initial_mdc,
        "final_mdc": answer.final_mdc,
        "return_code": answer.return_code,
        "weight": str(weight) if weight is not None else None,
    }
    if passed_over := _passed_over(question, CodeSets(tables)):
        document["passed_over"] = passed_over
    return orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)


def _passed_over(question: _Question, code_sets: CodeSets) -> list[str]:
    """Codes that are not valid on the day: they did not count."""
    day, asked = question.day, question.asked
    diagnoses = [code for code, _poa in asked.diagnoses if not code_sets.is_valid("icd10cm", code, day)]
    return diagnoses + [code for code in asked.procedures if not code_sets.is_valid("icd10pcs", code, day)]
