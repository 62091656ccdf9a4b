"""Which events of a batch one call of a handler may have together."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from shared.events.inbox import Arrival

Route = tuple[str, str]
"""Topic and type of an event."""


def route_of(arrival: Arrival) -> Route:
    return arrival.received.partition.topic, arrival.envelope.type


def in_lots(arrivals: Sequence[Arrival], together: Collection[Route]) -> list[list[Arrival]]:
    """The arrivals in the order to handle them: those of one tenant whose route is in `together` in as few lots as can
    be, each other one alone.

    An event may pass others on its way into a lot, but none with its key: what happened to a claim stays in order.
    """
    lots: list[list[Arrival]] = []
    open_lots: dict[tuple[Route, str], int] = {}
    last_lots: dict[str, int] = {}
    for arrival in arrivals:
        route, key = route_of(arrival), arrival.received.record.key
        kind = route, arrival.envelope.tenant
        place = open_lots.get(kind, -1)
        if place < last_lots.get(key, 0):
            place = len(lots)
            lots.append([])
            if route in together:
                open_lots[kind] = place
        lots[place].append(arrival)
        last_lots[key] = place
    return lots
