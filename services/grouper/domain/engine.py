"""The port to the engine that knows the MS-DRG definitions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from services.grouper.errors import EngineFailed

Level = Literal["NONE", "CC", "MCC"]


class GrouperInput(msgspec.Struct, frozen=True, gc=False):
    """One stay in the engine's terms. Everything in it has been checked: the engine itself checks little."""

    version: str
    """MS-DRG version, such as `44.0`."""
    age: int
    sex: Literal["F", "M", "U"]
    discharge_status: str
    poa_exempt: bool
    diagnoses: tuple[tuple[str, str | None], ...]
    """Code and POA indicator, the principal diagnosis first."""
    procedures: tuple[str, ...]


class DiagnosisAnswer(msgspec.Struct, frozen=True, array_like=True, gc=False, cache_hash=True):
    """What the engine says of one diagnosis."""

    code: str
    level: Level
    """The level at which the code is listed, whether it counted or not."""
    excluded: bool
    """By the CC exclusion list of the principal diagnosis."""
    excluded_by_death: bool
    hacs: tuple[int, ...]
    """Numbers of the hospital-acquired conditions whose criteria the code meets on this stay."""


class GrouperAnswer(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The engine's answer on one stay. A DRG of 998 or 999 is none."""

    initial_drg: int
    final_drg: int
    initial_mdc: int
    final_mdc: int
    description: str
    mdc_description: str
    severity: Level
    hac_status: str
    return_code: str
    diagnoses: tuple[DiagnosisAnswer, ...]
    """Of every diagnosis that was given, duplicates too, in no certain order."""


class DrgEngine(Protocol):
    """Groups stays. Safe to call from many tasks at once; never blocks the event loop."""

    @property
    def name(self) -> str:
        """Engine and version, such as `msdrg 1.2.0`."""
        ...

    async def group(self, stays: Sequence[GrouperInput]) -> list[GrouperAnswer | EngineFailed]:
        """One answer for each stay, in order. Raises EngineBusy when too much waits already.

        A stay on which the engine dies, hangs or gives up has EngineFailed in its place and does not hurt the others.
        """
        ...

    async def start(self) -> None:
        """Make ready, so that the first caller does not wait. Not needed: the engine starts when it is first used."""
        ...

    async def close(self) -> None:
        """Give everything back. Safe to call twice."""
        ...
