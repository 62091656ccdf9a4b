"""Combining: codes that the classification makes of several conditions of one chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.encoder.domain.reading.facts import ChartFacts
from services.encoder.domain.reading.resolving import billable_code
from services.encoder.domain.reading.supports import Support, Supports, add, starting
from services.encoder.parameters import parameter
from shared.tables import Tables, icd10


@dataclass
class Combining:
    """The codes of a chart while they are put together. `combined`: what went into another code, with that code."""

    supports: Supports
    tables: Tables
    day: date
    facts: ChartFacts
    combined: list[tuple[Support, str]] = field(default_factory=list)

    def run(self) -> None:
        rules: Mapping[str, Any] = parameter("reading/combinations").on(self.day)
        self._diabetes(rules["diabetes"])
        self._pairs(rules["pairs"])
        self._hypertension(rules)
        self._replaced(rules["replaced"])
        self._dropped(rules["dropped"])
        self._added(rules["added"])
        self._organisms(rules)
        if self.facts.pregnant:
            self._pregnancy()

    def _diabetes(self, rules: Mapping[str, Any]) -> None:
        """What stands under `with` in the index is presumed to be caused by the diabetes (I.A.15)."""
        known = starting(self.supports, rules["codes"])
        if not known:
            return
        kind = max(known, key=lambda each: (not each.code.endswith("9"), len(each.words))).code[:3]
        for rule in rules["with"]:
            for other in starting(self.supports, rule["conditions"]):
                if not any(code.startswith(kind + rule["suffix"][:2]) for code in self.supports):
                    self._make(kind + rule["suffix"], (known[0], other), "with")
                self._drop(other, kind + rule["suffix"], unless=rule.get("keeps", False))

    def _pairs(self, rules: list[Mapping[str, Any]]) -> None:
        for rule in rules:
            for first in starting(self.supports, rule["first"]):
                for second in starting(self.supports, rule["second"]):
                    if rule["code"] and first is not second:
                        self._make(rule["code"], (first, second), "with")
                        self._drop(first, rule["code"], unless=first.code in rule.get("keep", ()))
                        self._drop(second, rule["code"], unless=not rule.get("drops", False))

    def _hypertension(self, rules: Mapping[str, Any]) -> None:
        """Heart failure and chronic kidney disease are presumed to be caused by hypertension (I.C.9.a.1 to 3)."""
        essential = starting(self.supports, ["I10", "I119", "I129", "I1311"])
        if not essential:
            return
        failure = starting(self.supports, rules["heart_failure"])
        kidney = starting(self.supports, rules["kidney_disease"])
        last_stage = bool(starting(self.supports, rules["kidney_failure"]))
        if failure and kidney:
            code = "I132" if last_stage else "I130"
        elif failure:
            code = "I110"
        elif kidney:
            code = "I120" if last_stage else "I129"
        else:
            return
        if code not in {each.code for each in essential}:
            self._make(code, (*essential, *failure, *kidney), "with")
        for each in essential:
            if each.code != code:
                self._drop(each, code)

    def _replaced(self, rules: list[Mapping[str, Any]]) -> None:
        for rule in rules:
            for known in starting(self.supports, [rule["code"]]):
                if starting(self.supports, rule["beside"]):
                    becomes = rule["becomes"] + (known.code[len(rule["code"]) :] if rule.get("same") else "")
                    self._make(becomes, (known,), "beside " + rule["beside"][0])
                    self._drop(known, becomes)

    def _dropped(self, rules: list[Mapping[str, Any]]) -> None:
        for rule in rules:
            for other in starting(self.supports, rule["beside"])[:1]:
                for known in starting(self.supports, rule["codes"]):
                    self._drop(known, other.code)

    def _added(self, rules: list[Mapping[str, Any]]) -> None:
        for rule in rules:
            for known in starting(self.supports, [rule["code"]])[:1]:
                if not starting(self.supports, rule["unless"]):
                    self._make(rule["adds"], (known,), "with")

    def _organisms(self, rules: Mapping[str, Any]) -> None:
        """An organism is coded beside the infection that it causes, where that code does not name it (I.B.10)."""
        infected = starting(self.supports, rules["infections"])
        named = starting(self.supports, rules["organism_included"])
        if not infected or (named and len(named) == len(infected)):
            for organism in starting(self.supports, rules["organisms"]):
                self._drop(organism, infected[0].code if infected else "")

    def _pregnancy(self) -> None:
        """Conditions of a pregnant patient are coded to chapter 15 first (I.C.15.a.1)."""
        for rule in parameter("reading/obstetric_codes").on(self.day):
            for condition in starting(self.supports, rule["conditions"]):
                code = obstetric_code(self.tables, rule["becomes"], self.day, self.facts.trimester)
                if code is None:
                    continue
                if not any(known.startswith(rule["becomes"]) for known in self.supports):
                    self._make(code, (condition,), "in pregnancy")
                self._drop(condition, code, unless=rule["keeps"])

    def _make(self, code: str, of: tuple[Support, ...], why: str) -> None:
        full = billable_code(self.tables, code, self.day)
        if full is not None:
            path = tuple(step for each in of for step in each.path[-1:])
            add(self.supports, of[0].with_words_of(of[1:]).coded(full, why, *path[1:]))

    def _drop(self, support: Support, into: str, *, unless: bool = False) -> None:
        if not unless and support.code != into and support.code in self.supports:
            del self.supports[support.code]
            self.combined.append((support, into))


def obstetric_code(tables: Tables, heading: str, day: date, trimester: str) -> str | None:
    """The code below a heading of chapter 15 for a trimester; that for an unspecified one where it is not known."""
    below = icd10.starting_with(tables, "icd10cm", heading, day, limit=60)
    wanted = f"{trimester or 'unspecified'} trimester"
    fitting = [entry for entry in below if wanted in (entry.description or "").lower()]
    plain = [entry for entry in fitting if "unspecified" in (entry.description or "").lower()]
    return next((entry.code for entry in (*plain, *fitting)), None)
