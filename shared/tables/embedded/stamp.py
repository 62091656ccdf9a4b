"""A digest of the code that compiles a source, and of the product's own tables: when it changes, so may the tables."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

_ALWAYS = ("shared.tables.compiler", "shared.tables.loading", "shared.tables.store")
_ROOT = Path(__file__).parents[1]


@cache
def code_digest(module: str, *, own_data: bool) -> str:
    """Of a module and what it imports of `shared.tables`; with `own_data` of the product's data files too."""
    digest = sha256()
    for file in [*code_files(module), *(_data_files() if own_data else ())]:
        digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def code_files(module: str) -> list[Path]:
    """The sources of a module, of those of `shared.tables` that it imports, and of what compiles every table."""
    names: set[str] = set()
    for entry in (module, *_ALWAYS):
        _gather(entry, names)
    return [file for name in sorted(names) if (file := _file(name))]


def _gather(module: str, names: set[str]) -> None:
    file = _file(module)
    if module in names or file is None:
        return
    names.add(module)
    for imported in _imports(file):
        if imported.startswith("shared.tables."):
            _gather(imported, names)


@cache
def _imports(file: Path) -> tuple[str, ...]:
    """Modules that a file names in its imports; of `from a import b` both `a.b`, which may be a module, and `a`."""
    return tuple(_named(file))


def _named(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def _file(module: str) -> Path | None:
    """The source of a module; None for what is no module, and for packages, which only list others."""
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        return None
    if spec is None or spec.origin is None or spec.origin.endswith("__init__.py"):
        return None
    return Path(spec.origin)


def _data_files() -> list[Path]:
    return sorted(file for file in _ROOT.rglob("*") if file.suffix in {".csv", ".json", ".yaml"})
