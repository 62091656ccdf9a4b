"""`revcycle search`: queries from the line or a file in, codes in rank order out."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from revcycle.search_files import NoQueries, UnreadableQueries, write_found
from services.encoder.domain.search.hits import Hit, Reason
from tests.revcycle.conftest import Run

FOUND = Hit(
    system="icd10cm", code="I219", billable=True, title="Acute myocardial infarction, unspecified",
    reason=Reason.SYNONYM, text="heart attack", read_as="myocardial infarction",
)  # fmt: skip
PROCEDURE = Hit(
    system="icd10pcs", code="0DTJ4ZZ", billable=True, title="Resection of Appendix", reason=Reason.CODE, text="0DTJ4ZZ"
)


def answers(*given: str, file: bytes = b"", explain: bool = False) -> list[dict[str, Any]]:
    """Of a search that finds two codes whatever is asked."""
    written: list[bytes] = []
    write_found(given, BytesIO(file), lambda words: (FOUND, PROCEDURE), written.append, explain=explain)
    return [json.loads(line) for line in written]


def test_queries_of_the_line_are_answered_in_their_order() -> None:
    assert answers("heart attack", "s/p CABG") == [
        {"query": "heart attack", "codes": ["I21.9", "0DTJ4ZZ"]},
        {"query": "s/p CABG", "codes": ["I21.9", "0DTJ4ZZ"]},
    ]


def test_a_file_has_a_query_a_line_as_it_is_or_as_json_with_an_id(tmp_path: Path) -> None:
    file = tmp_path / "asked"
    file.write_bytes('\ufeffMénière\n\n{"query": "CHF", "id": 7}\r\n'.encode())
    assert [(one.get("id"), one["query"]) for one in answers(str(file), "-", file=b"gout")] == [
        (None, "Ménière"),
        (7, "CHF"),
        (None, "gout"),
    ]


def test_reasons_come_where_they_are_asked_for() -> None:
    [answer] = answers("heart attack", explain=True)
    assert [one["code"] for one in answer["reasons"]] == answer["codes"]
    assert answer["reasons"][0]["reason"] == "synonym"
    assert answer["reasons"][0]["read_as"] == "myocardial infarction"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"\xff\xfe", "no UTF-8"),
        (b"{", "no JSON"),
        (b"{}", "query: no text"),
        (b'{"query": 7}', "query: no text"),
        (b'{"query": " "}', "query: no words"),
        (b"x" * 1_001, "query: longer than 1,000 characters"),
    ],
)
def test_a_line_that_is_no_query_is_answered_with_an_error_and_the_others_with_codes(line: bytes, fault: str) -> None:
    written: list[bytes] = []
    with pytest.raises(UnreadableQueries, match=f"^line 2: {fault}$"):
        write_found(["-"], BytesIO(b"a\n" + line + b"\nb\n"), lambda words: (), written.append, explain=False)
    assert [json.loads(one) for one in written] == [
        {"query": "a", "codes": []},
        {"query": None, "error": {"line": 2, "message": fault}},
        {"query": "b", "codes": []},
    ]


@pytest.mark.parametrize("name", ["missing.txt", "folder.txt"])
def test_a_file_that_cannot_be_read_is_said_in_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(NoQueries):
        answers(str(tmp_path / name))


def test_a_query_of_bytes_that_are_no_text_is_no_query() -> None:
    with pytest.raises(UnreadableQueries, match="no UTF-8"):
        answers("heart \udcff")


def test_the_command_answers_queries_of_the_line_in_rank_order(run: Run) -> None:
    """I21.9 is what a heart attack is when nothing more is said; of K35.8, acute appendicitis, K35.80. Of gout the
    heading is shown beside the code that stands for it."""
    queries = "heart attack", "acute appendicitis", "gout"
    done = run("search", *queries, "--date", "2026-11-20", "--limit", "3", "--explain")
    assert done.returncode == 0
    attack, appendicitis, gout = map(json.loads, done.stdout.splitlines())
    assert set(gout["codes"][:2]) == {"M10", "M10.9"}
    assert "I21.9" in attack["codes"]
    titles = {reason["code"]: reason["title"] for reason in appendicitis["reasons"]}
    assert list(titles) == appendicitis["codes"]
    assert titles["K35.80"] == "Unspecified acute appendicitis"
    assert len(attack["codes"]) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.txt",), "missing.txt: No such file or directory"),
        (("flu", "--system", "snomed"), "the code sets are icd10cm, icd10pcs, hcpcs, cpt and all"),
        (("flu", "--date", "1990-01-01"), "no release of icd10cm.codes covers 1990-01-01"),
        (("visit", "--system", "cpt"), "no release of cpt.codes covers"),
    ],
)
def test_what_the_caller_got_wrong_is_one_line_and_exit_code_2(run: Run, arguments: tuple[str, ...], said: str) -> None:
    done = run("search", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr.splitlines()[-1]
