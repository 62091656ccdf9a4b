"""`docs/cli.md`, made from the commands themselves: `python -m revcycle.cli_reference > docs/cli.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

import typer

from revcycle.cli import app

_WIDTH = 120

_HEAD = """# Command line

This page is made from the commands (`python -m revcycle.cli_reference > docs/cli.md`); a test compares the two.

Exit codes: 0 done; 1 something was found wrong (a broken audit chain, a schema that differs, a day that did not add
up); 2 the command line or the environment makes no sense, told in one line on standard error.
"""


def reference() -> str:
    """Every command with its arguments and options, as Markdown."""
    root = typer.main.get_command(app)
    sections = [_section(names, command) for names, command in _commands(("revcycle",), root)]
    return "\n".join([_HEAD, *sections])


def _commands(names: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The leaves of the tree. typer's command classes have no public names: what they can do tells them apart."""
    children = getattr(command, "commands", None)
    if children is None:
        yield names, command
        return
    for name, child in children.items():
        yield from _commands((*names, name), child)


def _section(names: tuple[str, ...], command: Any) -> str:
    context = typer.Context(command, info_name=" ".join(names))
    parameters = [parameter for parameter in command.get_params(context) if parameter.name != "help"]
    usage = " ".join([" ".join(names), *command.collect_usage_pieces(context)])
    lines = [f"## `{' '.join(names)}`", "", *_paragraphs(command.help or ""), "```text", usage, "```", ""]
    rows = [row for parameter in parameters if (row := _row(parameter, context))]
    if rows:
        lines += ["| parameter | meaning |", "|---|---|", *rows, ""]
    return "\n".join(lines)


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        yield from wrap(" ".join(paragraph.split()), _WIDTH)
        yield ""


def _row(parameter: Any, context: typer.Context) -> str | None:
    record = parameter.get_help_record(context)
    if record is None:
        return None
    name, meaning = record
    return f"| `{name.replace('|', '/')}` | {' '.join(meaning.split())} |"


if __name__ == "__main__":
    sys.stdout.write(reference())
