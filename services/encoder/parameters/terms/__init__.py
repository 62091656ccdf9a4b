"""The encoder's own files of terms: abbreviations, synonyms, spellings, lay words, each with its sources."""

from __future__ import annotations

from functools import cache

from services.encoder.domain.terms.vocabulary import Abbreviation, Sense, Vocabulary


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that the files of this folder make."""
    return Vocabulary.of(
        [Abbreviation("CHF", (Sense("congestive heart failure"),))],
        {"kidney": ["renal"]},
        {"heart attack": ["myocardial infarction"]},
    )
