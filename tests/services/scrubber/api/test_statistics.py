"""The scrubber's figures by a day and a half of work, each worked out by hand, and the claims behind them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from services.scrubber.consumers import handler_table
from services.scrubber.passage_store import PassageRow
from shared.db import Context
from shared.events.contracts import ChartCoded
from tests.builders import (
    BILLING_NPI,
    FACILITY_NPI,
    a_professional_claim,
    a_professional_line,
    a_subscriber,
    commercial,
    medicare,
)
from tests.services.scrubber.cases import a_scrubber
from tests.services.scrubber.conftest import BILLER, LEAD, if_match

ID = "0193628d-58f5-7a70-8d2e-7a3d8ef0a00{}"
TWO_DAYS = {"from": "2026-11-24", "through": "2026-11-25"}
NO_NPI = a_professional_claim().with_billing(npi=None).fields["billing"]
REASON = "The payer asked for it by letter of 2026-11-02"
QUESTION = "How many units were given to the patient?"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def a_claim(number, *, charge="125.00", units="1", service_from="2026-11-16", **changes):
    """One line, for a patient of its own, clean unless it is changed."""
    line = a_professional_line(charge=charge, units=units, service_from=service_from)
    patient = commercial(subscriber=a_subscriber(f"W2004511{number}"))
    claim = a_professional_claim().with_lines(line).with_coverages(patient).but(**changes)
    return claim.but(id=ID.format(number)).build()


def path(number, step=""):
    return f"/v1/claims/{ID.format(number)}{step}"


@pytest.fixture
def coded(claims_database, clock):
    """`await coded(claim, 1, "ana")` is what the consumer does with a chart that ana has finalized."""

    async def coded(claim, revision, coder):
        event = ChartCoded(claim=claim, revision=revision, chart_id="C-1", coder=coder, coded_at=clock())
        context = Context(tenant="mercy", actor="system:scrubber", request_id="e-1", at=clock())
        async with claims_database.unit_of_work(context) as uow:
            await handler_table(a_scrubber())[ChartCoded](uow, event)

    return coded


@pytest.fixture
def finn(caller):
    return caller("finn", ("stats:read",), role="finance")


@pytest.fixture
async def worked(arrives, coded, caller, clock):
    """What billers did on Tuesday, 24 November 2026 from 8:00 on, and on the Wednesday.

    1  clean                                    cleared 8:00
    2  0 units                                  patched 10:00                                 2 hours
    3  no NPI, Medicare                         let pass 12:00                                4 hours
    4  0 units and no NPI, 75.00                still held
    5  0 units, ana's                           returned 13:00, back from ben Wednesday 9:00 and clean
    6  service of Wednesday, at FACILITY_NPI    checked again Wednesday 9:00, cleared        25 hours
    """
    await arrives(a_claim(1), coder="ana")
    await arrives(a_claim(2, units="0"))
    await arrives(a_claim(3, billing=NO_NPI, coverages=(medicare(),)))
    await arrives(a_claim(4, units="0", charge="75.00", billing=NO_NPI))
    await arrives(a_claim(5, units="0"), coder="ana")
    place = {"organization": "CLINIC", "npi": FACILITY_NPI, "address": NO_NPI["address"]}
    await arrives(a_claim(6, service_from="2026-11-25", service_facility=place))
    await coded(a_claim(2), 1, "ben")  # the grouper was faster
    clock.advance(timedelta(hours=2))
    mend = [{"op": "replace", "path": "/lines/0/units", "value": "1"}]
    assert (await caller("bea", BILLER).patch(path(2), json=mend, headers=if_match(1))).json()["status"] == "cleared"
    clock.advance(timedelta(hours=2))
    passed = {"overrides": [{"edit_id": "billing-npi-missing", "reason": REASON}]}
    released = await caller("lea", LEAD).post(path(3, "/release"), json=passed, headers=if_match(1))
    assert released.json()["status"] == "cleared"
    clock.advance(timedelta(hours=1))
    question = {"reasons": [{"code": "units-positive", "message": QUESTION, "pointer": "/lines/0/units"}]}
    assert (await caller("bea", BILLER).post(path(5, "/return"), json=question, headers=if_match(1))).status_code == 200
    clock.advance(timedelta(hours=20))
    await arrives(a_claim(5), revision=6, coder="ben")
    await caller("bea", BILLER).post("/v1/claims:recheck", json={"edit_id": "service-date-future"})


async def figures(caller, name, **query):
    response = await caller.get(f"/v1/stats/{name}", params=TWO_DAYS | query)
    assert response.status_code == 200, response.text
    return response.json()["figures"]


async def behind(caller, figure, **query):
    """Last digits of the ids of the claims behind a figure, each with its passage."""
    query = TWO_DAYS | {"figure": figure} | query
    response = await caller.get("/v1/stats/claims", params=query)
    assert response.status_code == 200, response.text
    return [f"{one['claim_id'][-1]}.{one['passage']}" for one in response.json()["items"]]


async def rates(caller, **query):
    names = ("of", "came", "clean", "clean_claim_rate", "cleared", "touchless", "touchless_rate")
    return [tuple(figure[name] for name in names) for figure in await figures(caller, "rates", **query)]


async def test_the_figures_by_hand_and_the_claims_behind_them(worked, finn):
    await check_rates(finn)
    await check_top_edits(finn)
    await check_times_to_fix(finn)
    await check_tables(finn)


async def check_rates(finn):
    """Clean is only claim 1 of 6. Of 5 that were cleared nobody touched 1 and 6: 5 had gone back to its coder."""
    assert await rates(finn) == [("all", 6, 1, "0.1667", 5, 2, "0.4000")]
    assert await rates(finn, by="day") == [
        ("2026-11-24", 6, 1, "0.1667", 3, 1, "0.3333"),
        ("2026-11-25", 0, 0, None, 2, 1, "0.5000"),
    ]
    assert await rates(finn, by="week") == [("2026-W48", 6, 1, "0.1667", 5, 2, "0.4000")]
    assert await rates(finn, by="month") == [("2026-11", 6, 1, "0.1667", 5, 2, "0.4000")]
    assert await rates(finn, by="payer") == [
        ("MCAREB", 1, 0, "0.0000", 1, 0, "0.0000"),
        ("MHP01", 5, 1, "0.2000", 4, 2, "0.5000"),
    ]
    assert await rates(finn, by="coder") == [
        ("", 3, 0, "0.0000", 2, 1, "0.5000"),
        ("ana", 2, 1, "0.5000", 1, 1, "1.0000"),
        ("ben", 1, 0, "0.0000", 2, 0, "0.0000"),
    ]
    assert await rates(finn, by="facility") == [
        ("", 2, 0, "0.0000", 1, 0, "0.0000"),
        (BILLING_NPI, 3, 1, "0.3333", 3, 1, "0.3333"),
        (FACILITY_NPI, 1, 0, "0.0000", 1, 1, "1.0000"),
    ]
    assert await behind(finn, "came") == ["1.1", "2.1", "3.1", "4.1", "5.1", "6.1"]
    assert await behind(finn, "clean") == ["1.1"]
    assert await behind(finn, "cleared") == ["1.1", "2.1", "3.1", "5.2", "6.1"]
    assert await behind(finn, "touchless") == ["1.1", "6.1"]
    assert await behind(finn, "cleared", coder="ben") == ["2.1", "5.2"]
    assert await behind(finn, "came", facility="") == ["3.1", "4.1"]


async def check_top_edits(finn):
    names = ("of", "edit_id", "findings", "claims", "value", "overridden", "share_overridden")

    async def top(**query):
        return [tuple(figure[name] for name in names) for figure in await figures(finn, "edits", **query)]

    assert await top() == [
        ("all", "units-positive", 3, 3, "325.00", 0, "0.0000"),
        ("all", "billing-npi-missing", 2, 2, "200.00", 1, "0.5000"),
        ("all", "service-date-future", 1, 1, "125.00", 0, "0.0000"),
    ]
    assert await top(by="payer", limit=2) == [
        ("MHP01", "units-positive", 3, 3, "325.00", 0, "0.0000"),
        ("MCAREB", "billing-npi-missing", 1, 1, "125.00", 1, "1.0000"),
    ]
    assert await top(by="week", payer="MCAREB") == [
        ("2026-W48", "billing-npi-missing", 1, 1, "125.00", 1, "1.0000"),
    ]
    assert [figure["title"] for figure in await figures(finn, "edits", limit=1)] == [
        next(edit.title for edit in a_scrubber().edits.edits if edit.id == "units-positive")
    ]
    assert await behind(finn, "held", edit="units-positive") == ["2.1", "4.1", "5.1"]
    assert await behind(finn, "overridden", edit="billing-npi-missing") == ["3.1"]


async def check_times_to_fix(finn):
    """2, 4 and 25 hours: half within 4, nine in ten within 25."""
    assert await figures(finn, "time-to-fix") == [
        {"of": "all", "fixed": 3, "median_hours": "4.00", "p90_hours": "25.00"}
    ]
    assert await figures(finn, "time-to-fix", by="day") == [
        {"of": "2026-11-24", "fixed": 2, "median_hours": "2.00", "p90_hours": "4.00"},
        {"of": "2026-11-25", "fixed": 1, "median_hours": "25.00", "p90_hours": "25.00"},
    ]
    assert await behind(finn, "fixed") == ["2.1", "3.1", "6.1"]
    assert await figures(finn, "time-to-fix", coder="nobody") == [
        {"of": "all", "fixed": 0, "median_hours": None, "p90_hours": None}
    ]


async def check_tables(finn):
    """The same figures as CSV, with the names of the fields where there is none."""

    async def table(name, **query):
        response = await finn.get(f"/v1/stats/{name}", params=TWO_DAYS | query, headers={"Accept": "text/csv"})
        assert response.headers["content-type"].startswith("text/csv")
        return list(csv.DictReader(io.StringIO(response.text)))

    [row] = await table("rates")
    assert (row["of"], row["came"], row["clean_claim_rate"], row["touchless_rate"]) == ("all", "6", "0.1667", "0.4000")
    assert (await table("edits"))[0]["edit_id"] == "units-positive"
    [row] = await table("time-to-fix")
    assert row == {"of": "all", "fixed": "3", "median_hours": "4.00", "p90_hours": "25.00"}
    empty = {"from": "2026-01-01", "through": "2026-01-02"}
    head = await finn.get("/v1/stats/edits", params=empty, headers={"Accept": "text/csv"})
    assert head.text == "of,edit_id,findings,claims,value,overridden,share_overridden,title\r\n"


async def test_percentiles_are_times_of_claims_by_nearest_rank_in_each_group(claims_database, clock, finn):
    """The rank is a half, or nine tenths, of all, rounded up: of ten the 5th and 9th, of eleven the 6th and 10th."""
    context = Context(tenant="mercy", actor="ana", request_id="r-1", at=clock())
    async with claims_database.unit_of_work(context) as uow:
        for size, facility in ((1, "one"), (2, "two"), (10, "ten"), (11, "eleven")):
            for hour in range(1, size + 1):
                uow.session.add(a_passage(f"{facility}-{hour}", facility=facility, seconds_to_fix=hour * 3600))
    found = await figures(finn, "time-to-fix", by="facility")
    assert {one["of"]: (one["median_hours"], one["p90_hours"]) for one in found} == {
        "one": ("1.00", "1.00"),
        "two": ("1.00", "2.00"),
        "ten": ("5.00", "9.00"),
        "eleven": ("6.00", "10.00"),
    }


async def test_weeks_begin_on_monday_also_where_a_year_ends(claims_database, clock, finn):
    """ISO 8601: 3 January 2027 is the Sunday of week 53 of 2026, the day after it the Monday of week 1."""
    days = (date(2026, 12, 27), date(2026, 12, 28), date(2027, 1, 3), date(2027, 1, 4))
    async with claims_database.unit_of_work(Context("mercy", "ana", "r-1", clock())) as uow:
        for number, day in enumerate(days):
            uow.session.add(a_passage(f"c-{number}", came_on=day))
    span = {"from": "2026-12-01", "through": "2027-01-31"}
    by_week = (await finn.get("/v1/stats/rates", params=span | {"by": "week"})).json()["figures"]
    assert [(one["of"], one["came"]) for one in by_week] == [("2026-W52", 1), ("2026-W53", 2), ("2027-W01", 1)]
    by_month = (await finn.get("/v1/stats/rates", params=span | {"by": "month"})).json()["figures"]
    assert [(one["of"], one["came"]) for one in by_month] == [("2026-12", 2), ("2027-01", 2)]


def a_passage(claim_id, **fields):
    """A claim that was held and cleared on 24 November."""
    at = datetime(2026, 11, 24, 8, tzinfo=UTC)
    usual = {
        "tenant": "mercy",
        "claim_id": claim_id,
        "number": 1,
        "revision": 2,
        "kind": "professional",
        "payer": "MHP01",
        "facility": BILLING_NPI,
        "coder": "ana",
        "total_charge": Decimal("125.00"),
        "came_at": at,
        "came_on": at.date(),
        "clean": False,
        "touched": True,
        "status": "cleared",
        "ended_at": at,
        "ended_on": at.date(),
        "seconds_to_fix": 3600,
    }
    return PassageRow(**usual | fields)


@SQLITE
async def test_every_group_adds_up_to_all_and_every_figure_to_its_claims(worked, finn):
    [all_rates] = await figures(finn, "rates")
    for by in ("payer", "coder", "facility", "kind", "day", "week", "month"):
        groups = await figures(finn, "rates", by=by)
        for name in ("came", "clean", "cleared", "touchless"):
            assert sum(group[name] for group in groups) == all_rates[name]
            if by == "coder":
                for group in groups:
                    assert len(await behind(finn, name, **{by: group["of"]})) == group[name]
        assert sum(group["fixed"] for group in await figures(finn, "time-to-fix", by=by)) == 3
    for edit in await figures(finn, "edits"):
        assert len(await behind(finn, "held", edit=edit["edit_id"])) == edit["claims"]


@SQLITE
async def test_a_claim_that_one_edit_holds_twice_counts_once(arrives, bea, finn):
    await arrives(a_claim(1, units="0"), coder="ana")
    question = {"reasons": [{"code": "units-positive", "message": QUESTION, "pointer": "/lines/0/units"}]}
    await bea.post(path(1, "/return"), json=question, headers=if_match(1))
    await arrives(a_claim(1, units="-1"), revision=6)
    [edit] = await figures(finn, "edits")
    assert (edit["findings"], edit["claims"], edit["value"]) == (2, 1, "125.00")
    assert await behind(finn, "held", edit="units-positive") == ["1.2"]
    assert (await rates(finn))[0][:3] == ("all", 1, 0)


@SQLITE
async def test_a_held_claim_that_was_coded_anew_meanwhile_is_not_held_any_more(arrives, finn):
    """A late charge: nobody has touched the claim here, and what was held has not been mended here either."""
    await arrives(a_claim(1, units="0"), coder="ana")
    await arrives(a_claim(1), revision=6, coder="ana")
    assert await rates(finn) == [("all", 1, 0, "0.0000", 1, 1, "1.0000")]
    assert (await figures(finn, "time-to-fix"))[0]["fixed"] == 0
    query = TWO_DAYS | {"figure": "came"}
    [first] = (await finn.get("/v1/stats/claims", params=query)).json()["items"]
    assert (first["passage"], first["status"], first["hours_to_fix"]) == (1, "replaced", None)


@SQLITE
async def test_the_claims_behind_come_page_by_page_and_say_nothing_of_the_patient(worked, finn):
    async def page(**query):
        return (await finn.get("/v1/stats/claims", params=TWO_DAYS | {"figure": "cleared", "limit": 3} | query)).json()

    first = await page()
    rest = await page(cursor=first["next_cursor"])
    assert [one["claim_id"][-1] for one in first["items"] + rest["items"]] == ["1", "2", "3", "5", "6"]
    assert rest["next_cursor"] is None
    assert first["items"][1] == {
        "claim_id": ID.format(2),
        "passage": 1,
        "kind": "professional",
        "payer": "MHP01",
        "facility": BILLING_NPI,
        "coder": "ben",
        "total_charge": "125.00",
        "came_at": "2026-11-24T08:00:00Z",
        "clean": False,
        "touched": True,
        "status": "cleared",
        "ended_at": "2026-11-24T10:00:00Z",
        "hours_to_fix": "2.00",
    }
    other = TWO_DAYS | {"figure": "came", "cursor": first["next_cursor"]}
    assert (await finn.get("/v1/stats/claims", params=other)).json()["code"] == "invalid_cursor"


@SQLITE
async def test_a_coder_sees_the_own_figures_and_a_stranger_none(worked, caller):
    ben = caller("ben", ("stats:read",), role="coder")
    assert await rates(ben) == [("all", 1, 0, "0.0000", 2, 0, "0.0000")]
    assert await behind(ben, "cleared") == ["2.1", "5.2"]
    for name in ("rates", "edits", "time-to-fix", "claims"):
        query = TWO_DAYS | ({"figure": "came"} if name == "claims" else {})
        others = await ben.get(f"/v1/stats/{name}", params=query | {"coder": "ana"})
        assert others.status_code == 403
        assert (await caller("lea", LEAD).get(f"/v1/stats/{name}", params=query)).status_code == 403
    stranger = caller("eve", ("stats:read",), tenant="north", role="finance")
    assert await rates(stranger) == [("all", 0, 0, None, 0, 0, None)]
    assert await behind(stranger, "came") == []
    assert await figures(stranger, "edits") == []


@SQLITE
async def test_what_is_no_question_is_refused(finn):
    for name, query in (
        ("rates", {"from": "2026-11-30", "through": "2026-11-01"}),
        ("edits", {"from": "2025-01-01", "through": "2026-11-01"}),
        ("time-to-fix", TWO_DAYS | {"by": "patient"}),
        ("claims", TWO_DAYS),
        ("claims", TWO_DAYS | {"figure": "held"}),
        ("claims", TWO_DAYS | {"figure": "came", "edit": "units-positive"}),
        ("edits", TWO_DAYS | {"limit": "201"}),
    ):
        assert (await finn.get(f"/v1/stats/{name}", params=query)).status_code == 422, (name, query)
