"""`revcycle suggest`: a file of encounters in, what their documents support out."""

from __future__ import annotations

import json
from typing import Any

from tests.revcycle.conftest import Run

NOTE = "Assessment: COPD with acute exacerbation. Denies chest pain."


def suggested(lines: list[object], run: Run) -> tuple[list[dict[str, Any]], str, int]:
    """Answers, standard error and exit code. A line that is text goes in as it is."""
    given = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    done = run("suggest", "-", given=given)
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr, done.returncode


def test_documents_come_as_texts_as_objects_or_as_one_text(run: Run) -> None:
    answers, _, status = suggested(
        [
            {"id": "a", "documents": [NOTE]},
            {
                "id": "b",
                "documents": [{"id": "n1", "kind": "Progress Note", "text": NOTE, "signed": True}],
                "setting": "IMP",
            },
            {"id": "c", "text": NOTE, "date": "2026-05-01"},
        ],
        run,
    )
    assert status == 0
    assert [answer["id"] for answer in answers] == ["a", "b", "c"]
    for answer in answers:
        [suggestion] = answer["suggestions"]
        assert (suggestion["code"], suggestion["trait"]) == ("J44.1", "present")
        assert 0 < suggestion["confidence"] <= 1
        evidence = suggestion["evidence"][0]
        assert NOTE[evidence["start"] : evidence["end"]] == evidence["text"]
    assert answers[1]["suggestions"][0]["evidence"][0]["document"] == "n1"


def test_a_line_that_is_no_chart_is_answered_and_named_and_the_others_are_read(run: Run) -> None:
    answers, told, status = suggested(["{", {"id": "b"}, {"id": "c", "text": NOTE}], run)
    assert status == 2
    assert len(answers) == 3
    assert "error" in answers[0]
    assert "error" in answers[1]
    assert answers[2]["suggestions"]
    assert len(told.strip().splitlines()) == 1


def test_a_day_that_no_code_set_covers_fails_alone(run: Run) -> None:
    answers, told, status = suggested(
        [{"id": "old", "text": NOTE, "date": "2000-01-01"}, {"id": "now", "text": NOTE}], run
    )
    assert status == 2
    assert (answers[0]["id"], "error" in answers[0]) == ("old", True)
    assert answers[1]["suggestions"]
    assert "line 1" in told
