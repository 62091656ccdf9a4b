"""The command `revcycle`. Each command is a few lines here; what it does stands in the module of its name."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import structlog
import typer

from revcycle import __version__
from revcycle.failures import Failure
from revcycle.garbage import collect_seldom
from revcycle.roles import Role
from revcycle.tables_commands import tables_app
from revcycle.x12_commands import x12_app
from shared.runtime import InvalidSettings, Settings
from shared.tables import TableError

BAD_INPUT = 2
"""Exit code for a wrong command line or environment; 1 is for what was found wrong."""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

app = typer.Typer(
    help="The open-source engine of the medical revenue cycle: chart to codes, DRG, edits, 837 and acknowledgement.",
    epilog="Settings come from the environment, prefix REVCYCLE_; see docs/operations for all of them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
audit_app = typer.Typer(help="Look after the audit trail.", no_args_is_help=True)
events_app = typer.Typer(help="Look after events: dead letters and their contracts.", no_args_is_help=True)
letters_app = typer.Typer(help="Events that a service could not take.", no_args_is_help=True)
app.add_typer(audit_app, name="audit")
app.add_typer(events_app, name="events")
events_app.add_typer(letters_app, name="dead-letters")
app.add_typer(tables_app, name="tables")
app.add_typer(x12_app, name="x12")

DataDir = Annotated[Path | None, typer.Option(help="Folder of the embedded databases. [env: REVCYCLE_DATA_DIR]")]
Service = Annotated[str | None, typer.Option(help="Only this service.")]


def _settings(**given: object) -> Settings:
    """The environment, with what the command line says on top."""
    return Settings.load(**{name: value for name, value in given.items() if value is not None})


@app.command()
def serve(
    services: Annotated[
        list[str] | None,
        typer.Argument(help="encoder, grouper, scrubber, submission, simulator or issuer. None: all in this process."),
    ] = None,
    role: Annotated[
        Role, typer.Option(help="Which doors to open: the REST API, the event worker, or both.")
    ] = Role.ALL,
    host: Annotated[str | None, typer.Option(help="Address to bind. [env: REVCYCLE_HOST]")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to bind. [env: REVCYCLE_PORT]")] = None,
    data_dir: DataDir = None,
) -> None:
    """Serve the product.

    Without names everything runs in one process on SQLite, each service below its name: /encoder, /grouper, /scrubber,
    /submission, /simulator, and the local issuer of demo tokens at /issuer. With one name that service runs alone, its
    API at /v1, against the database and the broker of the environment. SIGTERM and SIGINT stop it in order.
    """
    from revcycle.serve import serve as run  # the command line answers fast: a service is imported when it is served
    from revcycle.tables.building import ready
    from shared.runtime.logs import configure_logging

    settings = _settings(host=host, port=port, data_dir=data_dir)
    configure_logging(settings)
    ready(structlog.get_logger("revcycle.tables").info)
    run(services or (), role, settings)


@app.command()
def group(
    file: Annotated[
        typer.FileBinaryRead,
        typer.Argument(help="Stays as NDJSON or CSV; - for standard input."),
    ],
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Processes. None: one for each core.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Group a file of inpatient stays: one JSON object a line with DRG, MDC, return code and weight.

    A line is a stay as POST /grouper/v1/group takes it, with an id, or a claim as the CMS software has it. A CSV file
    has the columns id, discharge_date or version, age, sex, discharge_status, diagnoses (I5023:Y J9601:N, the principal
    first) and procedures. Lines that cannot be read are named at the end, with exit code 2.
    """
    from revcycle.group_files import write_answers
    from revcycle.tables.building import ready
    from shared.runtime import open_tables

    ready(lambda line: typer.echo(line, err=True))
    tables = open_tables(_settings(data_dir=data_dir))
    write_answers(file, tables, workers=workers or os.cpu_count() or 1, write=sys.stdout.buffer.write)


@app.command()
def suggest(
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="Encounters as NDJSON; - for standard input.")],
    data_dir: DataDir = None,
) -> None:
    """Read the documents of encounters: one JSON object a line with the codes that they support and why.

    A line has an id, a setting (inpatient, outpatient, emergency … or IMP, AMB, EMER; outpatient where it is not
    said), a date (today where it is not said), and documents: texts, or objects with text, id and kind; or one text.
    Lines that cannot be read are answered with an error and named at the end, with exit code 2.
    """
    from revcycle.suggest_files import write_suggestions
    from revcycle.tables.building import ready
    from services.encoder.lexicon_store import lexicon_of
    from shared.runtime import open_tables

    ready(lambda line: typer.echo(line, err=True))
    settings = _settings(data_dir=data_dir)
    tables = open_tables(settings).current()
    lexicon = lexicon_of(tables, settings.data_dir / "reading")
    write_suggestions(file, lexicon, tables, datetime.now(UTC).date(), sys.stdout.buffer.write)


@app.command()
def search(
    queries: Annotated[
        list[str], typer.Argument(help="Queries, or files of queries, one a line; - for standard input.")
    ],
    system: Annotated[
        list[str] | None, typer.Option(help="icd10cm, icd10pcs, hcpcs, cpt or all; may stand again. None: icd10cm.")
    ] = None,
    day: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Day of service. None: today.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="At most so many codes a query.")] = 10,
    headings: Annotated[
        bool, typer.Option(help="Categories and other headings in their place; else the code that stands for one.")
    ] = True,
    explain: Annotated[bool, typer.Option("--explain", help="Say of each code why it was found.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Search codes: one JSON object a line with the query and its codes, the likeliest first.

    A query is a code or its beginning, or words: clinical or lay, abbreviated, with a typo. In a file a line is a query
    as it is, or a JSON object with query and, if wanted, id. Lines that cannot be read are answered with an error and
    named at the end, with exit code 2.
    """
    from revcycle.search_files import Asked, search_of, write_found
    from revcycle.tables.building import ready
    from shared.runtime import open_tables

    say = partial(typer.echo, err=True)
    ready(say)
    settings = _settings(data_dir=data_dir)
    asked = Asked(day.date() if day else datetime.now(UTC).date(), limit, headings)
    found = search_of(open_tables(settings).current(), system or (), asked, settings.data_dir / "search", say)
    write_found(queries, sys.stdin.buffer, found, sys.stdout.buffer.write, explain=explain)


@app.command()
def check(
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="Coded charts as NDJSON; - for standard input.")],
    form: Annotated[str, typer.Option("--format", help="ndjson, or table for people.")] = "ndjson",
    data_dir: DataDir = None,
) -> None:
    """Check the codes of charts against their code sets and the guidelines: one JSON object a line with the findings.

    A line has an id, a setting (outpatient where it is not said), a date (today where it is not said), age and sex, and
    diagnoses (I50.23:Y, the principal first), procedures (0DTJ4ZZ:2026-11-20) and charges, as POST /encoder/v1/check
    takes them. Exit code 1 where a code has an error, 2 where a line cannot be read; those are named at the end.
    """
    from revcycle.check_files import FORMATS, write_findings
    from revcycle.tables.building import ready
    from shared.runtime import open_tables

    if form not in FORMATS:
        raise Failure(f"the formats are {', '.join(FORMATS)}")
    ready(lambda line: typer.echo(line, err=True))
    tables = open_tables(_settings(data_dir=data_dir)).current()
    today = datetime.now(UTC).date()
    if not write_findings(file, tables, today, sys.stdout.buffer.write, FORMATS[form]):
        raise typer.Exit(1)


@app.command()
def scrub(
    file: Annotated[
        typer.FileBinaryRead, typer.Argument(help="Claims as JSON, NDJSON or an 837; - for standard input.")
    ],
    form: Annotated[
        str | None, typer.Option("--format", help="table, json, or x12: the 837 annotated. A terminal gets a table.")
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day they go out. None: that of an 837 (BHT04), else today."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Run every edit on a file of claims: what is wrong, where in the 837, and the answer that it would have got.

    As json, one object a line with claim_id (of an 837 its CLM01) and findings: edit, severity (error, warning, info),
    message, pointer, x12 such as 2010AA.NM109, and predicted. Faults of an 837 itself are findings too, with their
    place and the TA1 or 999 they would get. Exit code 1 where there is an error, 2 where the file holds no claims.
    """
    from revcycle.scrub_files import FORMATS, write_findings
    from revcycle.tables.building import ready
    from services.scrubber.bootstrap import create_scrubber
    from shared.runtime import open_tables

    chosen = form or ("table" if sys.stdout.isatty() else "json")
    if chosen not in FORMATS:
        raise Failure(f"the formats are {', '.join(FORMATS)}")
    ready(lambda line: typer.echo(line, err=True))
    scrubber = create_scrubber(tables=open_tables(_settings(data_dir=data_dir)))
    day = as_of.date() if as_of is not None else datetime.now(UTC).date()
    if not write_findings(file, scrubber, day, sys.stdout.buffer.write, chosen, as_written=as_of is None):
        raise typer.Exit(1)


@app.command()
def migrate(
    services: Annotated[list[str] | None, typer.Argument(help="Whose databases. None: all.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Bring the databases to the newest schema, and make those that do not exist."""
    from revcycle.databases import migrate as run

    for line in run(services or (), _settings(data_dir=data_dir)):
        typer.echo(line)


@app.command()
def token(
    user: Annotated[str, typer.Option(help="A demo user: coder, biller, ehr, operations …")],
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port of the server. [env: REVCYCLE_PORT]")] = None,
    data_dir: DataDir = None,
) -> None:
    """Print an access token of a demo user of the local issuer, good for an hour."""
    from revcycle.tokens import demo_token

    typer.echo(demo_token(user, _settings(port=port, data_dir=data_dir)))


@app.command("sample-day")
def sample_day(
    output: Annotated[Path, typer.Option(help="Folder to write into; it must not exist or be empty.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 7,
    encounters: Annotated[int, typer.Option(min=0, max=9999, help="How many.")] = 300,
    day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day after the last visits.")] = None,
) -> None:
    """Write one day of invented encounters: encounters.ndjson as an EHR sends them, answers.ndjson with their codes."""
    from revcycle.sample_day import write_day

    typer.echo(write_day(output, seed=seed, encounters=encounters, day=day.date() if day else None))


@app.command()
def demo(
    seed: Annotated[
        int,
        typer.Option(help="The same seed brings the same patients; what payers decide is drawn anew."),
    ] = 7,
    encounters: Annotated[int, typer.Option(min=1, max=2000, help="How many charts.")] = 300,
    fhir: Annotated[bool, typer.Option(help="Take a part of the day from clinosim, if it is installed.")] = True,
    data_dir: Annotated[Path, typer.Option(help="Where the day's files stay; emptied first.")] = Path(".revcycle/demo"),
    keep: Annotated[bool, typer.Option("--keep", help="Leave the server running until Ctrl-C.")] = False,
) -> None:
    """Watch one day of charts become claims, DRGs, edits, 837 files, acknowledgements and a rejection worklist."""
    from revcycle.demo import play
    from revcycle.tables.building import ready

    ready(typer.echo)
    if not play(seed=seed, encounters=encounters, fhir=fhir, data_dir=data_dir, keep=keep, today=date.today()):  # noqa: DTZ011  # the demo plays the local day
        raise typer.Exit(1)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


@audit_app.command("verify")
def audit_verify(
    service: Service = None,
    tenant: Annotated[str | None, typer.Option(help="Only this tenant.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Check the audit trail's chain. Exit code 0 if it is whole, 1 with every fault on a line if it is not."""
    from revcycle.databases import audit_faults

    faults = audit_faults(service, tenant, _settings(data_dir=data_dir))
    for line in faults.lines:
        typer.echo(line)
    if not faults.intact:
        raise typer.Exit(1)


@letters_app.command("list")
def list_dead_letters(
    service: Annotated[str, typer.Argument(help="Whose.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
    data_dir: DataDir = None,
) -> None:
    """List the events that a service could not take, oldest first, one JSON object a line."""
    from revcycle.dead_letters import listed

    for line in listed(service, limit, _settings(data_dir=data_dir)):
        typer.echo(line)


@letters_app.command("replay")
def replay_dead_letters(
    service: Annotated[str, typer.Argument(help="Whose.")],
    event: Annotated[str | None, typer.Option(help="Only the event with this id. Without it: every one.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Give events that failed to their service again."""
    from revcycle.dead_letters import replayed

    typer.echo(replayed(service, event, _settings(data_dir=data_dir)))


@events_app.command("schemas")
def event_schemas(
    write: Annotated[bool, typer.Option("--write", help="Write the schemas of the models.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Compare them with those that are committed.")] = False,
    folder: Annotated[Path, typer.Option(help="Where they are kept.")] = Path("docs/events"),
) -> None:
    """Write or check the JSON Schemas and the AsyncAPI document of the events.

    Exit code 1 where the committed ones are not what the models say, or break what the last release promised.
    """
    from shared.events import schemas

    if write == check:
        raise Failure("say either --write or --check")
    if write:
        schemas.write(folder)
    differences = list(schemas.differences(folder))
    for line in differences:
        typer.echo(line)
    if differences:
        raise typer.Exit(1)


_UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""What typer raises for a wrong command line; it has no public name, but `BadParameter` derives from it."""


def main() -> None:
    """The console script: what the caller got wrong is one line on standard error and exit code 2."""
    collect_seldom()
    try:
        code = app(standalone_mode=False)
    except _UsageError as error:
        code = _refuse(str(error.format_message()))  # type: ignore[attr-defined]  # see _UsageError
    except (Failure, InvalidSettings, TableError) as error:
        code = _refuse(str(error))
    except OSError as error:  # a full disk, a file that went away: not what a program can be blamed for
        code = _refuse(f"{error.filename or 'standard output'}: {error.strerror or type(error).__name__}")
    except typer.Abort:
        code = INTERRUPTED
    sys.exit(code or 0)


def _refuse(message: str) -> int:
    """One line; the help that no command at all is answered with stays as it is."""
    is_help = message.startswith("Usage:")
    typer.echo(message if is_help else f"revcycle: {' '.join(message.split())}", err=True)
    return BAD_INPUT
