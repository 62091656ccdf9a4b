"""The I/OCE's tables of codes, APCs, modifiers, revenue codes, diagnoses, edits and composites, out of package `pyoce`.

Its rows say from which version of the I/OCE to which they hold, and each version is a quarter. Numbers 0 and 1 stand
there as False and True. `apc_payment` is in cents: all 972 APCs with a rate in Addendum A of CY2025 have, rounded to
the cent, the same in its 2025Q1. Sex flags are empty in the package. Of short descriptions, only those of HCPCS Level
II are taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

from shared.tables import hcpcs, ioce
from shared.tables.embedded import pyoce
from shared.tables.embedded.source import EmbeddedSource
from shared.tables.formats import Reading
from shared.tables.spans import day_of
from shared.tables.table import Table

_DAY = timedelta(days=1)
_NO_APC = "00000"
_LONG_AFTER = date(2030, 1, 1)
"""A last day after this one stands for none."""
_BILATERAL = ("conditional", "independent", "inherent")
_DISPOSITIONS = {1: "CR", 2: "CD", 3: "RTP", 4: "SUS", 5: "LIR", 6: "LID"}
_FACTS_OF_THEIR_OWN = frozenset(
    {"lo_age", "hi_age", "sex", "payment_indicator", "mid_quarter_date_edit", "date_approved", "date_terminated"}
    | {"lo_version", "hi_version", "ncci_code1", "ncci_code2", *(f"bilateral_{kind}" for kind in _BILATERAL)}
)
"""What is a field of its own in our row, or of another table, and no list of the I/OCE."""

Dated = TypeVar("Dated", bound=ioce.DatedRow)
_Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Version:
    """A row of the package, with its days for its versions."""

    code: str
    first: date
    last: date
    facts: _Facts
    listed_from: date
    listed_through: date


class PyoceOpps(EmbeddedSource):
    packages = ("pyoce",)

    def read(self) -> Iterator[Reading[Any]]:
        yield _history(ioce.PROCEDURES, "data_hcpcs", _procedure)
        yield _history(ioce.APCS, "data_apc", _apc, key=lambda apc: apc[1:])
        yield _history(ioce.STATUS_INDICATORS, "data_status_indicator", _wording)
        yield _history(ioce.PAYMENT_INDICATORS, "data_payment_indicator", _wording)
        yield _history(ioce.MODIFIERS, "data_modifier", _modifier)
        yield _history(ioce.REVENUE, "data_revenue", _revenue, key=lambda code: code.zfill(4))
        yield _history(ioce.DIAGNOSES, "data_dx10", _diagnosis)
        yield _history(ioce.COMPREHENSIVE, "data_capc", _comprehensive)
        yield _history(ioce.COMPLEXITY_ADJUSTMENTS, "map_capc", _complexity, parts=2)
        yield _history(ioce.COMPOSITES, "map_composite", _composite)
        yield _history(ioce.DEVICE_OFFSETS, "offset_hcpcs", _device_offset, key=_without_list, parts=2)
        yield _history(ioce.EDITS, "dsc_edit", _edit)


def _history(
    table: Table[Dated],
    name: str,
    row: Callable[[_Version], Dated],
    key: Callable[[str], str] = lambda code: code,
    parts: int = 1,
) -> Reading[Dated]:
    """`parts` is how many of the parts of a key stand for the code, before the versions."""
    rows = ((key(version.code), row(version)) for version in _versions(name, parts))
    return Reading(table, pyoce.LAST, rows, [pyoce.source()], history_from=pyoce.FIRST_DAY)


def _versions(name: str, parts: int) -> Iterator[_Version]:
    """The rows of a table by code, and of one code the newest first, which is asked for most."""
    for code, stored in groupby(pyoce.rows(name), key=lambda item: b" ".join(item[0].split(b"|")[:parts])):
        quarters = pyoce.quarters()
        spans = sorted(
            (
                (quarters[facts["lo_version"]].first, quarters[facts["hi_version"]].last, facts)
                for _key, facts in stored
            ),
            key=itemgetter(0),
        )
        listed = _without_gaps([(first, last) for first, last, _facts in spans])
        for (first, last, facts), (listed_from, listed_through) in reversed(list(zip(spans, listed, strict=True))):
            yield _Version(code.decode(), first, last, facts, listed_from, listed_through)


def _without_gaps(spans: Sequence[tuple[date, date]]) -> list[tuple[date, date]]:
    """For each of spans in order of time, the span that it makes up with those that adjoin it."""
    runs: list[list[tuple[date, date]]] = []
    for span in spans:
        if runs and runs[-1][-1][1] + _DAY == span[0]:
            runs[-1].append(span)
        else:
            runs.append([span])
    return [(run[0][0], run[-1][1]) for run in runs for _span in run]


def _procedure(of: _Version) -> ioce.ProcedureRow:
    facts = of.facts
    through = day_of(facts["date_terminated"]) if facts["date_terminated"] else None
    return ioce.ProcedureRow(
        of.first,
        of.last,
        listed_from=of.listed_from,
        listed_through=of.listed_through,
        status_indicator=facts["status_indicator"],
        apc=None if facts["apc"] == _NO_APC else facts["apc"][1:],
        payment_indicator=str(int(facts["payment_indicator"])),
        minimum_age=int(facts["lo_age"]),
        maximum_age=int(facts["hi_age"]),
        bilateral=next((kind for kind in _BILATERAL if facts[f"bilateral_{kind}"]), ""),
        lists=tuple(_lists(facts)),
        approved=day_of(facts["date_approved"]) if facts["date_approved"] else None,
        approved_through=through if through and through < _LONG_AFTER else None,
        period_edit=str(facts["mid_quarter_date_edit"]) if facts["mid_quarter_date_edit"] else None,
        short=facts["description"].strip() if hcpcs.is_level_two(of.code) else "",
    )


def _lists(facts: _Facts) -> Iterator[str]:
    for name, value in facts.items():
        if name in _FACTS_OF_THEIR_OWN or isinstance(value, str) or value is False:
            continue
        yield name if value is True else f"{name}_{value}"


def _apc(of: _Version) -> ioce.ApcRow:
    facts = of.facts
    rate = Decimal(facts["apc_payment"]).scaleb(-2)
    return ioce.ApcRow(of.first, of.last, facts["status_indicator"], str(int(facts["payment_indicator"])), rate)


def _wording(of: _Version) -> ioce.WordingRow:
    return ioce.WordingRow(of.first, of.last, " ".join(of.facts["description"].split()))


def _modifier(of: _Version) -> ioce.ModifierRow:
    facts = of.facts
    return ioce.ModifierRow(
        of.first,
        of.last,
        ncci_associated=facts["ncci"],
        therapy=facts["therapy"],
        assistant_surgeon=facts["assistant_surgeon"],
        telehealth=facts["telehealth"],
        not_discounted=facts["non_discount"],
        device_not_required=facts["device_req_exclusion"],
        died_or_transferred=facts["died_transferred"],
    )


def _revenue(of: _Version) -> ioce.RevenueRow:
    facts = of.facts
    return ioce.RevenueRow(
        of.first,
        of.last,
        status_indicator=facts["status_indicator"],
        recognised=not facts["not_recognized"],
        exempt_from_edit_48=facts["bypass_e48"],
        therapy=facts["therapy"],
        statutory_exclusion=facts["statutory_exclusion"],
        part_b_inpatient=facts["part_b_billable_inpatient"],
    )


def _diagnosis(of: _Version) -> ioce.DiagnosisRow:
    facts = of.facts
    return ioce.DiagnosisRow(
        of.first,
        of.last,
        minimum_age=int(facts["lo_age"]),
        maximum_age=int(facts["hi_age"]),
        external_cause=facts["external_cause"],
        manifestation=facts["manifestation"],
        mental_health=facts["mental_health"],
        unacceptable_principal=facts["unacceptable_pdx"],
        code_first=facts["code_first"],
    )


def _comprehensive(of: _Version) -> ioce.ComprehensiveRow:
    facts = of.facts
    return ioce.ComprehensiveRow(of.first, of.last, int(facts["rank"]), facts["complexity_adjustment"])


def _complexity(of: _Version) -> ioce.ComplexityRow:
    return ioce.ComplexityRow(of.first, of.last, of.facts["apc"][1:])


def _composite(of: _Version) -> ioce.CompositeRow:
    return ioce.CompositeRow(of.first, of.last, of.facts["composite_apc"][1:])


def _device_offset(of: _Version) -> ioce.DeviceOffsetRow:
    return ioce.DeviceOffsetRow(of.first, of.last, Decimal(int(of.facts["amount"])).scaleb(-2))


def _without_list(key: str) -> str:
    """The code after the number of its list; the package has one list of codes, of terminated procedures."""
    return key.partition(" ")[2]


def _edit(of: _Version) -> ioce.EditRow:
    facts = of.facts
    return ioce.EditRow(
        of.first, of.last, facts["name"].strip(), _DISPOSITIONS[facts["disposition_id"]], facts["buffer"]
    )
