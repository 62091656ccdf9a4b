"""Whatever is sent, the grouper answers: with a DRG where the stay is right, else with a problem document. Never a 5xx.

`REVCYCLE_DRG_CLAIMS=100000` sends as many.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.tables import CodeSets, mce
from tests.services.grouper.conftest import Caller
from tests.services.grouper.proof.odd_documents import odd_documents
from tests.services.grouper.stays import a_grouper

MANY = int(os.environ.get("REVCYCLE_DRG_CLAIMS", "3000"))
SEED = os.environ.get("REVCYCLE_DRG_SEED", "1")
ON_ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is kept


@pytest.fixture(params=["in_process", "pool"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVCYCLE_GROUPER_ENGINE", request.param)


@pytest.fixture
def client(engine: None, caller: Caller) -> httpx.AsyncClient:
    return caller("group:run")


def as_question(body: bytes, chance: random.Random) -> bytes:
    """A what-if about the body, with conditions that are as odd."""
    documented = next(odd_documents(chance)) if chance.random() < 0.3 else b'[{"code":"E43"}]'
    return b'{"stay":' + body + b',"documented":' + documented + b"}"


@ON_ONE_DATABASE
async def test_every_request_is_answered_with_an_answer_or_a_problem(client: httpx.AsyncClient) -> None:
    chance, seen = random.Random(f"{SEED}-one"), Counter[tuple[str, int]]()
    for body in islice(odd_documents(chance), MANY // 10):
        path = chance.choice(("/v1/group", "/v1/group", "/v1/explain", "/v1/what-if", "/v1/mce"))
        sent = as_question(body, chance) if path == "/v1/what-if" else body
        response = await client.post(path, content=sent, headers={"Content-Type": "application/json"})
        seen[path, response.status_code] += 1
        assert_answered(path, sent, response.status_code, response.content)
    assert {status for _path, status in seen} >= {200, 422}, seen


@ON_ONE_DATABASE
async def test_every_line_is_answered_with_an_answer_or_a_problem(client: httpx.AsyncClient) -> None:
    chance, seen = random.Random(f"{SEED}-lines"), Counter[int]()
    bodies = islice(odd_documents(chance), MANY * 4 // 10)
    while lines := [body for body in islice(bodies, 500) if body.strip() and b"\n" not in body and b"\r" not in body]:
        headers = {"Content-Type": "application/x-ndjson"}
        response = await client.post("/v1/group/batch", content=b"\n".join(lines), headers=headers)
        assert response.status_code == 200, response.content
        answers = [json.loads(line) for line in response.content.splitlines()]
        assert [answer["line"] for answer in answers] == list(range(1, len(lines) + 1))
        for line, answer in zip(lines, answers, strict=True):
            seen[answer["status"]] += 1
            content = json.dumps(answer.get("grouping") or answer["problem"]).encode()
            assert_answered("/v1/group", line, answer["status"], content)
    assert seen.keys() >= {200, 422}, seen


def assert_answered(path: str, sent: bytes, status: int, content: bytes) -> None:
    shown = (path, status, sent[:2000], content[:2000])
    assert status == 200 or 400 <= status < 500, shown
    assert status != 429, shown
    answer = json.loads(content)
    if status == 200:
        assert path != "/v1/group" or answer["method"] == "none" or may_have_a_drg(json.loads(sent)), shown
        return
    assert answer["code"], shown
    assert answer["status"] == status, shown
    if answer["code"] in ("invalid_body", "not_groupable"):
        faults = answer.get("errors") or answer.get("reasons") or [answer]
        assert all(isinstance(fault.get("pointer"), str) for fault in faults), shown


def may_have_a_drg(document: dict[str, Any]) -> bool:
    """Judged apart from the grouper: every code is on its list, and the facts are there and possible."""
    day = date.fromisoformat(str(document.get("discharge_date") or document.get("statement_through")))
    tables = a_grouper().tables.current()
    status = document.get("discharge_status", document.get("patient_status"))
    coded = (("icd10cm", document["diagnoses"]), ("icd10pcs", document.get("procedures") or []))
    return (
        0 < len(document["diagnoses"]) <= 25
        and len(document.get("procedures") or []) <= 25
        and all(
            CodeSets(tables).is_valid(system, as_listed(one["code"]), day) for system, codes in coded for one in codes
        )
        and mce.is_discharge_status(tables, str(status).strip(), day)
        and (document.get("age") is None or (type(document["age"]) is int and 0 <= document["age"] <= 124))
        and document.get("sex", document.get("patient", {}).get("sex")) in ("F", "M", "U")
    )


def as_listed(code: str) -> str:
    return code.strip().replace(".", "").upper()


def is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_every_line_of_a_file_is_answered_or_named(tmp_path: Path) -> None:
    bodies = islice(odd_documents(random.Random(f"{SEED}-file")), max(500, MANY // 10))
    lines = [body for body in bodies if body.strip() and b"\n" not in body and b"\r" not in body]
    lines.insert(0, b'{"id":"first"}')
    done = subprocess.run(
        [sys.executable, "-m", "revcycle", "group", "-", "--workers", "2", "--data-dir", str(tmp_path)],
        input=b"\n".join(lines),
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 2, done.stderr[-2000:]
    assert done.stderr.startswith(b"revcycle: line 1: "), done.stderr[-2000:]
    assert done.stderr.count(b"\n") == 1
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers
    # Bytes that are not UTF-8 become U+FFFD; on three of them in a code the engine gives no answer.
    failed = [answer for answer in answers if answer["return_code"] == "ENGINE_FAILED"]
    assert len(failed) <= sum(not is_utf8(line) for line in lines)
    named = int(done.stderr.split(b" and ")[-1].split()[0]) + 1
    assert len(answers) + named == len(lines)
