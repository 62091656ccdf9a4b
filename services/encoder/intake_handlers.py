"""The use cases of HL7 v2: a message comes, has its one effect, is answered, and is in the log.

A message has its effect and its entry in the log in one transaction, or neither. What cannot have its effect yet waits
in the log: it is tried again when something of its encounter has come, and by a job.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

from sqlalchemy.exc import IntegrityError

from services.encoder import message_store, store
from services.encoder.domain.facilities import FacilityProfile
from services.encoder.domain.hl7.acknowledgements import acknowledgement, batch
from services.encoder.domain.hl7.faults import Fault, MessageRefused, refused
from services.encoder.domain.hl7.interchanges import read_interchange
from services.encoder.domain.hl7.messages import Message, read_message
from services.encoder.domain.hl7.plans import Plan, digest_of, plan_of
from services.encoder.domain.hl7.receipts import PENDING, ReceivedMessage
from services.encoder.domain.hl7.visits import VisitKey, facility_names
from services.encoder.errors import MessageNotPending
from services.encoder.message_effects import Effect, carry_out
from services.encoder.message_store import StoredMessage
from shared.db import Context, Database, UnitOfWork, new_id

MOST_MESSAGES: Final = 5_000
"""Messages of one delivery."""

_LONGEST_NAME: Final = 200
"""Characters of the sender's names and of a control id; HL7 itself allows 227 and 199."""


async def receive_interchange(database: Database, context: Context, content: bytes) -> bytes:
    """One message or a batch: the acknowledgement of each, a batch where it came as one. Raises nothing for content."""
    try:
        interchange = read_interchange(content)
        if len(interchange.messages) > MOST_MESSAGES:
            raise refused("104", f"one delivery may have {MOST_MESSAGES} messages")
    except MessageRefused as refusal:
        return _answer(None, refusal, context)
    answers = [await receive_message(database, context, one) for one in interchange.messages]
    if not interchange.is_batch and len(answers) == 1:
        return answers[0]
    return batch(answers, control_id=new_id(), at=context.at)


async def receive_message(database: Database, context: Context, content: bytes) -> bytes:
    """One message: its acknowledgement. The same message again gets the same and has no second effect."""
    try:
        message = read_message(content)
        if max(len(message.control_id), len(message.sender)) > _LONGEST_NAME:
            raise refused("104", "the control id or the sender's name is too long", "MSH", 10)
    except MessageRefused as refusal:
        return _answer(None, refusal, context)
    try:
        return await _received_once(database, context, message, content)
    except IntegrityError:
        # The same message came in twice at the same moment; the other one has won and has the answer.
        return await _received_once(database, context, message, content)


async def _received_once(database: Database, context: Context, message: Message, content: bytes) -> bytes:
    digest = digest_of(message)
    async with database.read() as session:
        before = await message_store.message_sent_before(session, context.tenant, message.sender, message.control_id)
        profiles = await store.facilities_by_name(session, context.tenant, facility_names(message))
    if before is not None and before.receipt.status != "refused":
        if before.digest == digest:
            return before.acknowledgement
        return _answer(message, refused("205", "another message came under this control id", "MSH", 10), context)
    receipt = _receipt(message, context, before)
    try:
        plan = await _planned(message, profiles, context)
        async with database.unit_of_work(context) as uow:
            effect = await carry_out(uow, plan, receipt.id)
            answer = _accepted(message, plan, effect, context)
            await _log(uow, StoredMessage(_after(receipt, plan, effect, uow), digest, answer, content))
    except MessageRefused as refusal:
        return await _refused(database, context, message, StoredMessage(receipt, digest, b""), refusal)
    if plan.key is not None and effect.status == "applied":
        await retry_pending(database, context, plan.key)
    return answer


async def _planned(message: Message, profiles: dict[str, FacilityProfile], context: Context) -> Plan:
    """The plan; a message with a document is read beside the event loop, for a PDF takes its time."""
    if message.kind == "MDM":
        return await asyncio.to_thread(plan_of, message, profiles, context.at)
    return plan_of(message, profiles, context.at)


async def _refused(
    database: Database, context: Context, message: Message, stored: StoredMessage, refusal: MessageRefused
) -> bytes:
    answer = _answer(message, refusal, context)
    if message.control_id:
        receipt = stored.receipt.model_copy(update={"status": "refused", "faults": refusal.faults})
        async with database.unit_of_work(context) as uow:
            await _log(uow, replace(stored, receipt=receipt, acknowledgement=answer))
    return answer


def failed(content: bytes, context: Context) -> bytes:
    """The answer to a message that we could not take for a fault of our own: AR, application internal error."""
    fault = refused("207", f"our mistake, not the message's: quote {context.request_id} to support")
    try:
        return _answer(read_message(content), fault, context)
    except MessageRefused:
        return _answer(None, fault, context)


# -- what waits -------------------------------------------------------------------------------------------------------


async def retry_pending(database: Database, context: Context, key: VisitKey) -> int:
    """Try what waits for the encounter, each message in its own transaction; answers how many had their effect."""
    async with database.read() as session:
        waiting = await message_store.pending_of(session, context.tenant, key)
    applied = 0
    for stored in waiting:
        receipt = await retry_message(database, context, stored.receipt.id)
        applied += receipt.status == "applied"
    return applied


async def retry_message(database: Database, context: Context, message_id: str) -> ReceivedMessage:
    """Try a message that waits once more. Raises MessageNotFound, MessageNotPending."""
    async with database.read() as session:
        stored = await message_store.get_message(session, context.tenant, message_id)
        if stored.receipt.status != "pending" or stored.content is None:
            raise MessageNotPending("the message waits for nothing")
        message = read_message(stored.content)
        profiles = await store.facilities_by_name(session, context.tenant, facility_names(message))
    receipt = stored.receipt.model_copy(update={"attempts": stored.receipt.attempts + 1})
    try:
        plan = await _planned(message, profiles, context)
        async with database.unit_of_work(context) as uow:
            current = await message_store.get_message(uow.session, context.tenant, message_id)
            if current.receipt.status != "pending":
                return current.receipt
            effect = await carry_out(uow, plan, message_id)
            receipt = _after(receipt, plan, effect, uow)
            await _log(uow, replace(stored, receipt=receipt))
    except MessageRefused as refusal:
        receipt = receipt.model_copy(update={"status": "refused", "faults": refusal.faults})
        async with database.unit_of_work(context) as uow:
            await _log(uow, replace(stored, receipt=receipt))
    return receipt


# -- shared steps -----------------------------------------------------------------------------------------------------


def _receipt(message: Message, context: Context, before: StoredMessage | None) -> ReceivedMessage:
    """The entry of the log; a message that was refused before keeps its own."""
    return ReceivedMessage(
        id=before.receipt.id if before else new_id(),
        sender=message.sender,
        control_id=message.control_id,
        kind=f"{message.kind}^{message.trigger}"[:20],
        status="pending",
        received_at=context.at,
        attempts=before.receipt.attempts + 1 if before else 1,
    )


def _after(receipt: ReceivedMessage, plan: Plan, effect: Effect, uow: UnitOfWork) -> ReceivedMessage:
    key = plan.key
    return receipt.model_copy(
        update={
            "status": effect.status,
            "reason": effect.reason,
            "facility_id": key.facility_id if key else None,
            "encounter_id": key.encounter_id if key else None,
            "chart_id": effect.chart_id,
            "sent_at": plan.sent_at,
            "applied_at": uow.context.at if effect.status == "applied" else None,
            "faults": (*plan.warnings, *effect.warnings),
        }
    )


async def _log(uow: UnitOfWork, stored: StoredMessage) -> None:
    """Into the log; the content of what waits no longer is not kept."""
    kept = stored if stored.receipt.status == "pending" else replace(stored, content=None)
    await message_store.save_message(uow.session, uow.context.tenant, kept)


def _accepted(message: Message, plan: Plan, effect: Effect, context: Context) -> bytes:
    faults = (*plan.warnings, *effect.warnings)
    return acknowledgement(message, "AA", faults, control_id=new_id(), at=context.at, text=_said(effect))


def _said(effect: Effect) -> str:
    if effect.reason is not None:
        return PENDING[effect.reason]
    return effect.text


def _answer(message: Message | None, refusal: MessageRefused, context: Context) -> bytes:
    faults: tuple[Fault, ...] = refusal.faults
    return acknowledgement(message, refusal.acknowledgement, faults, control_id=new_id(), at=context.at)
