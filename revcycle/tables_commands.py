"""The commands `revcycle tables …`: reference tables as an operator looks after them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from revcycle.failures import Failure
from shared.runtime import Settings, system_clock

tables_app = typer.Typer(
    help="Look after reference tables: code sets, edits, fees and their releases.", no_args_is_help=True
)

DataDir = Annotated[
    Path | None,
    typer.Option(help="Folder of the product; your tables are in `tables` below it. [env: REVCYCLE_DATA_DIR]"),
]
TableName = Annotated[str, typer.Argument(help="Name of the table, as `list` shows it.")]
ReleaseName = Annotated[str, typer.Argument(help="Name of the release, as `list` shows it.")]


def _day(meaning: str) -> Any:
    """An option that takes a day."""
    return typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help=meaning)


AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@tables_app.command()
def build() -> None:
    """Compile the tables that installed packages carry: what has changed since the last time.

    A source whose package is not installed is left out, and said so.
    """
    from revcycle.tables.building import built, compile_names

    _say(built())
    compile_names()


@tables_app.command()
def load(
    path: Annotated[Path, typer.Argument(exists=True, help="An official file, a zip file of them, or a folder.")],
    effective: Annotated[datetime | None, _day("The day of effect, where the file does not say it.")] = None,
    through: Annotated[datetime | None, _day("The last day that the release answers for.")] = None,
    release: Annotated[str | None, typer.Option(help="Name of the release, where its authority gives another.")] = None,
    table: Annotated[str | None, typer.Option(help="The table that the file is for, where that is open.")] = None,
    accept_shrunk: Annotated[
        bool, typer.Option("--accept-shrunk", help="The file is right to have far fewer rows than the one before.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Load official files as published and let them answer from their day of effect on, all in one step.

    The format is recognised by content. A file with a wrong column, a bad row or a truncated end is refused whole, with
    the line and the reason, and what answered before stays.
    """
    from revcycle.tables.loads import loaded
    from shared.tables.formats import Asked

    asked = Asked(
        effective=effective.date() if effective else None,
        through=through.date() if through else None,
        release=release,
        table=table,
    )
    _say(loaded(_settings(data_dir), path, asked, accept_shrunk=accept_shrunk))


@tables_app.command()
def fetch(
    names: Annotated[list[str] | None, typer.Argument(help="Sources or tables. None: all that can be fetched.")] = None,
    on: Annotated[datetime | None, _day("Releases in effect on this day. None: today.")] = None,
    accept_ama_licence: Annotated[
        bool,
        typer.Option("--accept-ama-licence", help="You accept the licence for CPT and CDT that CMS shows for a file."),
    ] = False,
    and_load: Annotated[bool, typer.Option("--load", help="Load what was fetched.")] = False,
    only_list: Annotated[bool, typer.Option("--list", help="Fetch nothing; list the sources.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Download current public releases from the authorities' own sites.

    A file that has not changed is not fetched again, one that broke off goes on where it did. Files stay in `fetched`
    beside your tables. Exit code 1 where something that was asked for could not be had.
    """
    from revcycle.tables.fetches import Fetch, listed_sources, user_agent
    from shared.tables.fetching.download import Downloader, polite_client
    from shared.tables.fetching.sources import chosen
    from shared.tables.fetching.sources import sources as known

    now = system_clock()
    day = (on or now).date()
    if only_list:
        _say(listed_sources(chosen(names or (), known()), day))
        return
    with polite_client(user_agent()) as client:
        fetching = Fetch(
            _settings(data_dir), Downloader(client), day, now, accept_licence=accept_ama_licence, load=and_load
        )
        _say(fetching.lines(names or (), known()))
    if fetching.failed:
        raise typer.Exit(1)


@tables_app.command()
def sources(on: Annotated[datetime | None, _day("Releases in effect on this day. None: today.")] = None) -> None:
    """List what `fetch` knows: authority, release, licence, tables and the page where a person finds it."""
    from revcycle.tables.fetches import listed_sources
    from shared.tables.fetching.sources import sources as known

    _say(listed_sources(known(), (on or system_clock()).date()))


@tables_app.command("list")
def list_releases(
    table: Annotated[str | None, typer.Argument(help="Only this table or family: `ncci`. None: all.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List every release of every table: which days it answers for, its rows, its source with SHA-256."""
    from revcycle.tables.listing import listed, listed_json

    settings = _settings(data_dir)
    _say([listed_json(settings, table)] if as_json else listed(settings, table))


@tables_app.command()
def show(
    table: TableName,
    key: Annotated[list[str] | None, typer.Argument(help="A code, or both of a pair. None: what the table is.")] = None,
    on: Annotated[datetime | None, _day("As of this day. None: today.")] = None,
    prefix: Annotated[bool, typer.Option("--prefix", help="Every key that begins so.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="With --prefix, at most so many keys.")] = 50,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show what a table says of a code on a day, in words, and which release says it.

    Exit code 1 where the release does not have the key.
    """
    from revcycle.tables.listing import described, listed_json, shown, shown_json

    settings = _settings(data_dir)
    if not key:
        _say([listed_json(settings, table)] if as_json else described(settings, table))
        return
    day = (on or system_clock()).date()
    found = (shown_json if as_json else shown)(settings, table, " ".join(key), day, prefix=prefix, limit=limit)
    _say(found.lines)
    if not found.any:
        raise typer.Exit(1)


@tables_app.command()
def diff(
    table: TableName,
    before: Annotated[str, typer.Argument(metavar="A", help="The earlier release.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The later release.")],
    limit: Annotated[int, typer.Option(min=0, help="Show at most so many changes; 0 shows all.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Every change as a JSON object on a line.")] = False,
    impact: Annotated[
        bool, typer.Option("--impact", help="Ask the running services whom it touches: open charts and held claims.")
    ] = False,
    encoder: Annotated[str | None, typer.Option(help="Address of the encoder. None: of `revcycle serve`.")] = None,
    scrubber: Annotated[str | None, typer.Option(help="Address of the scrubber. None: of `revcycle serve`.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Compare two releases of a table: + new, - deleted, ~ revised with what it was and what it is.

    With --impact the services are asked with the token in REVCYCLE_TOKEN, which needs charts:read and claims:read;
    without one as the auditor of the local issuer.
    """
    from revcycle.tables.changes import Comparison
    from revcycle.tables.impact import running_line

    settings = _settings(data_dir)
    comparison = Comparison.of(settings, table, before, after)
    _say(comparison.json_lines() if as_json else comparison.lines(limit or None))
    if impact:
        line = running_line(settings, encoder, scrubber)
        _say(comparison.impact_json_lines(line) if as_json else comparison.impact(line))


@tables_app.command()
def verify(data_dir: DataDir = None) -> None:
    """Check that every compiled file is as it was written. Exit code 1 with every fault on a line if one is not."""
    from revcycle.tables.listing import counted, faults

    settings = _settings(data_dir)
    found = faults(settings)
    _say(found or [f"{counted(settings)} releases, every one as it was written"])
    if found:
        raise typer.Exit(1)


@tables_app.command()
def activate(table: TableName, release: ReleaseName, data_dir: DataDir = None) -> None:
    """Let a release of yours answer again that was retired. Running services see it within a second."""
    _switch(table, release, data_dir, active=True)


@tables_app.command()
def retire(table: TableName, release: ReleaseName, data_dir: DataDir = None) -> None:
    """Let a release of yours answer no longer; its file stays. Running services see it within a second."""
    _switch(table, release, data_dir, active=False)


def _switch(table: str, release: str, data_dir: Path | None, *, active: bool) -> None:
    from revcycle.tables.catalogues import switch

    changed = switch(_settings(data_dir), table, release, active=active)
    _say([f"{changed.table} {changed.name}: {'active' if changed.active else 'retired'}"])


def _settings(data_dir: Path | None) -> Settings:
    return Settings.load(**({} if data_dir is None else {"data_dir": data_dir}))


def _say(lines: Iterable[str]) -> None:
    """Print as it comes. Whoever reads only the beginning, as `head` does, ends the command without a complaint."""
    try:
        for line in lines:
            typer.echo(line)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None
    except OSError as error:
        raise Failure(f"{error.filename or 'a file'}: {error.strerror or error}") from error
