"""Sites: parts of the body, and what the classification names when it names the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sites:
    """The wholes that a part belongs to, the narrowest first, in folded words."""

    wholes: Mapping[Words, Sequence[Words]]

    def wider(self, words: Words) -> Iterator[Words]:
        """The words with the part that they name (the longest, then the first) as each of its wholes."""
        for length in range(max(map(len, self.wholes), default=0), 0, -1):
            for place in range(len(words) - length + 1):
                wholes = self.wholes.get(words[place : place + length], ())
                if wholes:
                    yield from ((*words[:place], *whole, *words[place + length :]) for whole in wholes)
                    return
