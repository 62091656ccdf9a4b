"""The work on the lines of a file of stays: each read, grouped and answered where the engine is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import orjson
from pydantic import ValidationError

from services.grouper.domain.engine import GrouperAnswer, GrouperInput
from services.grouper.domain.grouping import grouper_input
from services.grouper.domain.rules import Rules
from services.grouper.domain.stays import Stay
from services.grouper.engines.line_work import Block, WorkPlace
from services.grouper.engines.msdrg_session import MsdrgSession
from services.grouper.engines.plain_stays import NOT_PLAIN, KnownDay, PlainStay, PlainStays
from services.grouper.parameters import load_rules
from shared.claims import AS_RECEIVED
from shared.tables import ReferenceTables

_SEXES = {"0": "M", "1": "F", "2": "U"}
_LINE = orjson.OPT_APPEND_NEWLINE


class Answered(msgspec.Struct, frozen=True, array_like=True):
    """A block's answers, JSON with a line end each, and what is wrong with the lines that have none."""

    answers: bytes
    faults: list[str]


read_answered = msgspec.msgpack.Decoder(Answered).decode
_encode = msgspec.msgpack.Encoder().encode


class _Question(msgspec.Struct, frozen=True, gc=False):
    id: str
    stay: PlainStay


def place(tables: ReferenceTables) -> WorkPlace:
    """Where workers find this work, with these tables."""
    return WorkPlace(f"{__name__}:StayLines", {"folders": [str(folder) for folder in tables.folders]})


def failed(line: Block) -> Answered:
    """The answer to a line on which the engine died."""
    document = _document(line.content)
    answer = {"id": str(document.get("id", line.first)), "return_code": "ENGINE_FAILED"}
    return Answered(orjson.dumps(answer, option=_LINE), [])


class StayLines:
    """One look at the tables for the whole file."""

    def __init__(self, session: MsdrgSession, folders: list[str]) -> None:
        self._session, self._rules = session, load_rules()
        self._tables = ReferenceTables([Path(folder) for folder in folders]).current()
        self._plain_stays = PlainStays(self._rules)

    def __call__(self, first: int, content: bytes) -> bytes:
        """The answers to all lines, for `read_answered`."""
        faults: list[str] = []
        questions = [one for line in Block(first, content).lines() if (one := self._question(line, faults))]
        answers = self._session.group([question.stay.asked for question in questions])
        told = [_answered(*pair) for pair in zip(questions, answers, strict=True)]
        return _encode(Answered(b"".join(told), faults))

    def _question(self, line: Block, faults: list[str]) -> _Question | None:
        try:
            document = _document(line.content)
            return _Question(str(document.get("id", line.first)), self._stay(document))
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
            faults.append(f"line {line.first}, {'.'.join(map(str, fault['loc']))}: {fault['msg']}")
        except ValueError as error:
            faults.append(f"line {line.first}: {error}")
        except (TypeError, AttributeError):
            faults.append(f"line {line.first}: not in the form of a stay")
        return None

    def _stay(self, document: Mapping[str, Any]) -> PlainStay:
        given = document.get("claim", document)
        if not isinstance(given, dict):
            raise ValueError("claim is not an object")
        stay = _stay_document(given, self._rules)
        try:
            plain = self._plain_stays.read(stay, self._tables)
        except NOT_PLAIN:
            plain = None
        return plain or self._stay_at_length(Stay.model_validate(stay, context=AS_RECEIVED))

    def _stay_at_length(self, stay: Stay) -> PlainStay:
        age = stay.age_at_admission
        if self._rules.version_on(stay.discharge_date) is None:
            raise ValueError(f"no MS-DRG version is carried for a discharge on {stay.discharge_date}")
        if age is None or not 0 <= age <= self._rules.highest_age.on(stay.discharge_date):
            raise ValueError("the age is missing or impossible")
        if stay.sex is None or stay.discharge_status is None or not stay.discharge_status.isdecimal():
            raise ValueError("sex or discharge_status is missing or impossible")
        if not stay.diagnoses:
            raise ValueError("there is no principal diagnosis")
        day = self._plain_stays.day(stay.discharge_date.isoformat(), self._tables)
        return PlainStay(grouper_input(stay, self._rules), day)


def _document(content: bytes) -> Mapping[str, Any]:
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise ValueError("not JSON") from None
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    return document


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


def _answered(question: _Question, answer: GrouperAnswer | None) -> bytes:
    asked, day = question.stay
    document: dict[str, Any] = {"id": question.id, "version": asked.version}
    if answer is None:
        return orjson.dumps(document | {"return_code": "ENGINE_FAILED"}, option=_LINE)
    weight = day.weight(answer.final_drg)
    document |= {
        "initial_drg": answer.initial_drg,
        "final_drg": answer.final_drg,
        "initial_mdc": answer.initial_mdc,
        "final_mdc": answer.final_mdc,
        "return_code": answer.return_code,
        "weight": str(weight) if weight is not None else None,
    }
    if passed_over := _passed_over(asked, day):
        document["passed_over"] = passed_over
    return orjson.dumps(document, option=_LINE)


def _passed_over(asked: GrouperInput, day: KnownDay) -> list[str]:
    """Codes that are not valid on the day: they did not count."""
    diagnoses, procedures = [code for code, _poa in asked.diagnoses], asked.procedures
    return [diagnoses[place] for place in day.invalid("icd10cm", diagnoses)] + [
        procedures[place] for place in day.invalid("icd10pcs", procedures)
    ]
