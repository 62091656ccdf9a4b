"""`revcycle group`: a file of stays in, an answer a line out."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.revcycle.conftest import Run

VECTORS = Path(os.environ.get("REVCYCLE_REFERENCE", "../shared")) / "data" / "grouper" / "msdrg_v431_java_vectors.jsonl"


def grouped(stays: str, run: Run) -> tuple[list[dict[str, Any]], str, int]:
    """Answers, standard error and exit code."""
    done = run("group", "-", "--workers", "2", given=stays)
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr, done.returncode


STAY: dict[str, Any] = {
    "id": "S1",
    "discharge_date": "2025-11-20",
    "age": 76,
    "sex": "F",
    "discharge_status": "01",
    "diagnoses": [{"code": "I50.23", "poa": "Y"}, {"code": "J96.01", "poa": "Y"}],
}


def test_a_stay_is_answered_in_one_line(run: Run) -> None:
    # MS-DRG v43, MDC 5: 291 is heart failure and shock with MCC.
    (answer,), errors, code = grouped(json.dumps(STAY), run)
    assert (errors, code) == ("", 0)
    weight = answer.pop("weight")
    assert answer == {
        "id": "S1",
        "version": "43.0",
        "initial_drg": 291,
        "final_drg": 291,
        "initial_mdc": 5,
        "final_mdc": 5,
        "return_code": "OK",
    }
    assert 1 < float(weight) < 2


def test_a_csv_file_is_grouped_like_json(run: Run) -> None:
    rows = (
        "id,version,age,sex,discharge_status,diagnoses,procedures\n"
        "A,431,76,F,01,I50.23:Y J9601:Y,\n"
        'B,431,70,1,1,M1711,"0SRC0J9 3E0G76Z"\n'
    )
    answers, errors, code = grouped(rows, run)
    assert (errors, code) == ("", 0)
    assert [(one["id"], one["version"], one["final_drg"]) for one in answers] == [
        ("A", "43.1", 291),
        ("B", "43.1", 470),
    ]


def test_a_code_that_is_not_valid_is_passed_over_and_named(run: Run) -> None:
    stay = STAY | {"diagnoses": [*STAY["diagnoses"], {"code": "I50.2"}], "procedures": [{"code": "0SRC0J0"}]}
    (answer,), _errors, code = grouped(json.dumps(stay), run)
    assert (answer["final_drg"], answer["passed_over"], code) == (291, ["I502", "0SRC0J0"], 0)


def test_lines_that_are_no_stays_are_named_and_the_others_answered(run: Run) -> None:
    lines = "\n".join(["{broken", json.dumps(STAY), json.dumps(STAY | {"age": -1}), json.dumps(STAY | {"id": "S2"})])
    answers, errors, code = grouped(lines, run)
    assert [answer["id"] for answer in answers] == ["S1", "S2"]
    assert (errors, code) == ("revcycle: line 1: not JSON and 1 more\n", 2)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("id,age\n1,2\n", "the header needs the columns"),
        (json.dumps(STAY | {"discharge_date": None, "version": 390}), "line 1: there is neither a discharge_date nor"),
        (json.dumps(STAY | {"discharge_date": "2015-10-01"}), "line 1: no MS-DRG version is carried"),
        (json.dumps(STAY | {"diagnoses": []}), "line 1: there is no principal diagnosis"),
        (json.dumps(STAY | {"sex": "X"}), "line 1, sex"),
        ("[1]", "the header needs the columns"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_exit_code_2(content: str, fault: str, run: Run) -> None:
    answers, errors, code = grouped(content, run)
    assert (answers, code) == ([], 2)
    assert fault in errors
    assert errors.count("\n") == 1


def test_an_empty_file_has_no_answers(run: Run) -> None:
    assert grouped("\n", run) == ([], "", 0)


@pytest.mark.reference
def test_every_claim_of_the_cms_java_grouper_has_its_answer(run: Run) -> None:
    if not VECTORS.exists():
        pytest.skip(f"no reference data at {VECTORS.parent}")
    answers, errors, code = grouped(VECTORS.read_text(encoding="utf-8"), run)
    assert (errors, code) == ("", 0)
    expected = [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]
    for answer, vector in zip(answers, expected, strict=True):
        assert answer["id"] == vector["id"]
        assert {name: answer[name] for name in vector["expected"]} == vector["expected"]
