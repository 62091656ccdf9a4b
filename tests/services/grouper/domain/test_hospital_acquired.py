"""Hospital-acquired conditions by hand, from appendix I of the Definitions Manual, and all of them against the engine.

The principal diagnosis is I50.21 (MDC 5, heart failure): DRG 291 with an MCC, 292 with a CC, 293 without either.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import pytest

from services.grouper.domain.engine import GrouperAnswer
from services.grouper.domain.explained import Explanation
from services.grouper.domain.explanation import explain
from services.grouper.domain.grouping import GroupedStay, grouper_input
from services.grouper.domain.hospital_acquired import hacs_met
from services.grouper.domain.stays import Stay
from shared.tables import Tables, msdrg
from tests.services.grouper.stays import a_grouper, a_stay, decide, drg_of, reasons_of

DAY = date(2026, 11, 20)
STAYS = 1500
Poa = str | None


def acquired(code: str, poa: Poa = "N") -> dict[str, Poa]:
    return {"code": code, "poa": poa}


def explained(stay: Stay) -> Explanation:
    async def asked() -> Explanation:
        grouper = a_grouper()
        tables = grouper.tables.current()
        grouped = await grouper.group_stay(stay, tables)
        assert isinstance(grouped, GroupedStay)
        return await explain(grouper.engine, tables, grouped)

    return asyncio.run(asked())


@pytest.mark.parametrize(
    ("code", "number", "title", "initial"),
    [
        ("T81500A", 1, "Foreign Object Retained After Surgery", "292"),
        ("T800XXA", 2, "Air Embolism", "291"),
        ("T8030XA", 3, "Blood Incompatibility", "292"),
        ("L89153", 4, "Stage III and IV Pressure Ulcers", "291"),
        ("L89154", 4, "Stage III and IV Pressure Ulcers", "291"),
        ("S72001A", 5, "Falls and Trauma", "291"),
        ("T83511A", 6, "Catheter-Associated Urinary Tract Infection (UTI)", "292"),
        ("T80211A", 7, "Vascular Catheter-Associated Infection", "292"),
        ("E1110", 9, "Manifestations of Poor Glycemic Control", "291"),
    ],
)
def test_a_condition_that_its_diagnosis_alone_makes(code: str, number: int, title: str, initial: str) -> None:
    found = explained(a_stay("I5021", acquired(code)))
    principal, secondary = found.diagnoses
    assert (principal.hacs, principal.standing) == ((), "principal")
    assert [(hac.number, hac.title) for hac in secondary.hacs] == [(number, title)]
    assert (secondary.standing, secondary.initial_level, secondary.final_level) == (
        "hospital-acquired",
        {"291": "MCC", "292": "CC"}[initial],
        "NCC",
    )
    assert (found.hospital_acquired.initial_drg, found.hospital_acquired.final_drg) == (initial, "293")


def test_a_pressure_ulcer_of_another_stage_is_none() -> None:
    [_, ulcer] = explained(a_stay("I5021", acquired("L89152"))).diagnoses
    assert (ulcer.hacs, ulcer.standing) == ((), "not-a-cc")


@pytest.mark.parametrize(
    ("stay", "number", "initial", "final"),
    [
        # HAC 08: mediastinitis after coronary bypass (bypass without catheterisation: 235 with MCC, 236 without).
        (a_stay("I2510", acquired("J9851"), procedures=("021009W",)), 8, "235", "236"),
        # HAC 10: pulmonary embolism with a hip or knee replacement (469 and 470: with and without MCC).
        (a_stay("M1711", acquired("I2699"), procedures=("0SRC0J9",)), 10, "469", "470"),
        # HAC 11: infection after bariatric surgery for morbid obesity (619 to 621: with MCC, with CC, without either).
        (a_stay("E6601", acquired("T8141XA"), procedures=("0D16479",)), 11, "620", "621"),
        # HAC 12: infection after certain orthopaedic procedures of the shoulder (507: major shoulder or elbow joint).
        (a_stay("M19011", acquired("T8460XA"), procedures=("0RQJ0ZZ",)), 12, None, None),
        # HAC 13: infection after a cardiac device.
        (a_stay("I495", acquired("T827XXA"), procedures=("0JH606Z", "02H63JZ", "02HK3JZ")), 13, None, None),
        # HAC 14: iatrogenic pneumothorax with a venous catheter.
        (a_stay("I5021", acquired("J95811"), procedures=("02HV33Z",)), 14, "292", "293"),
    ],
)
def test_a_condition_that_needs_a_procedure_is_none_without_it(
    stay: Stay, number: int, initial: str | None, final: str | None
) -> None:
    found = explained(stay)
    assert [hac.number for hac in found.diagnoses[1].hacs] == [number]
    assert found.diagnoses[1].standing == "hospital-acquired"
    if initial is not None:
        assert (found.drg.initial_drg, found.drg.drg) == (initial, final)
    alone = explained(stay.model_copy(update={"procedures": ()}))
    assert (alone.diagnoses[1].hacs, alone.diagnoses[1].standing) == ((), "counts")


def test_the_infection_beside_an_infected_urinary_catheter_belongs_to_the_condition() -> None:
    # HAC 06 keeps N39.0 from counting too, where T83.511A is there.
    found = explained(a_stay("I5021", acquired("T83511A"), acquired("N390")))
    assert [one.standing for one in found.diagnoses] == ["principal", "hospital-acquired", "hospital-acquired"]
    assert (found.drg.initial_drg, found.drg.drg) == ("292", "293")
    [_, alone] = explained(a_stay("I5021", acquired("N390"))).diagnoses
    assert (alone.hacs, alone.standing) == ((), "counts")


@pytest.mark.parametrize(
    ("poa", "standing", "final"),
    [
        ("Y", "counts", "291"),
        ("W", "counts", "291"),  # clinically undetermined: paid
        ("N", "hospital-acquired", "293"),
        ("U", "hospital-acquired", "293"),  # documentation insufficient: not paid
    ],
)
def test_the_indicator_says_whether_a_condition_counts(poa: str, standing: str, final: str) -> None:
    # CMS, Hospital-Acquired Conditions: CMS pays the CC/MCC DRG for Y and W, not for N and U.
    found = explained(a_stay("I5021", acquired("L89153", poa)))
    ulcer = found.diagnoses[1]
    assert (ulcer.poa, ulcer.standing, ulcer.initial_level) == (poa, standing, "MCC")
    assert [hac.number for hac in ulcer.hacs] == [4]
    assert (found.drg.initial_drg, found.drg.drg) == ("291", final)


@pytest.mark.parametrize("poa", ["N", "U", None])
def test_nothing_is_held_against_a_hospital_that_does_not_report(poa: Poa) -> None:
    found = explained(a_stay("I5021", acquired("L89153", poa), poa_exempt=True))
    assert found.hospital_acquired.hospital_exempt
    assert found.hospital_acquired.effect == "no hospital-acquired condition is held against the stay"
    assert (found.diagnoses[1].standing, found.diagnoses[1].final_level, found.drg.drg) == ("counts", "MCC", "291")


def test_what_the_conditions_change_is_said_in_words() -> None:
    changed = explained(a_stay("I5021", acquired("L89153")))
    assert changed.hospital_acquired.effect == "the DRG is another without the hospital-acquired conditions"
    same = explained(a_stay("I5021", acquired("L89153"), "J9601"))
    assert same.hospital_acquired.effect == "the DRG is the same without the hospital-acquired conditions"
    assert [one.final_level for one in same.diagnoses] == ["NCC", "NCC", "MCC"]
    assert same.drg.return_code == "grouped without error"


def test_the_diagnoses_of_a_drg_carry_the_condition_that_took_their_level() -> None:
    ulcer = drg_of(a_stay("I5021", acquired("L89153"))).diagnoses[1]
    assert (ulcer.severity, ulcer.flags) == ("NONE", ("hac-04", "listed-as-mcc"))


def test_every_condition_without_an_indicator_is_pointed_at() -> None:
    stay = a_stay("I5021", acquired("L89153", None), acquired("T80211A", "1"), acquired("S72001A"))
    assert reasons_of(stay) == [
        ("grouper-hac-missing-one-poa", "/diagnoses/1/poa"),
        ("grouper-hac-missing-one-poa", "/diagnoses/2/poa"),
    ]
    [first, _] = decide(stay).reasons
    assert first.message == "a possible hospital-acquired condition has no valid POA indicator"


def test_a_condition_of_several_lists_is_named_once() -> None:
    infection = drg_of(a_stay("E6601", acquired("T8141XA"), procedures=("0D16479",))).diagnoses[1]
    assert infection.flags == ("hac-11", "listed-as-cc")


def test_whether_a_code_is_exempt_from_reporting_is_not_known_without_a_list() -> None:
    assert {one.poa_exempt for one in explained(a_stay("I5021", "Z794")).diagnoses} == {None}


def test_a_condition_has_the_title_of_its_version(embedded_tables: Tables) -> None:
    titles = {
        day.year: msdrg.hospital_acquired_conditions(embedded_tables, day)[14].title
        for day in (date(2023, 11, 1), date(2026, 11, 1))
    }
    # Definitions Manual v41 and v44, appendix I.
    assert titles == {
        2023: "Iatrogenic pneumothorax w/ venous catheterization",
        2026: "Iatrogenic Pneumothorax with Venous Catheterization",
    }
    assert list(msdrg.hospital_acquired_conditions(embedded_tables, DAY)) == list(range(1, 15))


def some_stays(tables: Tables) -> Iterator[Stay]:
    """Stays whose codes are on the lists of the conditions, with every indicator that lets them be grouped."""
    chance = random.Random(14)
    listed: dict[str, list[str]] = defaultdict(list)
    for code, diagnoses in tables.on(msdrg.DIAGNOSES, DAY).store.items():
        for name in {name for row in diagnoses if row.last >= DAY for name in row.hac_lists}:
            listed[name].append(code)
    for code, procedures in tables.on(msdrg.PROCEDURES, DAY).store.items():
        for name in {name for row in procedures if row.last >= DAY for name in row.lists if name.endswith("_proc")}:
            listed[name].append(code)
    for _ in range(STAYS):
        numbers = chance.choices(range(1, 15), k=chance.randint(1, 3))
        codes = dict.fromkeys(chance.choice(listed[f"HAC{number:02}"]) for number in numbers)
        operations = [chance.choice(listed[f"hac{number:02}_proc"] or ["3E0G76Z"]) for number in numbers]
        yield a_stay(
            chance.choice(("I5021", "I2510", "M1711", "E6601", "E66813")),
            *(acquired(code, chance.choice("YNUW")) for code in codes),
            procedures=tuple(operations[: chance.randint(0, 3)]),
        )


def test_the_conditions_of_random_stays_are_those_of_the_engine(embedded_tables: Tables) -> None:
    grouper, seen = a_grouper(), set[int]()
    stays = list(some_stays(embedded_tables))
    inputs = [grouper_input(stay, grouper.rules) for stay in stays]
    answers = asyncio.run(grouper.engine.group(inputs))
    for stay, answer in zip(stays, answers, strict=True):
        assert isinstance(answer, GrouperAnswer)
        theirs = {one.code: sorted(set(one.hacs)) for one in answer.diagnoses if not one.excluded}
        rows = [msdrg.grouped_diagnosis(embedded_tables, one.code, DAY) for one in stay.diagnoses]
        procedures = [msdrg.grouped_procedure(embedded_tables, one.code, DAY) for one in stay.procedures]
        met = hacs_met(embedded_tables, rows, procedures, DAY)
        for diagnosis, hacs in list(zip(stay.diagnoses, met, strict=True))[1:]:
            numbers = [hac.number for hac in hacs] if diagnosis.poa in ("N", "U") else []
            assert theirs.get(str(diagnosis.code), numbers) == numbers, stay
            seen.update(numbers)
    assert seen == set(range(1, 15))
