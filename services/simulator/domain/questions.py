"""What an edit of the front end may ask: the claim, its payer, the day, the reference tables where there are any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.simulator.domain.received_claims import ReceivedClaim, day_of
from services.simulator.domain.statuses import Status
from services.simulator.parameters import PayerProfile, code_list
from shared.tables import CodeSets, CodeSystem, NoRelease, Table, Tables, hcpcs
from shared.tables.codes import TAXONOMY, is_valid


@dataclass(frozen=True, slots=True)
class Asked:
    """A claim before its edits. Without tables no code is looked up, and every one is taken for valid."""

    claim: ReceivedClaim
    payer: PayerProfile | None
    day: date
    """On which the claim arrives."""
    tables: Tables | None = None

    @property
    def service_day(self) -> date:
        """The last day of service, by which codes are judged."""
        return self.claim.last_day or self.day

    @property
    def of_medicare(self) -> bool:
        return self.payer is not None and self.payer.medicare

    @staticmethod
    def listed(name: str, code: str) -> bool:
        return code in code_list(name)

    @staticmethod
    def day_of(text: str) -> date | None:
        return day_of(text)

    def is_code(self, table: Table[Any], code: str) -> bool:
        """True also where the set is not carried for the day."""
        if self.tables is None:
            return True
        try:
            return is_valid(self.tables, table, code, self.service_day)
        except NoRelease:
            return True

    def is_icd(self, system: CodeSystem, code: str) -> bool:
        if self.tables is None:
            return True
        try:
            return CodeSets(self.tables).is_valid(system, code, self.service_day)
        except NoRelease:
            return True

    def carries_icd(self) -> bool:
        if self.tables is None:
            return True
        try:
            CodeSets(self.tables).release("icd10cm", self.service_day)
        except NoRelease:
            return False
        return True

    def is_procedure(self, code: str, day: date) -> bool:
        return self._known(lambda tables: hcpcs.code(tables, code, day).valid)

    def is_modifier(self, modifier: str, day: date) -> bool:
        return self._known(lambda tables: hcpcs.modifier(tables, modifier, day).valid)

    def in_taxonomy(self, code: str) -> bool:
        return self.is_code(TAXONOMY, code)

    def _known(self, ask: Callable[[Tables], bool]) -> bool:
        if self.tables is None:
            return True
        try:
            return ask(self.tables)
        except NoRelease:
            return True


ClaimEdit = Callable[[Asked], Iterator[Status]]
"""The statuses that a claim would get, none where all is well."""
