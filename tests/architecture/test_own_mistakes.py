"""Mistakes of our own that no linter knows: looked for in the syntax tree of every module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = [path for top in ("revcycle", "samples", "services", "shared") for path in sorted((ROOT / top).rglob("*.py"))]
MODULES = [path for path in CODE if "versions" not in path.parts]
DOMAIN = [path for path in MODULES if "domain" in path.parts or "claims" in path.parts]

LONGEST_FUNCTION = 60
LONGEST_FILE = 400
LINES_AT_90TH_PERCENTILE = 30

CLOCKS = {"today", "now", "utcnow", "time"}
PHI = {"member_id", "birth_date", "medical_record_number", "ssn", "first", "last", "text"}


def syntax(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str, str]]:
    """Every call with its receiver (or "") and its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            receiver = node.func.value
            yield node, receiver.id if isinstance(receiver, ast.Name) else "", node.func.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node, "", node.func.id


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name(path)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", DOMAIN, ids=name)
def test_domain_logic_asks_no_clock(path: Path):
    asked = [f"line {call.lineno}" for call, receiver, attr in calls(syntax(path)) if attr in CLOCKS and receiver]
    assert not asked, f"the date is an argument: {asked}"


@pytest.mark.parametrize("path", DOMAIN, ids=name)
def test_domain_logic_does_no_floating_point_arithmetic(path: Path):
    floats = [f"line {call.lineno}" for call, receiver, attr in calls(syntax(path)) if attr == "float" and not receiver]
    assert not floats, f"money and measures are Decimal: {floats}"


@pytest.mark.parametrize("path", [p for p in MODULES if "db" not in p.parts], ids=name)
def test_only_the_unit_of_work_commits(path: Path):
    commits = [
        f"line {call.lineno}"
        for call, receiver, attr in calls(syntax(path))
        if attr == "commit" and receiver in {"session", "uow", "connection"}
    ]
    assert not commits, f"the unit of work commits at the edge: {commits}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_log_call_names_a_field_that_identifies_a_patient(path: Path):
    told = [
        f"line {call.lineno}: {keyword.arg}"
        for call, receiver, attr in calls(syntax(path))
        if receiver in {"log", "logger"} and attr in {"debug", "info", "warning", "error", "exception", "critical"}
        for keyword in call.keywords
        if keyword.arg in PHI
    ]
    assert not told, told


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_settings_are_read_in_one_place(path: Path):
    if name(path).startswith(("revcycle/", "shared/runtime/")) or path.name in {"settings.py", "env.py"}:
        return
    reads = [
        f"line {node.lineno}"
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]
    assert not reads, f"only settings read the environment: {reads}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_file_fits_in_the_head(path: Path):
    lines = sum(1 for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    assert lines <= LONGEST_FILE


def test_a_function_fits_on_a_screen():
    lengths = {place: lines for path in MODULES for place, lines in functions(path)}
    too_long = {place: lines for place, lines in lengths.items() if lines > LONGEST_FUNCTION}
    assert not too_long
    ordered = sorted(lengths.values())
    assert ordered[int(len(ordered) * 0.9)] <= LINES_AT_90TH_PERCENTILE
