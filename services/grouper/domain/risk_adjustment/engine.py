"""What the models do beyond the reference tables, as an engine knows it from CMS's model software."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class DiseaseRules(Protocol):
    """Edits, exceptions and interactions of the models. Models are named as the tables name them; pure and quick."""

    name: str
    """The engine and its version."""

    def edited(self, model: str, diagnosis: str, hcc: str, age: int, sex: str) -> str | None:
        """The category after the model's edits of age and sex: the same, another, or None where it does not count."""

    def kept(self, model: str, found: frozenset[str], drops: Mapping[str, frozenset[str]]) -> frozenset[str]:
        """The categories left after the model's exceptions and these hierarchies."""

    def interactions(self, model: str, hccs: frozenset[str], age: int, *, disabled: bool) -> tuple[str, ...]:
        """The variables, without their segment, that combinations and the number of categories make true."""
