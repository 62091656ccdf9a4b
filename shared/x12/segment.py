"""A segment as it was read: its id and its elements."""

from __future__ import annotations

from dataclasses import dataclass

from shared.x12.separators import Separators


@dataclass(frozen=True, slots=True)
class Segment:
    """`elements[0]` is the first element, `segment[1]` the same one by its X12 number; absent elements read as ""."""

    id: str
    elements: tuple[str, ...]
    separators: Separators

    def __getitem__(self, number: int) -> str:
        """Element `number` as the guides count, from 1: `segment[9]` of an NM1 is NM109."""
        return self.elements[number - 1] if 0 < number <= len(self.elements) else ""

    def component(self, number: int, part: int) -> str:
        """A component of a composite element, both from 1: `component(1, 2)` of an SV1 is SV101-2."""
        parts = self[number].split(self.separators.component)
        return parts[part - 1] if part <= len(parts) else ""

    def components(self, number: int) -> list[str]:
        """All components of a composite element; none where it is empty."""
        value = self[number]
        return value.split(self.separators.component) if value else []

    def __str__(self) -> str:
        """As it stood in the file, without its terminator."""
        return self.separators.element.join((self.id, *self.elements))
