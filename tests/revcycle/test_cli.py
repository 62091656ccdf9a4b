"""The command line: what it answers, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.revcycle.conftest import Run


def test_the_module_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "revcycle", "version"], capture_output=True, timeout=60, check=True)
    assert done.stdout.decode().strip() == version("revcycle")


def test_version_is_that_of_the_package(run: Run) -> None:
    done = run("version")
    assert done.returncode == 0
    assert done.stdout.strip() == version("revcycle")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nonsense",), "nonsense"),
        (("serve", "nonsense"), "nonsense"),
        (("serve", "--port", "70000"), "--port"),
        (("migrate", "nonsense"), "nonsense"),
        (("token", "--user", "nobody"), "nobody"),
        (("sample-day",), "--output"),
        (("sample-day", "--output", "x", "--encounters", "many"), "--encounters"),
        (("audit", "verify", "--service", "nonsense"), "nonsense"),
        (("events", "dead-letters", "list", "nonsense"), "nonsense"),
        (("events", "schemas"), "--check"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(run: Run, arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("revcycle: ")
    assert said in line


def test_a_setting_that_makes_no_sense_is_named_without_its_value(run: Run) -> None:
    done = run("token", "--user", "coder", REVCYCLE_PORT="eighty")
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "REVCYCLE_PORT" in line
    assert "eighty" not in line


def test_no_command_at_all_is_answered_with_help(run: Run) -> None:
    done = run()
    assert done.returncode == 2
    assert "sample-day" in done.stderr


def test_a_demo_user_gets_a_token_with_the_scopes_of_the_role(run: Run) -> None:
    done = run("token", "--user", "coder")
    assert done.returncode == 0
    assert done.stdout.count(".") == 2


def test_a_sample_day_is_written_line_by_line(run: Run, tmp_path: Path) -> None:
    done = run("sample-day", "--output", str(tmp_path / "day"), "--encounters", "20", "--seed", "3")
    assert done.returncode == 0
    encounters = (tmp_path / "day" / "encounters.ndjson").read_text().splitlines()
    answers = (tmp_path / "day" / "answers.ndjson").read_text().splitlines()
    assert len(encounters) == len(answers) == 20
    assert json.loads(encounters[0])["id"] == "ENC-20261124-0001"
    assert json.loads(answers[0])["codes"]["diagnoses"]


def test_a_sample_day_is_never_written_over_anything(run: Run, tmp_path: Path) -> None:
    (tmp_path / "day").mkdir()
    (tmp_path / "day" / "mine").touch()
    done = run("sample-day", "--output", str(tmp_path / "day"))
    assert done.returncode == 2
    assert [path.name for path in (tmp_path / "day").iterdir()] == ["mine"]
