"""Lists of codes that the edits keep beside the code sets: was this code on the list on that day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.tables.dated import Parameter


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes of a list, and patterns for a list that names whole ranges."""

    codes: frozenset[str] = frozenset()
    patterns: tuple[re.Pattern[str], ...] = ()

    def has(self, code: str) -> bool:
        return code in self.codes or any(pattern.fullmatch(code) for pattern in self.patterns)


NOTHING_LISTED = CodeList()
"""What a list was before its first edition."""

CodeLists = Mapping[str, Parameter[CodeList]]
"""Every list by its name, such as `us_states`."""
