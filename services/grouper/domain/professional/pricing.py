"""The payment of a practitioner's services under the physician fee schedule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from services.grouper.domain.estimates import Estimate, PricedLine, UsedRelease
from services.grouper.domain.professional.anesthesia import anesthesia_amount, several_on_a_day
from services.grouper.domain.professional.lines import Anesthesia, Payable, Refused, Schedule
from services.grouper.domain.professional.localities import Place, place_of
from services.grouper.domain.professional.omissions import left_out_of
from services.grouper.domain.professional.payments import allowed, anesthesia_line, refused_line
from services.grouper.domain.professional.rules import MpfsRules
from services.grouper.domain.professional.rulings import ruled
from services.grouper.domain.professional.services import ProfessionalServices
from shared.tables import Table, Tables, codes, mpfs

_OTHERS_PAYABLE = "paid only where nothing else of the day is payable by the schedule (status T); bundled into the rest"
_ONE_ANESTHESIA = "several anaesthesia services of a day are paid as one, by the highest base units and the whole time"

_Examined = Payable | Anesthesia | Refused


def price(services: ProfessionalServices, rules: MpfsRules, tables: Tables) -> Estimate:
    """What Medicare would allow for each line and in all, with the arithmetic of each amount and its source.

    A line that is not supported has no amount, and the total is without it; `left_out` says so. Raises UnknownLocality
    where the locality that was given does not exist.
    """
    places = [place_of(services, line, tables) for line in services.lines]
    schedule = Schedule(services, rules, tables)
    examined = _without_others_only(
        [schedule.examined(position, line, places[position].locality) for position, line in enumerate(services.lines)]
    )
    lines = _priced(examined, services, rules, tables)
    amounts = [line.amount for line in lines if line.amount is not None]
    return Estimate(
        method="mpfs",
        as_of=services.last_day,
        total=sum(amounts, Decimal(0)) if amounts else None,
        lines=lines,
        left_out=tuple(left_out_of(services, lines, places)),
        releases=tuple(_releases(services, places, examined, tables)),
    )


def _priced(
    examined: Sequence[_Examined], services: ProfessionalServices, rules: MpfsRules, tables: Tables
) -> tuple[PricedLine, ...]:
    shares = ruled([one for one in examined if isinstance(one, Payable)], rules, tables)
    together = several_on_a_day([one for one in examined if isinstance(one, Anesthesia)])
    lines = []
    for one in examined:
        if isinstance(one, Payable):
            share = shares[one.position]
            lines.append(refused_line(share) if isinstance(share, Refused) else allowed(share, services, rules, tables))
        elif isinstance(one, Anesthesia):
            lines.append(_anesthesia(one, together, services, rules, tables))
        else:
            lines.append(refused_line(one))
    return tuple(lines)


def _anesthesia(
    service: Anesthesia, together: set[int], services: ProfessionalServices, rules: MpfsRules, tables: Tables
) -> PricedLine:
    if service.position in together:
        return refused_line(service.refused(_ONE_ANESTHESIA))
    amount = anesthesia_amount(service, services, rules, tables)
    if isinstance(amount, Refused):
        return refused_line(amount)
    return anesthesia_line(service, amount, services, rules)


def _without_others_only(examined: Sequence[_Examined]) -> list[_Examined]:
    """Services with status T beside another payable service of their day are packaged into it."""
    days = {one.day for one in examined if not isinstance(one, Refused) and one.status != "T"}
    return [
        one.refused("packaged", _OTHERS_PAYABLE)
        if isinstance(one, Payable) and one.status == "T" and one.day in days
        else one
        for one in examined
    ]


def _releases(
    services: ProfessionalServices, places: Sequence[Place], examined: Sequence[_Examined], tables: Tables
) -> Iterator[UsedRelease]:
    used: list[Table[Any]] = [mpfs.RVU, codes.PLACE_OF_SERVICE]
    used += [mpfs.GPCI] if any(place.locality != mpfs.NATIONAL for place in places) else []
    used += [mpfs.ZIP_CODES] if any(place.is_by_zip_code for place in places) else []
    used += [mpfs.ANESTHESIA] if any(isinstance(one, Anesthesia) for one in examined) else []
    days = sorted({services.day_of(line) for line in services.lines})
    for table in used:
        names = {tables.release(table, day).name for day in days if tables.carries(table, day)}
        yield from (UsedRelease(table=table.name, release=name) for name in sorted(names))
