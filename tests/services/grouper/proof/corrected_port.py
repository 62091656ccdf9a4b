"""`drgpy` 0.2.1, a port of the Definitions Manual, as it is and with corrections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from drgpy.msdrg import DRGEngine

from services.grouper.domain.stays import Stay
from shared.runtime import embedded_tables
from shared.tables import msdrg

Features = Counter[str]
"""What `drgpy` notes about a claim: labels of the manual's lists that its codes are on."""


@dataclass(frozen=True)
class Case:
    """A claim that is grouped, and the port that groups it."""

    stay: Stay
    port: DRGEngine
    lists_of_procedures: frozenset[str]
    """Of the grouper's own tables, for the criteria of HACs."""
    excluded: set[str] = field(default_factory=set)
    """Codes that the logic of the DRG itself names."""

    @property
    def diagnoses(self) -> list[str]:
        return [str(one.code) for one in self.stay.diagnoses]

    @property
    def procedures(self) -> list[str]:
        return [str(one.code) for one in self.stay.procedures]


def _unchanged(results: list[str], _x: Features, _case: Case) -> list[str]:
    return results


@dataclass(frozen=True)
class Correction:
    """A rule of the manual that `drgpy` lacks or has otherwise."""

    name: str
    manual: str
    """The rule and where it stands."""
    features: Callable[[Features, Case], None] = lambda _x, _case: None
    results: Callable[[list[str], Features, Case], list[str]] = _unchanged


def _lists_of(stay: Stay) -> frozenset[str]:
    tables = embedded_tables().current()
    rows = (msdrg.grouped_procedure(tables, str(one.code), stay.discharge_date) for one in stay.procedures)
    return frozenset(name for row in rows if row is not None for name in row.lists)


@cache
def latest_port() -> DRGEngine:
    """The version that has all parts of appendix C."""
    return DRGEngine()


class CorrectedPort(DRGEngine):
    """`drgpy` with corrections."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self._own_exclusions = self.drg_exclusions

    def drg(self, stay: Stay, corrections: Iterable[Correction] = ()) -> str:
        """Three digits; `000` where it finds none."""
        self._case, self._corrections = Case(stay, self, _lists_of(stay)), tuple(corrections)
        listed = any(one.name == "severity-exclusions" for one in self._corrections)
        self.drg_exclusions = latest_port().drg_exclusions if listed else self._own_exclusions
        found: str = self.get_drg(
            self._case.diagnoses,
            self._case.procedures,
            stay.sex,
            stay.discharge_status != "20",
            [one.poa or "Y" for one in stay.diagnoses],
            stay.discharge_status,
        )
        return found.zfill(3)

    def get_features(self, *claim: Any) -> Features:
        x: Features = super().get_features(*claim)
        self._case.excluded.clear()
        self._case.excluded.update(claim[-1] or ())
        for correction in self._corrections:
            correction.features(x, self._case)
        return x

    def _evaluate(self, x: Features) -> list[str]:
        results: list[str] = super()._evaluate(x)
        for correction in self._corrections:
            results = correction.results(results, x, self._case)
        return results
