"""The seventh character: whether an injury is treated, heals, or has left something behind, and whether it was open."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any

from services.encoder.parameters import parameter

INITIAL = "A"


def seventh_characters(sentence: str, day: date) -> tuple[str, ...]:
    """The seventh characters that a sentence speaks for, the best first; A, active treatment, where it says nothing.

    A code takes the first that it has: only fractures of long bones tell open ones of type III from others (I.C.19.c).
    """
    for pattern, characters in _rules(day):
        if pattern.search(sentence):
            return characters
    return (INITIAL,)


@lru_cache(maxsize=64)
def _rules(day: date) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    listed: list[dict[str, Any]] = parameter("reading/seventh_characters").on(day)
    return tuple((_pattern(rule["words"]), tuple(rule["characters"])) for rule in listed)


def _pattern(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b{one}\b" for one in words), re.IGNORECASE)
