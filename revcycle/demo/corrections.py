"""RFC 6902 operations of an answer key, carried out on a claim document."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from revcycle.demo.api import Json
from samples.models import Change


def corrected(document: Json, changes: Iterable[Change]) -> Json:
    """A copy of the document with every change made. Raises KeyError or IndexError for a path that leads nowhere."""
    changed = deepcopy(document)
    for change in changes:
        *parents, last = change.path.removeprefix("/").split("/")
        place: Any = changed
        for step in parents:
            place = place[_key(place, step)]
        if change.op == "remove":
            del place[_key(place, last)]
        else:
            place[_key(place, last)] = change.value
    return changed


def _key(place: Any, step: str) -> str | int:
    return int(step) if isinstance(place, list) else step
