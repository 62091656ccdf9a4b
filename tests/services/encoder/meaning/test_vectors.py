"""Vectors of three figures, made by hand: nearness is the product."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("numpy")

import numpy as np

from services.encoder.meaning.concepts import Concept
from services.encoder.meaning.vectors import UnreadableVectors, Vectors

CONCEPTS = (
    Concept("Acute myocardial infarction", ("I21",)),
    Concept("Hydrocephalus", ("G91",)),
    Concept("NOS", ("I219",)),
)


@pytest.fixture
def vectors() -> Vectors:
    return Vectors.of(CONCEPTS, np.array([[1, 0, 0], [0, 1, 0], [0.6, 0, 0.8]], np.float32))


def question(*values: float) -> np.ndarray:
    return np.array([values], np.float32)


def test_the_nearest_comes_first(vectors: Vectors) -> None:
    found = vectors.nearest(question(1, 0, 0), 2)
    assert [near.concept.codes for near in found] == [("I21",), ("I219",)]
    assert found[1].similarity == pytest.approx(0.6, abs=0.01)


def test_of_several_questions_the_best_counts(vectors: Vectors) -> None:
    found = vectors.nearest(np.concatenate([question(0, 0, 1), question(0, 1, 0)]), 1)
    assert found[0].concept.codes == ("G91",)


def test_more_than_there_are_gives_all(vectors: Vectors) -> None:
    assert len(vectors.nearest(question(1, 0, 0), 100)) == 3


def test_a_code_has_the_names_of_the_headings_above_it(vectors: Vectors) -> None:
    assert vectors.similarity(question(1, 0, 0), "I219") == pytest.approx(1, abs=0.01)
    assert vectors.similarity(question(1, 0, 0), "Z000") == 0


def test_a_file_gives_back_what_was_written(vectors: Vectors, tmp_path: Path) -> None:
    vectors.write(tmp_path / "some" / "a.vectors")
    again = Vectors.read(tmp_path / "some" / "a.vectors")
    assert again.nearest(question(0.6, 0, 0.8), 3) == vectors.nearest(question(0.6, 0, 0.8), 3)


@pytest.mark.parametrize("content", [b"no vectors at all", b"RCMEAN01", b"RCMEAN01" + bytes(8), bytes(1)])
def test_another_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.vectors"
    path.write_bytes(content)
    with pytest.raises(UnreadableVectors):
        Vectors.read(path)


def test_a_file_cut_short_is_refused(vectors: Vectors, tmp_path: Path) -> None:
    path = tmp_path / "a.vectors"
    vectors.write(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UnreadableVectors):
        Vectors.read(path)
