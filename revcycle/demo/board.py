"""What the person who watches sees: the line while it moves, then the day's figures."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from revcycle.demo.book import Book
from revcycle.demo.figures import Figures

_REFRESH_SECONDS = 0.25
_STAGES = (
    ("charts", "charts received"),
    ("coded", "charts coded"),
    ("grouped", "claims grouped"),
    ("cleared", "claims cleared"),
    ("submitted", "claims submitted"),
    ("accepted", "claims accepted"),
    ("decided", "claims paid or denied"),
)
_DETOURS = ("returned", "held", "corrected", "rejected", "resubmitted")
_DRGS_SHOWN = 12


class Board:
    """A live picture of the line in a terminal; a line of text for each step where there is none."""

    def __init__(self, console: Console, book: Book) -> None:
        self._console = console
        self._book = book
        self.step = "starting the server"

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """Keep the picture fresh while the block runs."""
        if not self._console.is_terminal:
            yield
            return
        with Live(self._picture(), console=self._console, refresh_per_second=8, transient=True) as live:
            refreshing = asyncio.create_task(self._refresh(live))
            try:
                yield
            finally:
                refreshing.cancel()
                with suppress(asyncio.CancelledError):
                    await refreshing

    def say(self, step: str) -> None:
        """What is going on now."""
        self.step = step
        if not self._console.is_terminal:
            self._console.print(step, soft_wrap=True)

    async def _refresh(self, live: Live) -> None:
        while True:
            live.update(self._picture())
            await asyncio.sleep(_REFRESH_SECONDS)

    def _picture(self) -> RenderableType:
        total, tally = len(self._book), self._book.tally
        line = Table.grid(padding=(0, 2))
        for key, label in _STAGES:
            line.add_row(label, ProgressBar(total=max(total, 1), completed=tally[key], width=40), f"{tally[key]:>5}")
        detours = Text("   ".join(f"{key} {tally[key]}" for key in _DETOURS), style="yellow")
        return Panel(Group(line, Text(), detours, Text(self.step, style="dim")), title="one day", width=80)


def print_figures(console: Console, figures: Figures) -> None:
    """The figures of the day as tables."""
    charts = ", ".join(f"{count} {work.replace('_', ' ')}" for work, count in figures.charts.most_common())
    console.print(f"\n[bold]{figures.claims} claims in {figures.seconds:.0f} seconds[/bold]", soft_wrap=True)
    console.print(f"charts coded: {charts}\n", soft_wrap=True)
    for title, table in _tables(figures):
        console.print(f"[bold]{title}[/bold]", soft_wrap=True)
        console.print(table)


def _tables(figures: Figures) -> Iterator[tuple[str, Table]]:
    yield "MS-DRG, the most frequent", _drg_table(figures)
    counts = {
        "Held by the edits": figures.held_by,
        "Returned to the coder by the grouper": figures.returned_for,
        "Repaired on the way, no hand needed": figures.repairs,
        "Rejected by clearinghouse or payer (277CA)": figures.rejected_for,
    }
    yield from ((title, _counts(counted)) for title, counted in counts.items() if counted)
    yield f"Submitted, in {figures.interchanges} interchanges", _payer_table(figures)
    yield f"Remitted, in {figures.remittances} payments (835)", _money_table(figures)
    if figures.denials:
        yield "On the denial worklist", _denial_table(figures)
    yield "The day", _rates(figures)


def _table(*columns: str) -> Table:
    """The last column is of numbers."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns[:-1]:
        table.add_column(column)
    table.add_column(columns[-1], justify="right")
    return table


def _drg_table(figures: Figures) -> Table:
    table = _table("DRG", "", "stays")
    shown = figures.drgs.most_common(_DRGS_SHOWN)
    for (drg, description), count in shown:
        table.add_row(drg, description, str(count))
    rest = sum(figures.drgs.values()) - sum(count for _, count in shown)
    if rest:
        table.add_row("", f"{len(figures.drgs) - len(shown)} others", str(rest))
    return table


def _counts(counts: Counter[str]) -> Table:
    table = _table("reason", "claims")
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(name, str(count))
    return table


def _payer_table(figures: Figures) -> Table:
    table = _table("payer", "claims", "accepted at first", "charges")
    for payer in figures.payers:
        table.add_row(payer.name, str(payer.claims), str(payer.accepted_at_first), f"${payer.charges:,.2f}")
    return table


def _money_table(figures: Figures) -> Table:
    table = _table("what became of the charges", "")
    for name, amount in figures.money.items():
        table.add_row(name, f"${amount:,.2f}")
    return table


def _denial_table(figures: Figures) -> Table:
    table = _table("payer", "reason (CARC)", "denials", "amount")
    for payer, carc, count, amount in figures.denials:
        table.add_row(payer, carc, str(count), f"${amount:,.2f}")
    return table


def _rates(figures: Figures) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, count, meaning in _measures(figures):
        table.add_row(f"{figures.rate(count):.1%}", name, f"[dim]{meaning}[/dim]")
    table.add_row(str(figures.resubmitted), "resubmitted", "[dim]corrected, edited again, sent as new[/dim]")
    states = ", ".join(f"{count} {state}" for state, count in figures.states.most_common())
    table.add_row("", "final states", states)
    return table


def _measures(figures: Figures) -> Iterator[tuple[str, int, str]]:
    yield "clean-claim rate", figures.clean, "passed every edit untouched (HFMA)"
    yield "touchless rate", figures.touchless, "coded once, never touched again"
    yield "first-pass acceptance", figures.accepted_at_first, "accepted when first submitted"
