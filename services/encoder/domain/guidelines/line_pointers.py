"""Lines of a professional claim point at diagnoses by their place: a fix that moves one moves the pointers."""

from __future__ import annotations

from collections.abc import Iterator

from services.encoder.domain.coding import ChartCodes, LineCoding
from services.encoder.domain.guidelines.rules import Fix
from services.encoder.domain.problems import pointer

_DIAGNOSES = "/diagnoses/"


def keeping_pointers(fix: Fix, codes: ChartCodes) -> Fix:
    """The fix with what keeps each line pointing at the diagnoses that it pointed at, less those removed."""
    if not any(line.pointers for line in codes.lines):
        return fix
    places = _places_after(fix, len(codes.diagnoses))
    changes = tuple(_changes(codes.lines, places))
    return Fix(title=fix.title, operations=(*fix.operations, *changes)) if changes else fix


def _places_after(fix: Fix, number: int) -> dict[int, int]:
    """Where each diagnosis stands once the operations are made, both counted from 1; those removed are not in it."""
    order: list[int | None] = list(range(1, number + 1))
    for operation in fix.operations:
        path, source = str(operation["path"]), str(operation.get("from", ""))
        if not path.startswith(_DIAGNOSES):
            continue
        place = path.removeprefix(_DIAGNOSES)
        match operation["op"]:
            case "add":
                order.insert(len(order) if place == "-" else int(place), None)
            case "remove":
                order.pop(int(place))
            case "move":
                order.insert(int(place), order.pop(int(source.removeprefix(_DIAGNOSES))))
    return {before: after for after, before in enumerate(order, 1) if before is not None}


def _changes(lines: tuple[LineCoding, ...], places: dict[int, int]) -> Iterator[dict[str, object]]:
    for index, line in enumerate(lines):
        pointers = [places[place] for place in line.pointers if place in places]
        if pointers != list(line.pointers):
            yield {"op": "replace", "path": pointer("lines", index, "pointers"), "value": pointers}
