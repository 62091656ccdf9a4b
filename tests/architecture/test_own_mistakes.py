"""Mistakes of our own that no linter knows: looked for in the syntax tree of every module."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = [path for top in ("revcycle", "samples", "services", "shared") for path in sorted((ROOT / top).rglob("*.py"))]
MODULES = [path for path in CODE if "versions" not in path.parts]
DOMAIN = [path for path in MODULES if "domain" in path.parts or "claims" in path.parts]

LONGEST_FUNCTION = 60
LONGEST_FILE = 400
LINES_AT_90TH_PERCENTILE = 30

CLOCKS = {"today", "now", "utcnow", "time"}
PHI = {"member_id", "birth_date", "medical_record_number", "ssn", "first", "last", "text"}
LOGGERS = {"log", "_log", "logger", "_logger"}
LOGGED = {"debug", "info", "warning", "error", "exception", "critical"}


@cache
def syntax(path: Path) -> Sequence[ast.AST]:
    """Every node of a module."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def place(path: Path, node: ast.expr) -> str:
    return f"{name(path)}:{node.lineno}"


def calls(path: Path) -> Iterator[tuple[ast.Call, str, str]]:
    """Every call with its receiver (or "") and its name."""
    for node in syntax(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            receiver = node.func.value
            yield node, receiver.id if isinstance(receiver, ast.Name) else "", node.func.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node, "", node.func.id


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in syntax(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name(path)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_the_modules_are_found():
    assert len(MODULES) > 400
    assert len(DOMAIN) > 100


def test_domain_logic_asks_no_clock():
    asked = [
        place(path, call) for path in DOMAIN for call, receiver, attr in calls(path) if attr in CLOCKS and receiver
    ]
    assert not asked, f"the date is an argument: {asked}"


def test_domain_logic_does_no_floating_point_arithmetic():
    floats = [place(p, call) for p in DOMAIN for call, receiver, attr in calls(p) if attr == "float" and not receiver]
    assert not floats, f"money and measures are Decimal: {floats}"


def test_only_the_unit_of_work_commits():
    commits = [
        place(path, call)
        for path in MODULES
        if "db" not in path.parts
        for call, receiver, attr in calls(path)
        if attr == "commit" and receiver in {"session", "uow", "connection"}
    ]
    assert not commits, f"the unit of work commits at the edge: {commits}"


def test_no_log_call_names_a_field_that_identifies_a_patient():
    told = [
        f"{place(path, call)}: {keyword.arg}"
        for path in MODULES
        for call, receiver, attr in calls(path)
        if receiver in LOGGERS and attr in LOGGED
        for keyword in call.keywords
        if keyword.arg in PHI
    ]
    assert not told


def test_settings_are_read_in_one_place():
    reads = [
        place(path, node)
        for path in MODULES
        if not name(path).startswith(("revcycle/", "shared/runtime/")) and path.name not in {"settings.py", "env.py"}
        for node in syntax(path)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]
    assert not reads, f"only settings read the environment: {reads}"


def test_a_file_fits_in_the_head():
    sizes = {name(p): sum(1 for line in p.read_text(encoding="utf-8").splitlines() if line.strip()) for p in MODULES}
    assert not {file: lines for file, lines in sizes.items() if lines > LONGEST_FILE}


def test_a_function_fits_on_a_screen():
    lengths = {place: lines for path in MODULES for place, lines in functions(path)}
    too_long = {place: lines for place, lines in lengths.items() if lines > LONGEST_FUNCTION}
    assert not too_long
    ordered = sorted(lengths.values())
    assert ordered[int(len(ordered) * 0.9)] <= LINES_AT_90TH_PERCENTILE
