"""Which release answers for a day, and how a process comes to see a new one."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.tables.catalogue import Catalogue, Release
from shared.tables.errors import NoRelease, UnreadableTable
from shared.tables.spans import FOREVER, Span, fiscal_year, quarter
from shared.tables.table import Table
from shared.tables.tables import ReferenceTables, Tables
from tests.shared.tables.invented import AT, PAIRED_UNITS, UNITS, UnitsRow, a_release

SPRING, SUMMER = quarter(date(2026, 4, 1)), quarter(date(2026, 7, 1))
MAY, AUGUST = date(2026, 5, 1), date(2026, 8, 1)
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "catalogue")


def units_on(tables: Tables, day: date) -> int:
    return tables.on(UNITS, day).store.rows("99213")[0].units


def named(tables: Tables, day: date) -> str:
    return tables.release(UNITS, day).name


def entered(catalogue: Catalogue, *releases: Release) -> Tables:
    catalogue.add(releases)
    return ReferenceTables([catalogue.folder]).current()


def test_each_day_is_answered_by_the_release_that_covers_it(catalogue: Catalogue) -> None:
    tables = entered(
        catalogue,
        a_release(catalogue, SPRING, ("99213", UnitsRow(1))),
        a_release(catalogue, SUMMER, ("99213", UnitsRow(2))),
    )

    assert [units_on(tables, day) for day in (date(2026, 4, 1), date(2026, 6, 30))] == [1, 1]
    assert [units_on(tables, day) for day in (date(2026, 7, 1), date(2026, 9, 30))] == [2, 2]
    assert tables.on(UNITS, MAY).release.name == "2026Q2"


def test_the_nearest_day_is_the_day_itself_or_the_last_before_it_or_the_first_after(catalogue: Catalogue) -> None:
    tables = entered(catalogue, a_release(catalogue, SPRING, ("99213", UnitsRow(1))))

    assert tables.nearest_day(UNITS, MAY) == MAY
    assert tables.nearest_day(UNITS, AUGUST) == date(2026, 6, 30)
    assert tables.nearest_day(UNITS, date(2020, 1, 1)) == date(2026, 4, 1)
    assert Tables().nearest_day(UNITS, MAY) is None


def test_a_day_between_and_beyond_releases_is_refused_with_the_days_carried(catalogue: Catalogue) -> None:
    tables = entered(catalogue, a_release(catalogue, SPRING, ("99213", UnitsRow(1))))

    for day in (date(2026, 3, 31), date(2026, 7, 1)):
        with pytest.raises(NoRelease, match="from 2026-04-01 to 2026-06-30") as refused:
            tables.on(UNITS, day)
        assert (refused.value.table, refused.value.day) == (UNITS.name, day)
        assert not tables.carries(UNITS, day)
    with pytest.raises(NoRelease, match="no release of it is loaded"):
        tables.pairs_on(PAIRED_UNITS, MAY)


def test_of_two_that_cover_a_day_the_later_in_effect_answers(catalogue: Catalogue) -> None:
    """An update within a fiscal year; a table with its history is the same case."""
    october, april = fiscal_year(date(2025, 10, 1)), fiscal_year(date(2026, 4, 1))
    tables = entered(
        catalogue,
        a_release(catalogue, april, ("99213", UnitsRow(2))),
        a_release(catalogue, october, ("99213", UnitsRow(1))),
    )

    assert [named(tables, day) for day in (date(2026, 3, 31), date(2026, 4, 1))] == ["FY2026", "FY2026-2026-04-01"]


def test_a_table_with_its_history_answers_for_days_before_it_took_effect(catalogue: Catalogue) -> None:
    tables = entered(
        catalogue,
        a_release(catalogue, SPRING, ("99213", UnitsRow(1)), history_from=date(1996, 1, 1)),
        a_release(catalogue, SUMMER, ("99213", UnitsRow(2)), history_from=date(2020, 1, 1)),
    )

    assert named(tables, date(2020, 1, 1)) == "2026Q3"
    assert named(tables, date(2019, 12, 31)) == "2026Q2"


def test_a_customers_own_release_goes_before_an_embedded_one_that_is_later(tmp_path: Path) -> None:
    installation, own = Catalogue(tmp_path / "installation"), Catalogue(tmp_path / "own")
    all_year = Span("all year", date(2026, 1, 1), date(2026, 12, 31))
    entered(installation, a_release(installation, SUMMER, ("99213", UnitsRow(1)), embedded=True))
    entered(own, a_release(own, all_year, ("99213", UnitsRow(2))))

    for folders in ([installation.folder, own.folder], [own.folder, installation.folder]):
        assert named(ReferenceTables(folders).current(), AUGUST) == "all year"


def test_a_release_at_rest_does_not_answer(catalogue: Catalogue) -> None:
    entered(
        catalogue,
        a_release(catalogue, SUMMER, ("99213", UnitsRow(2))),
        a_release(catalogue, SPRING, ("99213", UnitsRow(1)), history_from=date(2020, 1, 1)),
    )
    catalogue.activate(UNITS.name, "2026Q3", active=False)
    tables = ReferenceTables([catalogue.folder]).current()

    assert not tables.carries(UNITS, AUGUST)
    assert [release.name for release in tables.releases()] == ["2026Q2"]


@settings(deadline=None, max_examples=50)
@given(
    spans=st.lists(st.tuples(DAYS, st.integers(0, 500), st.booleans(), st.booleans()), max_size=6),
    days=st.lists(DAYS, min_size=1),
)
def test_the_release_chosen_is_the_first_by_precedence(
    spans: Sequence[tuple[date, int, bool, bool]], days: list[date]
) -> None:
    with TemporaryDirectory() as folder:
        catalogue = Catalogue(Path(folder))
        releases = [
            a_release(
                catalogue,
                Span(str(number), first, first + timedelta(length)),
                ("99213", UnitsRow(number)),
                embedded=embedded,
                at=AT + timedelta(minutes=number),
                history_from=first - timedelta(60) if history else None,
            )
            for number, (first, length, embedded, history) in enumerate(spans)
        ]
        tables = entered(catalogue, *releases)
        for day in days:
            covering = [release for release in releases if release.covers(day)]
            if not covering:
                assert not tables.carries(UNITS, day)
                continue
            best = max(covering, key=lambda release: (not release.embedded, release.effective, release.loaded_at))
            assert tables.on(UNITS, day).release == best
            assert units_on(tables, day) == int(best.name)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_new_release_is_picked_up_without_a_restart(catalogue: Catalogue) -> None:
    clock = Clock()
    watched = ReferenceTables([catalogue.folder], look_every=1.0, clock=clock)
    before = watched.current()
    assert before.releases() == ()

    catalogue.add([a_release(catalogue, SUMMER, ("99213", UnitsRow(1)))])
    clock.now = 0.9
    assert watched.current() is before
    clock.now = 1.0
    after = watched.current()

    assert units_on(after, AUGUST) == 1
    assert not before.carries(UNITS, AUGUST)
    clock.now = 5.0
    assert watched.current() is after


def test_a_release_put_to_rest_is_noticed_too(catalogue: Catalogue) -> None:
    entered(catalogue, a_release(catalogue, SUMMER, ("99213", UnitsRow(1))))
    watched = ReferenceTables([catalogue.folder], look_every=0)
    assert watched.current().carries(UNITS, AUGUST)

    catalogue.activate(UNITS.name, "2026Q3", active=False)

    assert not watched.current().carries(UNITS, AUGUST)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_child_picks_up_what_is_loaded_after_the_fork(catalogue: Catalogue) -> None:
    entered(catalogue, a_release(catalogue, SPRING, ("99213", UnitsRow(1))))
    watched = ReferenceTables([catalogue.folder], look_every=0)
    assert units_on(watched.current(), MAY) == 1
    catalogue.add([a_release(catalogue, SUMMER, ("99213", UnitsRow(2)))])

    child = os.fork()
    if not child:
        tables = watched.current()
        os._exit(0 if (units_on(tables, MAY), units_on(tables, AUGUST)) == (1, 2) else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_missing_compiled_file_is_an_error_of_the_table_that_is_asked(catalogue: Catalogue) -> None:
    lost = a_release(catalogue, SUMMER, ("99213", UnitsRow(1)))
    pairs: Table[UnitsRow] = PAIRED_UNITS
    tables = entered(catalogue, lost, a_release(catalogue, SUMMER, ("99213 99214", UnitsRow(3)), table=pairs))
    catalogue.path(lost).unlink()

    with pytest.raises(UnreadableTable):
        tables.on(UNITS, AUGUST)
    assert tables.pairs_on(pairs, AUGUST).store.rows("99213", "99214") == (UnitsRow(3),)


def test_a_release_may_answer_for_ever(catalogue: Catalogue) -> None:
    tables = entered(catalogue, a_release(catalogue, Span("2026", SUMMER.first, FOREVER), ("99213", UnitsRow(1))))

    assert tables.carries(UNITS, date(2400, 1, 1))


def test_threads_that_ask_during_the_first_look_wait_for_it(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.add([a_release(catalogue, SUMMER, ("99213", UnitsRow(2)))])
    watched = ReferenceTables([catalogue.folder])
    looking, may_go_on = threading.Event(), threading.Event()
    releases = Catalogue.releases

    def slow(self: Catalogue) -> tuple[Release, ...]:
        looking.set()
        assert may_go_on.wait(10)
        return releases(self)

    monkeypatch.setattr(Catalogue, "releases", slow)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(watched.current)
        assert looking.wait(10)
        second = pool.submit(watched.current)
        with pytest.raises(TimeoutError):
            second.result(0.2)  # it has nothing to answer with yet
        may_go_on.set()
        assert units_on(second.result(10), AUGUST) == units_on(first.result(10), AUGUST) == 2
