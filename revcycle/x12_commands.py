"""`revcycle x12 …`: write, read and check files of X12."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from revcycle.failures import Failure
from revcycle.x12_writing import write

x12_app = typer.Typer(help="Write, read and check files of X12.", no_args_is_help=True)
x12_app.command("write")(write)

File = Annotated[typer.FileBinaryRead, typer.Argument(help="A file of X12; - for standard input.")]


@x12_app.command("read")
def read(file: File) -> None:
    """Read a file into JSON, one object a line: claims of an 837, payments of an 835 with their claims, answers of a
    TA1, 999, 277 or 277CA.

    Claims are as every command and API takes them. What is wrong with one is told on standard error with its place,
    and exit code 1, also where an 835 does not balance; the next one goes on. Exit code 2 where the file is none of
    these.
    """
    from revcycle.x12_files import write_read

    today = datetime.now(UTC).date()
    if not write_read(file, today, sys.stdout.buffer.write, lambda line: typer.echo(line, err=True)):
        raise typer.Exit(1)


@x12_app.command("check")
def check(
    file: File,
    form: Annotated[str, typer.Option("--format", help="text, or json: one object a line.")] = "text",
    most: Annotated[
        int, typer.Option(min=0, help="So many faults are told, then how many more there are; 0: all.")
    ] = 1000,
) -> None:
    """Check the structure of any file of X12: envelopes, counts, control numbers; of an 837 loops, elements and totals,
    of an 835 its balances. Each fault with byte, segment, element, and the TA1 or 999 it would get.

    Exit code 1 where there is an error, 2 where the file does not begin with an interchange.
    """
    from revcycle.x12_files import FORMATS, write_check

    if form not in FORMATS:
        raise Failure(f"the formats are {', '.join(FORMATS)}")
    checked = write_check(file, sys.stdout.buffer.write, form, most=most)
    if checked.untold:
        typer.echo(f"{checked.untold:,} more faults; --most 0 tells all", err=True)
    if not checked.is_sound:
        raise typer.Exit(1)
