"""`revcycle demo`: one day, played through the REST of a fresh server by an EHR, coders and billers. No more."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

from rich.console import Console

from revcycle.demo.day import Programme, demo_day, play_day
from revcycle.demo.errors import DemoFailed


def play(*, seed: int, encounters: int, fhir: bool, data_dir: Path, keep: bool, today: date) -> bool:
    """Whether every claim came to its end as its answer key says. Prints what happened."""
    console = Console()
    programme = Programme(seed, encounters, demo_day(today), data_dir, fhir=fhir, keep=keep)
    try:
        figures = asyncio.run(play_day(programme, console))
    except DemoFailed as error:
        console.print(f"[red]the day did not come to its end:[/red] {error}")
        return False
    except KeyboardInterrupt:
        return True
    for line in figures.disagreements:
        console.print(f"[red]not as the answer key says:[/red] {line}")
    return not figures.disagreements
