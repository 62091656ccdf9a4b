"""Search by meaning stands aside: a small file of vectors, made here, and no build."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from services.encoder.meaning.place import alone, is_building, newest_day, still_building, vectors_path
from services.encoder.meaning.search import MeaningSearch, MeaningState, is_installed
from services.encoder.parameters.terms import vocabulary
from shared.tables import Tables

needs_model = pytest.mark.skipif(not is_installed(), reason="the extra `meaning` is not installed")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.vectors"


@pytest.fixture
def search(path: Path) -> MeaningSearch:
    return MeaningSearch(path, vocabulary())


def write(path: Path) -> None:
    from services.encoder.meaning.concepts import Concept
    from services.encoder.meaning.minilm import MiniLM, model_folder
    from services.encoder.meaning.vectors import Vectors

    named = {"I21": "Acute myocardial infarction", "S934": "Sprain of ankle", "G91": "Hydrocephalus"}
    folder = model_folder()
    assert folder is not None
    vectors = MiniLM(folder).embed(list(named.values()))
    Vectors.of([Concept(text, (code,)) for code, text in named.items()], vectors).write(path)


def test_without_vectors_it_is_off_and_finds_nothing(search: MeaningSearch) -> None:
    assert search.open() is MeaningState.OFF
    assert search.nearest("heart attack", 5) == ()
    assert search.similarity("heart attack", "I219") is None


@needs_model
def test_while_a_process_builds_it_says_so(search: MeaningSearch, path: Path) -> None:
    with alone(path) as mine:
        assert mine
        assert search.state is MeaningState.BUILDING
        assert search.nearest("heart attack", 5) == ()
        with alone(path) as another:
            assert not another
    assert not is_building(path)


def test_a_build_that_died_is_in_nobodys_way(path: Path) -> None:
    mark = path.with_suffix(".building")
    mark.touch()
    with alone(path) as mine:
        assert not mine
    os.utime(mark, (0, 0))
    assert not is_building(path)
    with alone(path) as mine:
        assert mine
        os.utime(mark, (0, 0))
        still_building(path)
        assert is_building(path)


@needs_model
def test_lay_words_find_what_they_mean(search: MeaningSearch, path: Path) -> None:
    write(path)
    assert search.open() is MeaningState.ON
    assert [near.concept.codes for near in search.nearest("twisted her ankle", 1)] == [("S934",)]
    assert search.nearest("water on the brain", 1)[0].similarity == pytest.approx(1, abs=0.01)
    assert search.nearest("  ", 5) == ()
    near, far = search.similarity("heart attack", "I219"), search.similarity("heart attack", "S93401A")
    assert near is not None
    assert far is not None
    assert near > 0.8 > far


@needs_model
def test_a_broken_file_leaves_it_off(search: MeaningSearch, path: Path) -> None:
    path.write_bytes(b"not vectors")
    assert search.open() is not MeaningState.ON


def test_the_file_is_named_for_the_releases(embedded_tables: Tables, tmp_path: Path) -> None:
    assert vectors_path(embedded_tables, tmp_path).parent == tmp_path
    assert vectors_path(embedded_tables, tmp_path) == vectors_path(embedded_tables, tmp_path)
    assert newest_day(embedded_tables) == date(2026, 10, 1)
