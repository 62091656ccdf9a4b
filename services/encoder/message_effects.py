"""What each step of a plan does to charts. Decisions are the domain's; here they are loaded for, kept and audited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.encoder import document_filing, handlers, message_store, queue_store, store
from services.encoder.domain.charts import Chart, ChartFlag
from services.encoder.domain.documents.filing import Filing
from services.encoder.domain.hl7.charges import with_transactions
from services.encoder.domain.hl7.events import Merge
from services.encoder.domain.hl7.faults import Fault, Faults, MessageRefused, refused
from services.encoder.domain.hl7.plans import (
    CancelDocument,
    CancelVisit,
    ChargeEncounter,
    FileDocument,
    MergeEncounters,
    MergePatients,
    Plan,
    RenumberEncounter,
    TellVisit,
)
from services.encoder.domain.hl7.receipts import MessageStatus, PendingReason
from services.encoder.domain.hl7.visits import PREADMIT, VisitKey
from services.encoder.domain.intake import identifier_warnings
from services.encoder.domain.merging import merged_encounter
from shared import audit
from shared.claims import Encounter
from shared.db import UnitOfWork

_CLOSED = ("finalized", "cancelled")
_MOST_CHARGES = 999
"""As many lines as an institutional claim has (005010X223A2, 2400 LX), and as many as an encounter holds."""


@dataclass(frozen=True)
class Effect:
    """What a message did."""

    status: MessageStatus
    chart_id: str | None = None
    reason: PendingReason | None = None
    text: str = ""
    warnings: tuple[Fault, ...] = ()


def _waits(reason: PendingReason, chart: Chart | None = None) -> Effect:
    return Effect("pending", chart.id if chart else None, reason)


def _passed_over(text: str) -> Effect:
    return Effect("passed_over", text=text)


async def carry_out(uow: UnitOfWork, plan: Plan, message_id: str) -> Effect:
    """Have the plan's effect, or say what it waits for. Raises MessageRefused; the caller's transaction rolls back."""
    match plan.step:
        case None:
            return _passed_over("nothing of this event is kept")
        case TellVisit() as step:
            return await _tell_visit(uow, step)
        case CancelVisit() as step:
            return await _cancel_visit(uow, step)
        case MergePatients() as step:
            return await _merge_patients(uow, step.facility_id, step.merges)
        case MergeEncounters() as step:
            return await _merge_encounters(uow, step)
        case RenumberEncounter() as step:
            return await _renumber(uow, step)
        case FileDocument() as step:
            return await _file_document(uow, step, message_id)
        case CancelDocument() as step:
            return await _cancel_document(uow, step)
        case ChargeEncounter() as step:
            return await _charge(uow, step)


# -- visits -----------------------------------------------------------------------------------------------------------


async def _tell_visit(uow: UnitOfWork, step: TellVisit) -> Effect:
    found = await _find(uow, step.key)
    if found is None:
        return await _open(uow, step)
    if found.survivor:
        return _passed_over("the encounter was merged into another")
    chart = found.chart
    newer = chart.told_at is None or step.visit.told_at >= chart.told_at
    if chart.status == "cancelled":
        if not (newer and step.must_open):
            return _passed_over("the encounter was cancelled")
        chart = await _save(uow, chart.reinstated(), "chart.reinstated")
    return await _update(uow, chart, step, newer=newer)


async def _open(uow: UnitOfWork, step: TellVisit) -> Effect:
    if step.visit.members.get("encounter_class") == PREADMIT:
        return _passed_over("a visit that is only planned makes no chart")
    if step.visit.lacking() and not step.must_open:
        return _waits("encounter_unknown")
    faults = Faults()
    encounter = step.visit.opened(faults)
    if encounter is None:
        raise MessageRefused(*faults.found)
    [receipt] = await handlers.receive(uow, [encounter], told_at=step.visit.told_at)
    if receipt.outcome != "created":
        raise refused("206", "the encounter is just being received: send the message again", "PV1", 19)
    return Effect("applied", receipt.chart.id)


async def _update(uow: UnitOfWork, chart: Chart, step: TellVisit, *, newer: bool) -> Effect:
    content = await store.get_content(uow.session, uow.context.tenant, chart.id)
    faults = Faults()
    encounter = step.visit.applied_to(content.encounter, newer=newer, faults=faults)
    if encounter is None:
        raise MessageRefused(*faults.found)
    told = chart.told(step.visit.told_at)
    if encounter == content.encounter:
        # Nothing that a coder sees is new: no new version, but an older message must be known as such.
        await queue_store.save_lease(uow.session, uow.context.tenant, told)
        return Effect("applied", chart.id, text="nothing is new")
    if chart.status == "finalized":
        taken_back = content.encounter.ended_at is not None and encounter.ended_at is None
        await _flag(uow, chart, "discharge_cancelled" if taken_back else "late_update")
        return _waits("chart_closed", chart)
    await _keep(uow, told.updated(encounter), encounter, "chart.encounter_told")
    return Effect("applied", chart.id)


async def _cancel_visit(uow: UnitOfWork, step: CancelVisit) -> Effect:
    found = await _find(uow, step.key)
    if found is None:
        return _waits("encounter_unknown")
    chart = found.chart
    if found.survivor or chart.status == "cancelled":
        return _passed_over("the encounter is cancelled or merged already")
    if chart.told_at is not None and step.told_at < chart.told_at:
        return _passed_over("the encounter was told of after it was cancelled")
    cancelled = chart.told(step.told_at).cancelled()
    if cancelled.version != chart.version:
        await _save(uow, cancelled, "chart.cancelled" if cancelled.status == "cancelled" else "chart.flagged")
    return Effect("applied", chart.id)


# -- merges -----------------------------------------------------------------------------------------------------------


async def _merge_patients(uow: UnitOfWork, facility_id: str, merges: tuple[Merge, ...]) -> Effect:
    changed = 0
    for merge in merges:
        charts = await message_store.charts_of_patient(uow.session, uow.context.tenant, facility_id, merge.prior)
        for chart in charts:
            content = await store.get_content(uow.session, uow.context.tenant, chart.id)
            patient = content.encounter.patient.model_copy(update={"medical_record_number": merge.survivor})
            encounter = content.encounter.model_copy(update={"patient": patient})
            await _keep(uow, chart.amended("late_update"), encounter, "chart.patient_merged")
            changed += 1
    return Effect("applied", text=f"{changed} charts have the patient who goes on")


async def _merge_encounters(uow: UnitOfWork, step: MergeEncounters) -> Effect:
    if step.patients:
        await _merge_patients(uow, step.key.facility_id, step.patients)
    survivor, prior = await _find(uow, step.key), await _find(uow, step.prior)
    if survivor is None:
        return _waits("encounter_unknown")
    if prior is None:
        await message_store.name_also(uow.session, uow.context.tenant, step.prior, survivor.chart.id)
        return Effect("applied", survivor.chart.id, text="nothing is known of the prior encounter")
    if prior.chart.id == survivor.chart.id:
        return _passed_over("the encounters are merged already")
    if prior.chart.status == "finalized":
        await _flag(uow, prior.chart, "merged_when_finalized")
        return Effect("applied", prior.chart.id, text="the prior encounter is billed already: its chart is flagged")
    if survivor.chart.status in _CLOSED:
        await _flag(uow, survivor.chart, "late_update")
        return _waits("chart_closed", survivor.chart)
    await _unite(uow, prior.chart, survivor.chart)
    return Effect("applied", survivor.chart.id)


async def _unite(uow: UnitOfWork, prior: Chart, survivor: Chart) -> None:
    """Documents and charges go to the survivor; what the prior chart was stays readable under it."""
    tenant = uow.context.tenant
    contents = await store.contents_by_chart(uow.session, tenant, [prior.id, survivor.id])
    united = merged_encounter(contents[prior.id].encounter, contents[survivor.id].encounter)
    await document_filing.move_documents(uow, prior, survivor)
    await _save(uow, prior.merged(survivor.id), "chart.merged")
    await _keep(uow, survivor.updated(united), united, "chart.merged_from")


async def _renumber(uow: UnitOfWork, step: RenumberEncounter) -> Effect:
    tenant = uow.context.tenant
    found, taken = await _find(uow, step.key), await _find(uow, VisitKey(step.key.facility_id, step.number))
    if taken is not None and found is not None and found.chart.id != taken.chart.id:
        raise refused("205", "both numbers have charts: merge them (A42)", "MRG", 5)
    known = taken or found
    if known is None:
        return _waits("encounter_unknown")
    await message_store.name_also(uow.session, tenant, step.key, known.chart.id)
    if taken is None:
        content = await store.get_content(uow.session, tenant, known.chart.id)
        encounter = content.encounter.model_copy(update={"id": step.number})
        await _keep(uow, known.chart.renumbered(encounter), encounter, "chart.renumbered")
    return Effect("applied", known.chart.id)


# -- documents and charges --------------------------------------------------------------------------------------------


async def _file_document(uow: UnitOfWork, step: FileDocument, message_id: str) -> Effect:
    found = await _find(uow, step.key)
    if found is None:
        return _waits("encounter_unknown")
    read = step.read
    if read.withdrawn:
        return await _cancel_document(uow, CancelDocument(step.key, read.document.id))
    filing = Filing(
        received_at=uow.context.at,
        message_id=message_id,
        replaces=step.replaces,
        addendum_to=step.addendum_to,
        signed=read.signed,
    )
    filed = await document_filing.file_document(uow, found.chart, read.document, filing)
    return Effect("applied", found.chart.id, text="" if filed.is_new else "the document is known")


async def _cancel_document(uow: UnitOfWork, step: CancelDocument) -> Effect:
    found = await _find(uow, step.key)
    if found is None:
        return _waits("encounter_unknown")
    if not await document_filing.cancel_document(uow, found.chart, step.document_id):
        return _waits("document_unknown", found.chart)
    return Effect("applied", found.chart.id)


async def _charge(uow: UnitOfWork, step: ChargeEncounter) -> Effect:
    found = await _find(uow, step.key)
    if found is None:
        return _waits("encounter_unknown")
    chart = found.chart
    content = await store.get_content(uow.session, uow.context.tenant, chart.id)
    charges, found_all = with_transactions(content.encounter.charges, step.transactions)
    if not found_all:
        return _waits("charge_unknown", chart)
    if charges == content.encounter.charges:
        return Effect("applied", chart.id, text="nothing is new")
    if chart.status in _CLOSED:
        await _flag(uow, chart, "late_charge")
        return _waits("chart_closed", chart)
    if len(charges) > _MOST_CHARGES:
        raise refused("104", f"an encounter has at most {_MOST_CHARGES} charges", "FT1")
    encounter = content.encounter.model_copy(update={"charges": charges})
    await _keep(uow, chart.updated(encounter), encounter, "chart.charges_added")
    return Effect("applied", chart.id)


# -- shared steps -----------------------------------------------------------------------------------------------------


async def _find(uow: UnitOfWork, key: VisitKey) -> message_store.FoundChart | None:
    return await message_store.find_chart(uow.session, uow.context.tenant, key)


async def _flag(uow: UnitOfWork, chart: Chart, flag: ChartFlag) -> None:
    flagged = chart.flagged(flag)
    if flagged is not chart:
        await _save(uow, flagged, "chart.flagged", flag=flag)


async def _keep(uow: UnitOfWork, chart: Chart, encounter: Encounter, action: str) -> Chart:
    placed = await handlers.placed(uow, chart)
    warnings = identifier_warnings(encounter)
    await store.save_encounter(uow.session, uow.context.tenant, chart.id, encounter, warnings)
    return await _save(uow, placed, action)


async def _save(uow: UnitOfWork, chart: Chart, action: str, **details: Any) -> Chart:
    await store.save_chart(uow.session, uow.context.tenant, chart)
    audit.record(uow, action, "chart", chart.id, {"version": chart.version, **details})
    return chart
