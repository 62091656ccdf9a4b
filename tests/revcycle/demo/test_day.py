"""The demo through its own code path: a real server process, every service, a small day."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from revcycle.demo.api import Api
from revcycle.demo.book import Book
from revcycle.demo.day import Programme, demo_day, play_day
from revcycle.demo.figures import Figures
from revcycle.demo.server import running_server
from samples.day import SAMPLE_DAY, make_day

SEED = 7
ENCOUNTERS = 26
"""The least of which one is returned, one is rejected and one is repaired."""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def figures(data_dir: Path) -> Figures:
    programme = Programme(SEED, ENCOUNTERS, demo_day(date(2026, 11, 24)), data_dir, fhir=False)
    with (data_dir / "printed.txt").open("w") as printed:
        return asyncio.run(play_day(programme, Console(file=printed, width=120)))


def test_every_claim_ends_paid_or_denied_and_every_answer_key_holds(figures: Figures) -> None:
    assert figures.disagreements == []
    assert set(figures.states) <= {"paid", "denied"}
    assert figures.states.total() == ENCOUNTERS


def test_every_dollar_that_was_charged_is_somebodys(figures: Figures) -> None:
    money = dict(figures.money)
    charged = money.pop("charged")
    assert charged == sum(payer.charges for payer in figures.payers) > 0
    assert sum(money.values()) == charged
    assert money["paid by the payers"] > money["denied"]
    assert figures.remittances > 0
    assert sum(amount for *_, amount in figures.denials) == money["denied"]


def test_the_figures_are_those_of_the_answer_keys(figures: Figures) -> None:
    day = make_day(SEED, ENCOUNTERS)
    fates, defects = day.fates(), Counter(one.defect.edit for one in day.encounters if one.defect)
    assert sum(figures.charts.values()) == figures.claims == ENCOUNTERS
    assert figures.drgs.total() == sum(one.drg is not None for one in day.encounters)
    assert figures.held_by.total() == fates["held"]
    assert all(figures.held_by[edit] == defects[edit] for edit in figures.held_by)
    assert figures.returned_for.total() == fates["returned"]
    assert figures.clean == ENCOUNTERS - fates["held"] - fates["returned"]
    assert figures.clean - figures.resubmitted <= figures.touchless <= figures.clean - fates["rejected"]
    assert figures.resubmitted >= fates["rejected"]
    assert sum(payer.claims for payer in figures.payers) == ENCOUNTERS


def test_the_837_files_are_kept_and_hold_each_submission(figures: Figures, data_dir: Path) -> None:
    files = list((data_dir / "interchanges").iterdir())
    assert len(files) == figures.interchanges
    submissions = sum(file.read_text("latin-1").count("~CLM*") for file in files)
    assert submissions == ENCOUNTERS + figures.rejected_for.total()


def test_the_figures_are_printed(figures: Figures, data_dir: Path) -> None:
    printed = (data_dir / "printed.txt").read_text()
    assert f"{figures.states['paid']} paid" in printed
    assert f"${figures.money['paid by the payers']:,.2f}" in printed
    assert "clean-claim rate" in printed


async def test_the_data_can_be_looked_at_again(figures: Figures, data_dir: Path) -> None:
    async with running_server(data_dir) as server:
        biller = await Api.log_in(server.address, "biller", data_dir)
        again = await biller.get("/submission/v1/figures")
        await biller.close()
    assert again["accepted"] == figures.claims


@pytest.mark.parametrize(
    ("today", "played"),
    [
        (date(2026, 12, 3), date(2026, 12, 3)),
        (date(2026, 9, 30), SAMPLE_DAY),
        (date(2027, 10, 1), SAMPLE_DAY),
    ],
)
def test_the_day_played_lies_in_the_fiscal_year_of_the_scenarios(today: date, played: date) -> None:
    assert demo_day(today) == played


def test_a_book_knows_each_case_by_its_claim() -> None:
    book = Book(make_day(SEED, 3).encounters)
    case = book.pulled({"encounter_id": "ENC-20261124-0002", "id": "chart", "claim_id": "claim"})
    assert book.of_claim("claim") is case
    assert case.sample
    assert len(book) == 3
