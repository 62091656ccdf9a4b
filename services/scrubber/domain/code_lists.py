"""Lists of codes that the edits keep beside the code sets: was this code on the list on that day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from shared.tables.dated import Parameter

_KEPT_DAYS = 1024


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes of a list, and patterns for a list that names whole ranges."""

    codes: frozenset[str] = frozenset()
    patterns: tuple[re.Pattern[str], ...] = ()

    def has(self, code: str) -> bool:
        if code in self.codes:
            return True
        for pattern in self.patterns:  # noqa: SIM110  # a generator costs more than the look itself
            if pattern.fullmatch(code):
                return True
        return False


NOTHING_LISTED = CodeList()
"""What a list was before its first edition."""


class CodeLists(Mapping[str, Parameter[CodeList]]):
    """Every list by its name, such as `us_states`, with its history."""

    def __init__(self, lists: Mapping[str, Parameter[CodeList]]) -> None:
        self._lists = dict(lists)
        self._days: dict[date, Mapping[str, CodeList]] = {}

    def __getitem__(self, name: str) -> Parameter[CodeList]:
        return self._lists[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lists)

    def __len__(self) -> int:
        return len(self._lists)

    def on(self, day: date) -> Mapping[str, CodeList]:
        """Every list as it stood on a day; empty before its first edition. Raises NoEdition for one that has ended."""
        lists = self._days.get(day)
        if lists is None:
            if len(self._days) >= _KEPT_DAYS:
                self._days.clear()
            lists = self._days[day] = _ListsOfDay(self._lists, day)
        return lists


class _ListsOfDay(dict[str, CodeList]):
    """Fills itself, so that a list is asked for its edition once a day and not once a code."""

    def __init__(self, lists: Mapping[str, Parameter[CodeList]], day: date) -> None:
        super().__init__()
        self._lists, self._day = lists, day

    def __missing__(self, name: str) -> CodeList:
        found = self[name] = self._lists[name].on_or(self._day, NOTHING_LISTED)
        return found
