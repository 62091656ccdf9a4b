"""The encoder's use cases. Each gets its unit of work or session: load, one decision of the domain, save, tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from services.encoder import document_store, queue_store, store
from services.encoder.audit_store import note_act
from services.encoder.domain.audits.productivity import ActKind
from services.encoder.domain.charts import Chart, FinalizedChart, OpenedChart, Receipt, open_chart
from services.encoder.domain.claims import build_claim
from services.encoder.domain.code_checks import check_codes
from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.facilities import FacilityProfile
from services.encoder.domain.fhir.bundle import read_bundle
from services.encoder.domain.fhir.encounters import encounters_of, facilities_named
from services.encoder.domain.fhir.issues import Issue, Notes
from services.encoder.domain.finalizing import obstacles
from services.encoder.domain.intake import canonical_json, fingerprint, identifier_warnings
from services.encoder.domain.queue.routing import placement_of
from services.encoder.domain.queue.rules import QueueRules
from services.encoder.errors import (
    ChartNotReady,
    EncounterConflict,
    FacilityMismatch,
    InvalidBundle,
    InvalidCodes,
)
from services.encoder.store import Arrival
from shared import audit
from shared.claims import Charge, ClaimId, Coverage, Encounter
from shared.claims.control_numbers import control_number
from shared.db import ReadSession, UnitOfWork, new_id
from shared.errors import StaleVersion
from shared.events import InvalidEvent, emit
from shared.events.contracts import ChartCoded, GrouperReturned, ScrubberReturned
from shared.tables import CodeSets

# -- intake -----------------------------------------------------------------------------------------------------------


async def receive(
    uow: UnitOfWork, encounters: Sequence[Encounter], *, told_at: datetime | None = None
) -> list[Receipt]:
    """Open a chart for each encounter that is new; say of the others whether their content is known. In one go.

    `told_at` is when the EHR said so, where it says that.
    """
    tenant = uow.context.tenant
    rules = await queue_store.rules_on(uow.session, tenant, uow.context.at.date())
    arrivals = [_arrival(uow, encounter, rules, told_at) for encounter in encounters]
    added = await store.add_charts(uow.session, tenant, arrivals) if arrivals else set()
    others = [arrival.chart for arrival in arrivals if arrival.chart.id not in added]
    keys = [(chart.facility_id, chart.encounter_id) for chart in others]
    known = await store.known_charts(uow.session, tenant, keys) if keys else {}
    for arrival in arrivals:
        if arrival.chart.id in added:
            details = {"work_type": arrival.chart.work_type, "warnings": len(arrival.warnings)}
            audit.record(uow, "chart.received", "chart", arrival.chart.id, details)
    return [_receipt(arrival, added, known) for arrival in arrivals]


def _arrival(uow: UnitOfWork, encounter: Encounter, rules: QueueRules, told_at: datetime | None) -> Arrival:
    chart = open_chart(encounter, chart_id=new_id(), claim_id=new_id(), received_at=uow.context.at, told_at=told_at)
    chart = chart.placed(placement_of(chart, rules, uow.context.at.date()))
    text = canonical_json(encounter)
    return Arrival(chart, encounter, text, identifier_warnings(encounter), fingerprint(encounter, text))


def _receipt(arrival: Arrival, added: set[str], known: Any) -> Receipt:
    if arrival.chart.id in added:
        return Receipt(outcome="created", chart=arrival.chart, warnings=arrival.warnings)
    chart, digest = known[arrival.chart.facility_id, arrival.chart.encounter_id]
    outcome: Literal["unchanged", "conflict"] = "unchanged" if digest == arrival.digest else "conflict"
    return Receipt(outcome=outcome, chart=chart, warnings=arrival.warnings)


def refused(receipt: Receipt) -> EncounterConflict:
    """Why an encounter with another content than before was not taken."""
    return EncounterConflict(
        "this facility sent this encounter before with another content; replace it with PUT /v1/charts/{id}/encounter",
        extra={"chart_id": receipt.chart.id},
    )


async def receive_one(uow: UnitOfWork, encounter: Encounter) -> Receipt:
    """Raises EncounterConflict."""
    [receipt] = await receive(uow, [encounter])
    if receipt.outcome == "conflict":
        raise refused(receipt)
    return receipt


async def receive_bundle(uow: UnitOfWork, document: Any) -> tuple[list[Receipt], list[Issue]]:
    """All encounters of a FHIR Bundle or none. Raises InvalidBundle, EncounterConflict."""
    notes = Notes()
    bundle = read_bundle(document, notes)
    profiles = await store.facilities_by_name(uow.session, uow.context.tenant, facilities_named(bundle))
    encounters = encounters_of(bundle, profiles, notes)
    if notes.errors:
        issues = [issue.model_dump() for issue in notes.issues]
        raise InvalidBundle(f"{len(notes.errors)} faults keep the Bundle out", extra={"issues": issues})
    receipts = await receive(uow, encounters)
    for receipt in receipts:
        if receipt.outcome == "conflict":
            raise refused(receipt)
    return receipts, notes.issues


async def replace_encounter(uow: UnitOfWork, chart_id: str, version: int, encounter: Encounter) -> Chart:
    """Take an encounter anew, documents and all, while nobody has coded it. Raises ChartCoded, FacilityMismatch."""
    chart = await _chart_at(uow, chart_id, version)
    if (encounter.facility.id, encounter.id) != (chart.facility_id, chart.encounter_id):
        raise FacilityMismatch("the body is another encounter than the chart's", pointer="/id")
    replaced = await placed(uow, chart.replaced(encounter))
    digest = fingerprint(encounter, canonical_json(encounter))
    await store.save_chart(uow.session, uow.context.tenant, replaced, digest=digest)
    await document_store.replace_documents(uow.session, uow.context.tenant, chart_id, encounter)
    return await _keep_encounter(uow, replaced, encounter, "chart.encounter_replaced")


async def add_charges(uow: UnitOfWork, chart_id: str, charges: Sequence[Charge]) -> Chart:
    """Late charges: one whose id is known takes the place of the old, so that sending them twice changes nothing."""
    chart, content = await _opened(uow, chart_id)
    by_id = {charge.id: charge for charge in (*content.encounter.charges, *charges)}
    return await _update_encounter(uow, chart, content.encounter, "chart.charges_added", charges=tuple(by_id.values()))


async def set_coverages(uow: UnitOfWork, chart_id: str, version: int, coverages: Sequence[Coverage]) -> Chart:
    """The coverages as registration now knows them, in place of those before."""
    chart = await _chart_at(uow, chart_id, version)
    content = await store.get_content(uow.session, uow.context.tenant, chart_id)
    return await _update_encounter(uow, chart, content.encounter, "chart.coverages_set", coverages=tuple(coverages))


async def _update_encounter(
    uow: UnitOfWork, chart: Chart, encounter: Encounter, action: str, **changes: tuple[Any, ...]
) -> Chart:
    changed = encounter.model_copy(update=changes)
    updated = await placed(uow, chart.updated(changed))
    await store.save_chart(uow.session, uow.context.tenant, updated)
    return await _keep_encounter(uow, updated, changed, action)


async def _keep_encounter(uow: UnitOfWork, chart: Chart, encounter: Encounter, action: str) -> Chart:
    warnings = identifier_warnings(encounter)
    await store.save_encounter(uow.session, uow.context.tenant, chart.id, encounter, warnings)
    audit.record(uow, action, "chart", chart.id, {"version": chart.version})
    return chart


# -- facilities -------------------------------------------------------------------------------------------------------


async def set_facility(uow: UnitOfWork, facility_id: str, profile: FacilityProfile) -> FacilityProfile:
    """Raises FacilityMismatch where the profile names another facility."""
    if profile.id != facility_id:
        raise FacilityMismatch("the profile's id is not that of the address", pointer="/id")
    saved = await store.save_facility(uow.session, uow.context.tenant, profile)
    audit.record(uow, "facility.set", "facility", facility_id, {"version": saved.version})
    return saved


# -- coding -----------------------------------------------------------------------------------------------------------


async def open_for_reading(session: ReadSession, tenant: str, chart_id: str) -> OpenedChart:
    """Raises ChartNotFound."""
    chart = await store.get_chart(session, tenant, chart_id)
    content = await store.get_content(session, tenant, chart_id)
    documents = await document_store.list_documents(session, tenant, chart_id)
    return OpenedChart(
        chart=chart,
        encounter=content.encounter,
        documents=tuple(documents),
        codes=content.codes,
        warnings=content.warnings,
    )


async def save_codes(
    uow: UnitOfWork, chart_id: str, version: int, codes: ChartCodes, code_sets: CodeSets, lease: timedelta | None = None
) -> Chart:
    """Whoever codes has the chart for another `lease`. Raises StaleVersion, ChartOwned, ChartClosed, InvalidCodes."""
    chart = await _chart_at(uow, chart_id, version)
    coded = chart.coded_by(uow.context.actor, None if lease is None else uow.context.at + lease)
    if chart.query_answered:
        coded = await placed(uow, coded)
    content = await store.get_content(uow.session, uow.context.tenant, chart_id)
    if problems := check_codes(codes, content.encounter, code_sets):
        raise InvalidCodes(problems, f"{len(problems)} faults in the codes")
    await store.save_codes(uow.session, uow.context.tenant, chart_id, codes)
    await store.save_chart(uow.session, uow.context.tenant, coded)
    counted = {"diagnoses": len(codes.diagnoses), "procedures": len(codes.procedures), "version": coded.version}
    audit.record(uow, "chart.coded", "chart", chart_id, counted)
    await note_act(uow, coded, ActKind.CODED)
    return coded


async def finalize(uow: UnitOfWork, chart_id: str, version: int, code_sets: CodeSets) -> FinalizedChart:
    """Make the claim and send it down the line. Raises StaleVersion, ChartOwned, ChartClosed, ChartNotReady."""
    chart = await _chart_at(uow, chart_id, version)
    number = chart.control_number or control_number(chart.claim_id, 1)
    finalized = chart.finalized_by(uow.context.actor, number)
    content = await store.get_content(uow.session, uow.context.tenant, chart_id)
    faults = [
        problem.model_copy(update={"pointer": f"/codes{problem.pointer}"})
        for problem in check_codes(content.codes, content.encounter, code_sets)
    ]
    if reasons := (*obstacles(content.encounter, content.codes), *faults):
        raise ChartNotReady(reasons, f"{len(reasons)} reasons keep the chart from being finalized")
    claim = build_claim(
        content.encounter, content.codes, claim_id=chart.claim_id, control_number=number, frequency=chart.frequency
    )
    await store.save_chart(uow.session, uow.context.tenant, finalized)
    audit.record(uow, "chart.finalized", "chart", chart_id, {"revision": finalized.revision, "claim": chart.claim_id})
    await note_act(uow, finalized, ActKind.FINALIZED)
    emit(
        uow,
        ChartCoded(
            claim=claim,
            revision=finalized.revision,
            chart_id=chart_id,
            coder=uow.context.actor,
            coded_at=uow.context.at,
        ),
    )
    return FinalizedChart(chart=finalized, claim=claim)


# -- what comes back --------------------------------------------------------------------------------------------------


async def take_back(uow: UnitOfWork, event: GrouperReturned | ScrubberReturned) -> None:
    """Put a returned claim's chart on the worklist. An event of a revision that is known already changes nothing."""
    chart = await store.chart_of_claim(uow.session, uow.context.tenant, ClaimId(event.claim.id))
    if chart is None:
        raise InvalidEvent("no chart has this claim")
    if chart.revision >= event.revision:
        return
    back = chart.returned(
        revision=event.revision,
        reasons=event.reasons,
        control_number=event.claim.patient_control_number,
        frequency=event.claim.frequency,
    )
    returned = await placed(uow, back)
    await store.save_chart(uow.session, uow.context.tenant, returned)
    reasons = [reason.code for reason in event.reasons]
    details: dict[str, Any] = {"by": event.returned_by, "revision": event.revision, "reasons": reasons}
    audit.record(uow, "chart.returned", "chart", chart.id, details)


# -- shared steps -----------------------------------------------------------------------------------------------------


async def _chart_at(uow: UnitOfWork, chart_id: str, version: int) -> Chart:
    chart = await store.get_chart(uow.session, uow.context.tenant, chart_id, to_change=True)
    if chart.version != version:
        raise StaleVersion("the chart has changed since it was read")
    return chart.without_lapsed(uow.context.at)


async def placed(uow: UnitOfWork, chart: Chart) -> Chart:
    """The chart where the rules of the day put it, now that something about it is new."""
    day = uow.context.at.date()
    return chart.placed(placement_of(chart, await queue_store.rules_on(uow.session, uow.context.tenant, day), day))


async def _opened(uow: UnitOfWork, chart_id: str) -> tuple[Chart, store.ChartContent]:
    chart = await store.get_chart(uow.session, uow.context.tenant, chart_id, to_change=True)
    return chart, await store.get_content(uow.session, uow.context.tenant, chart_id)
