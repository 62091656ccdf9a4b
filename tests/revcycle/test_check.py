"""`revcycle check`: coded charts in, what is wrong with their codes out."""

from __future__ import annotations

import io
from datetime import date

import orjson
import pytest
from typer.testing import CliRunner

from revcycle.chart_lines import UnreadableCharts
from revcycle.check_files import FORMATS, write_findings
from revcycle.cli import app
from shared.tables import Tables

TODAY = date(2026, 11, 24)


def answers(tables: Tables, *lines: str, form: str = "ndjson") -> tuple[list[bytes], bool]:
    written: list[bytes] = []
    file = io.BytesIO("\n".join(lines).encode())
    clean = write_findings(file, tables, TODAY, written.append, FORMATS[form])
    return written, clean


def test_a_chart_in_words_is_checked_as_the_api_checks_it(embedded_tables: Tables) -> None:
    line = '{"id": "a", "setting": "IMP", "diagnoses": ["I50.32:Y", "I11.0:Y"], "procedures": ["02HV33Z:2026-11-20"]}'
    [answer], clean = answers(embedded_tables, line)
    read = orjson.loads(answer)
    assert read["id"] == "a"
    assert [one["rule"] for one in read["findings"] if one["severity"] == "error"] == ["code_first.order"]
    assert not clean


@pytest.mark.parametrize(
    "line",
    [
        '{"id": 1, "codes": ["J06.9"], "setting": "professional"}',
        '{"id": 1, "codes": {"diagnoses": [{"code": "J069"}]}, "setting": "AMB"}',
        '{"id": 1, "diagnoses": [{"code": "J06.9"}]}',
    ],
)
def test_codes_are_written_in_several_ways(line: str, embedded_tables: Tables) -> None:
    [answer], clean = answers(embedded_tables, line, "")
    assert orjson.loads(answer)["id"] == 1
    assert orjson.loads(answer)["problems"] == orjson.loads(answer)["findings"] == []
    assert clean


def test_a_line_without_id_has_its_number_and_without_date_today(embedded_tables: Tables) -> None:
    [answer], clean = answers(embedded_tables, '{"codes": ["Z99.99"]}')
    read = orjson.loads(answer)
    assert (read["id"], clean) == ("1", False)
    assert [one["code"] for one in read["problems"]] == ["code_unknown"]


def test_the_table_has_a_row_for_each_finding(embedded_tables: Tables) -> None:
    lines = ('{"id": "a", "codes": ["J18.9", "J18.9"]}', '{"id": "b", "codes": ["J06.9"]}')
    rows, _ = answers(embedded_tables, *lines, form="table")
    assert rows[0].startswith(b"a  error    duplicate.repeated")
    assert b"I.B.12" in rows[0]
    assert rows[-1] == b"b  nothing found\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "no JSON"),
        ("[]", "no JSON object"),
        ('{"id": "x", "diagnoses": ["pneumonia"]}', "codes.diagnoses.0.code"),
        ('{"id": "x", "setting": "hospice"}', "setting"),
        ('{"id": "x", "date": "2014-01-01", "codes": ["I10"]}', "2014-01-01"),
        ('{"id": "x", "codes": 7}', "codes"),
        ('{"id": "x", "diagnoses": [7]}', "codes.diagnoses.0"),
    ],
)
def test_a_line_that_is_no_chart_is_answered_and_named_at_the_end(
    line: str, message: str, embedded_tables: Tables
) -> None:
    written: list[bytes] = []
    file = io.BytesIO(f'{line}\n{{"codes": ["J06.9"]}}'.encode())
    with pytest.raises(UnreadableCharts, match="line 1"):
        write_findings(file, embedded_tables, TODAY, written.append, FORMATS["ndjson"])
    refusal, answer = (orjson.loads(one) for one in written)
    assert refusal["error"]["line"] == 1
    assert message in refusal["error"]["message"]
    assert answer["findings"] == []


def test_nothing_of_a_line_is_repeated_where_it_is_refused(embedded_tables: Tables) -> None:
    written: list[bytes] = []
    file = io.BytesIO(b'{"id": "x", "diagnoses": ["Jane Roe"]}')
    with pytest.raises(UnreadableCharts) as refused:
        write_findings(file, embedded_tables, TODAY, written.append, FORMATS["ndjson"])
    assert "Roe" not in str(refused.value)
    assert b"Roe" not in written[0]


@pytest.mark.parametrize(("codes", "exit_code"), [('["J06.9"]', 0), ('["J06.9", "J06.9"]', 1)])
def test_the_exit_code_says_whether_a_code_has_an_error(codes: str, exit_code: int) -> None:
    result = CliRunner().invoke(app, ["check", "-"], input=f'{{"codes": {codes}}}')
    assert result.exit_code == exit_code
