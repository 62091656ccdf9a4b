"""Vectors of concepts in one file that is mapped, not read: built once, shared by every process of a machine."""

from __future__ import annotations

import mmap
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from services.encoder.meaning.concepts import Concept

_MARK = b"RCMEAN01"
_BLOCK = 1_024
"""Vectors that are widened from bytes to floats together: 1.5 MB stay in the cache, and in memory of the process."""
_BYTE = np.float32(127)

_FOR_ALL_TO_READ = 0o644
"""Who installs and who serves are often not the same; names of codes are no secret."""

Floats = npt.NDArray[np.float32]


class UnreadableVectors(ValueError):
    """The file is no file of vectors, or is cut short."""


class Near(NamedTuple):
    """A concept and how near it is."""

    concept: Concept
    similarity: float
    """Cosine: 1 for the same meaning, about 0 for nothing in common."""


class _Header(msgspec.Struct, frozen=True):
    width: int
    concepts: list[Concept]


class Vectors:
    """Concepts and their vectors, each a byte a dimension with one scale: a quarter of the size, and the ten nearest
    are the same. Safe to share between threads. The search is exact: every vector is compared."""

    def __init__(self, concepts: Sequence[Concept], matrix: npt.NDArray[np.int8], scales: Floats) -> None:
        self.concepts = concepts
        self._matrix = matrix
        self._scales = scales

    @classmethod
    def of(cls, concepts: Sequence[Concept], vectors: Floats) -> Vectors:
        """From vectors of length one, in the order of the concepts."""
        largest = np.abs(vectors).max(axis=1, keepdims=True)
        matrix = np.rint(vectors * (_BYTE / largest)).astype(np.int8)
        return cls(concepts, matrix, (largest[:, 0] / _BYTE).astype(np.float32))

    @classmethod
    def read(cls, path: Path) -> Vectors:
        """Maps the file. Raises OSError, UnreadableVectors."""
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        size = int.from_bytes(content[8:16], "little")
        try:
            if content[:8] != _MARK:
                raise UnreadableVectors(f"{path.name} holds no vectors")
            header = msgspec.msgpack.decode(content[16 : 16 + size], type=_Header)
            count, start = len(header.concepts), 16 + size
            matrix = np.frombuffer(content, np.int8, count * header.width, start).reshape(count, header.width)
            # Copied: the file says nothing of where a number of four bytes may lie.
            scales = np.frombuffer(content[start + matrix.size :], "<f4", count)
        except (ValueError, msgspec.DecodeError) as error:
            raise UnreadableVectors(f"{path.name} is no whole file of vectors") from error
        return cls(header.concepts, matrix, scales)

    def write(self, path: Path) -> None:
        """In one step, so that another process reads all of it or nothing. Raises OSError."""
        header = msgspec.msgpack.encode(_Header(self._matrix.shape[1], list(self.concepts)))
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            for part in (_MARK, len(header).to_bytes(8, "little"), header, self._matrix.tobytes()):
                file.write(part)
            file.write(self._scales.astype("<f4").tobytes())
        Path(file.name).chmod(_FOR_ALL_TO_READ)
        Path(file.name).replace(path)

    def nearest(self, questions: Floats, limit: int) -> list[Near]:
        """The concepts nearest to any of the questions (rows of length one), the nearest first."""
        similar = self._similar(questions)
        return [Near(self.concepts[place], float(similar[place])) for place in _largest(similar, limit)]

    def similarity(self, questions: Floats, code: str) -> float:
        """How near any of the questions (rows of length one) is to a name of a code or of a heading above it, whose
        names it shares; 0 where none has a name."""
        above = (code[:length] for length in range(len(code), 2, -1))
        places = [place for each in above for place in self._places_by_code.get(each, ())]
        if not places:
            return 0.0
        similar = (self._matrix[places].astype(np.float32) @ questions.T).max(axis=1) * self._scales[places]
        return float(similar.max())

    @cached_property
    def _places_by_code(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = defaultdict(list)
        for place, concept in enumerate(self.concepts):
            for code in concept.codes:
                places[code].append(place)
        return dict(places)

    def _similar(self, questions: Floats) -> Floats:
        """To the question that each vector is most similar to."""
        similar = np.full(len(self._matrix), -np.inf, np.float32)
        for start in range(0, len(similar), _BLOCK):
            block = self._matrix[start : start + _BLOCK].astype(np.float32)
            best = similar[start : start + _BLOCK]
            for question in questions:  # one by one: a matrix of three columns takes longer than three vectors
                np.maximum(best, block @ question, out=best)
        similar *= self._scales
        return similar


def _largest(values: Floats, count: int) -> npt.NDArray[np.intp]:
    """The places of the largest values in order, without sorting the rest."""
    count = min(count, len(values))
    places = np.argpartition(values, -count)[-count:] if count else np.empty(0, np.intp)
    return places[np.argsort(-values[places], kind="stable")]
