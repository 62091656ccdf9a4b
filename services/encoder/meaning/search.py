"""Search by meaning as the rest of the encoder sees it: on, off, or being built; never in the way of a request."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING

from services.encoder.domain.terms.vocabulary import Vocabulary
from services.encoder.meaning.place import MODEL_PACKAGE, is_building, vectors_path
from shared.tables import Tables

if TYPE_CHECKING:
    from services.encoder.meaning.minilm import Floats, MiniLM
    from services.encoder.meaning.vectors import Near, Vectors

_LOOK_AGAIN = 5.0
"""Seconds between two looks for vectors that were not there."""
_READINGS = 2
"""Readings of a question that are embedded beside it; each costs some milliseconds and the second gains the last."""
_MOST_WORDS = 4
"""A longer question says enough by itself: its readings are found less well, and each word has its price."""
_KEPT_QUESTIONS = 4_096
_NEEDED = ("numpy", "tokenizers", MODEL_PACKAGE)


class MeaningState(StrEnum):
    OFF = "off"
    """The extra `meaning` is not installed, or its vectors were never built."""
    BUILDING = "building"
    """A process builds the vectors, or this one is about to open them."""
    ON = "on"


class MeaningSearch:
    """The nearest concepts of the tables' codes. Safe to share between threads.

    Neither reads nor waits while it answers: a thread opens the model and the vectors once both are there, and until
    then `nearest` finds nothing and `state` says why.
    """

    def __init__(self, vectors_file: Path, vocabulary: Vocabulary) -> None:
        """`vectors_file`: where `build` puts them. The vocabulary's readings of a question are looked for beside it."""
        self._path = vectors_file
        self._vocabulary = vocabulary
        self._opened: tuple[MiniLM, Vectors] | None = None
        self._opening: Thread | None = None
        self._looked = float("-inf")
        self._lock = Lock()
        self._questions = lru_cache(_KEPT_QUESTIONS)(self._embedded)

    @property
    def state(self) -> MeaningState:
        """Looks for the vectors at most every five seconds while they are not there."""
        if self._opened:
            return MeaningState.ON
        if not is_installed():
            return MeaningState.OFF
        with self._lock:
            if self._opening is None and monotonic() - self._looked >= _LOOK_AGAIN:
                self._looked = monotonic()
                if self._path.is_file():
                    self._opening = Thread(target=self._open, name="meaning", daemon=True)
                    self._opening.start()
        return MeaningState.BUILDING if self._opening or is_building(self._path) else MeaningState.OFF

    def open(self) -> MeaningState:
        """Opens now what is there, in a second: for a command line, and for a service before it says it is ready."""
        if not self._opened and is_installed() and self._path.is_file():
            self._open()
        return self.state

    def nearest(self, query: str, limit: int) -> Sequence[Near]:
        """The concepts nearest to what a query means, the nearest first; none while the state is not on."""
        if self.state is not MeaningState.ON or self._opened is None or not query.strip():
            return ()
        _model, vectors = self._opened
        return vectors.nearest(self._questions(self._asked(query)), limit)

    def similarity(self, text: str, code: str) -> float | None:
        """How near a text is to a name of an ICD-10-CM code without a dot (cosine); None while the state is not on."""
        if self.state is not MeaningState.ON or self._opened is None:
            return None
        _model, vectors = self._opened
        return vectors.similarity(self._questions(self._asked(text)), code)

    def _asked(self, text: str) -> tuple[str, ...]:
        long = len(text.split()) > _MOST_WORDS
        return (text,) if long else (text, *self._vocabulary.readings(text, _READINGS))

    def _embedded(self, texts: tuple[str, ...]) -> Floats:
        assert self._opened is not None  # noqa: S101 - only asked for once it is
        return self._opened[0].embed(texts)

    def _open(self) -> None:
        # Here and not above: numpy and the tokenizer take half a second and are not everybody's.
        from services.encoder.meaning.minilm import MiniLM, model_folder
        from services.encoder.meaning.vectors import UnreadableVectors, Vectors

        folder = model_folder()
        try:
            self._opened = (MiniLM(folder), Vectors.read(self._path)) if folder else None
        except (OSError, UnreadableVectors):
            self._opened = None
        finally:
            self._opening = None


def is_installed() -> bool:
    """Whether all that search by meaning needs is installed. Imports none of it."""
    return all(find_spec(name) is not None for name in _NEEDED)


def meaning_of(tables: Tables, vocabulary: Vocabulary, folder: Path | None = None) -> MeaningSearch:
    """Search by the meaning of the codes of these tables; `folder` as in `vectors_path`."""
    return MeaningSearch(vectors_path(tables, folder), vocabulary)
