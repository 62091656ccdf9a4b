"""What each figure of the search's ranking counts, fitted: `python -m bench.search_weights --index FILE [--meaning]`.

A conditional logit (McFadden 1974): the weights under which the code that the Alphabetic Index gives a term is
likeliest among those found for it, over terms that are left out of what is searched: alone, with all of their main
term, and with all of the index, for it is not known which index an installation has. A quarter of the main terms is
never fitted to (`bench.search.UNSEEN`). Prints the weights as `weights.py` has them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bench.search import (
    INDEX_DAY,
    Near,
    Question,
    diagnoses,
    entries_of,
    fold_of,
    is_kept,
    nearest_of,
    quarter_of,
    sampled,
)
from services.encoder.domain.search.analysis import Analyzer
from services.encoder.domain.search.code_index import CodeIndex, compile_index
from services.encoder.domain.search.ranking import Figures
from services.encoder.domain.search.weights import BY_WORDS
from services.encoder.domain.terms.point import Point, PointKind
from services.encoder.parameters.terms import search_vocabulary
from shared.tables import ReferenceTables
from shared.tables.catalogue import Catalogue
from shared.tables.folders import embedded_folder
from shared.tables.formats import Asked
from shared.tables.loading import load

FOLD, QUARTER = 0, 0
"""What is left out for the first two of the three ways."""
STEPS, RATE, PENALTY = 400, 0.3, 1e-3

Floats = npt.NDArray[np.float64]


def examples(index: CodeIndex, questions: Sequence[Question], near: Near) -> Iterator[tuple[Floats, Floats]]:
    """For each question whose code is found, the figures of the codes found, and which of them are right."""
    names = index.names("icd10cm")
    for question in questions:
        found = index.found(question.query, [names], near=near(question.query))
        codes = [names.codes[each.ranked.code] for each in found]
        right = [code in question.codes for code in codes]
        if not any(right):
            right = [code.startswith(tuple(question.codes)) for code in codes]
        if any(right):
            yield np.array([each.ranked.figures for each in found], np.float64), np.array(right, np.float64)


def fitted(chosen: Sequence[tuple[Floats, Floats]], prior: Floats) -> Floats:
    """Gradient ascent on the likelihood with a small penalty on what lies far from `prior` (Adam)."""
    weights, first, second = prior, np.zeros_like(prior), np.zeros_like(prior)
    for step in range(1, STEPS + 1):
        gradient = sum((_gradient(figures, right, weights) for figures, right in chosen), np.zeros_like(weights))
        gradient = gradient / len(chosen) - PENALTY * (weights - prior)
        first, second = 0.9 * first + 0.1 * gradient, 0.99 * second + 0.01 * gradient**2
        rate = RATE if step < STEPS / 2 else RATE / 5
        weights = weights + rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    return weights


def _gradient(figures: Floats, right: Floats, weights: Floats) -> Floats:
    worth = np.exp((scores := figures @ weights) - scores.max())
    gradient: Floats = figures.T @ (worth * right / (worth @ right) - worth / worth.sum())
    return gradient


class Way(NamedTuple):
    """What is left out of what is searched, and what is asked."""

    is_kept: Callable[[Point], bool]
    is_asked: Callable[[Question], bool]


def ways() -> tuple[Way, ...]:
    return (
        Way(partial(is_kept, fold=FOLD), lambda entry: fold_of(entry.query) == FOLD),
        Way(partial(is_kept, quarter=QUARTER), lambda entry: quarter_of(entry.main_term) == QUARTER),
        Way(lambda point: point.kind is not PointKind.INDEX_PATH, lambda entry: True),
    )


def examples_of(named: Sequence[Point], way: Way, sample: int, near: Near) -> Iterator[tuple[Floats, Floats]]:
    analyzer = Analyzer(search_vocabulary())
    index = CodeIndex(compile_index(filter(way.is_kept, named), analyzer), analyzer)
    questions = [each for each in entries_of(named) if way.is_asked(each) and not each.is_unseen]
    return examples(index, sampled(questions, sample), near)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True, help="an Alphabetic Index of ICD-10-CM")
    parser.add_argument("--sample", type=int, default=1500, help="questions of each way")
    parser.add_argument("--meaning", action="store_true", help="with search by meaning")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        load(given.index, Catalogue(Path(folder)), Asked(effective=INDEX_DAY), datetime.now(UTC))
        tables = ReferenceTables([embedded_folder(), Path(folder)]).current()
        near, named = nearest_of(tables, given.meaning), diagnoses(tables)
        chosen = [each for way in ways() for each in examples_of(named, way, given.sample, near)]
    # Meaning adds to what the words tell; it need not be learnt anew what that is.
    prior = np.array(BY_WORDS) if given.meaning else np.zeros(len(Figures._fields))
    for name, weight in zip(Figures._fields, fitted(chosen, prior), strict=True):
        print(f"    {name}={weight:.2f},")


if __name__ == "__main__":
    main()
