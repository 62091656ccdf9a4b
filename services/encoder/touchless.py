"""The touchless path: charts that a tenant wants coded and finished without a coder, where nothing speaks against it.

A chart is read and checked outside of any transaction, for that takes long; what is decided holds only if the chart is
still as it was read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog
from anyio import to_thread
from pydantic import JsonValue

from services.encoder import handlers, queue_store, store, suggestion_handlers
from services.encoder.domain.charts import Chart
from services.encoder.domain.checks import chart_of
from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.queue.rules import TouchlessPolicy
from services.encoder.domain.queue.touchless import FAILED, TOUCHLESS, TouchlessDecision, codes_read, touchless_decision
from services.encoder.domain.reading.sequencing import in_sequence
from services.encoder.domain.reading.suggestions import ReadChart, Reading
from shared import audit
from shared.db import Context, UnitOfWork, new_id
from shared.errors import ServiceError
from shared.events import apart
from shared.runtime import Runtime
from shared.tables import CodeSets, Tables

Read = Callable[[ReadChart, Tables, None], Awaitable[Reading]]

_log = structlog.get_logger("encoder.touchless")


@dataclass(frozen=True)
class Touchless:
    """Looks at charts that nobody has touched, for every tenant that has turned it on."""

    runtime: Runtime
    batch: int
    read: Read = suggestion_handlers.suggest
    """Reads a chart by the rules and, where one is given, by another suggester; here never by one."""

    async def run(self) -> None:
        """One look at each tenant's charts. A chart is read once; what is refused waits for a coder."""
        async with self.runtime.database.read() as session:
            tenants = await queue_store.touchless_tenants(session)
        for tenant in tenants:
            await self._of_tenant(tenant)

    async def _of_tenant(self, tenant: str) -> None:
        async with self.runtime.database.read() as session:
            policy = await queue_store.touchless_policy(session, tenant)
            charts = await queue_store.touchless_candidates(session, tenant, policy.work_types, self.batch)
        for chart in charts:
            async with apart(self.runtime.database, "chart", chart.id):
                await self._of_chart(tenant, chart, policy)
                continue
            async with self.runtime.database.unit_of_work(self._context(tenant)) as uow:
                await leave(uow, chart, FAILED)

    async def _of_chart(self, tenant: str, chart: Chart, policy: TouchlessPolicy) -> None:
        tables = self.runtime.tables.current()
        async with self.runtime.database.read() as session:
            content = await store.get_content(session, tenant, chart.id)
            to_read = await suggestion_handlers.chart_to_read(session, tenant, chart.id)
        reading = await self.read(to_read, tables, None)
        encounter = content.encounter
        codes = codes_read(
            reading, inpatient=encounter.encounter_class == "inpatient", professional=encounter.is_professional
        )
        sequenced = await to_thread.run_sync(partial(in_sequence, chart_of(encounter, codes, reading), tables))
        decision = touchless_decision(chart, reading, sequenced.findings, policy)
        await self._carry_out(tenant, chart, sequenced.chart.codes, decision, policy)

    async def _carry_out(
        self, tenant: str, chart: Chart, codes: ChartCodes, decision: TouchlessDecision, policy: TouchlessPolicy
    ) -> None:
        if decision.accepted:
            try:
                async with self.runtime.database.unit_of_work(self._context(tenant)) as uow:
                    await finish(uow, chart, codes, decision, policy, CodeSets(self.runtime.tables.current()))
                return
            except ServiceError as refusal:
                # A person was faster, or the chart lacks what a claim needs: a coder's work either way.
                _log.info("touchless_gave_way", code=refusal.code)
        async with self.runtime.database.unit_of_work(self._context(tenant)) as uow:
            await leave(uow, chart, decision)

    def _context(self, tenant: str) -> Context:
        return Context(tenant=tenant, actor=TOUCHLESS, request_id=new_id(), at=self.runtime.clock())


async def finish(
    uow: UnitOfWork,
    chart: Chart,
    codes: ChartCodes,
    decision: TouchlessDecision,
    policy: TouchlessPolicy,
    code_sets: CodeSets,
) -> None:
    """Code and finalize as a coder would; the trail keeps what the draw for audit was made from.

    Raises StaleVersion where somebody has changed the chart, ChartNotReady, …
    """
    coded = await handlers.save_codes(uow, chart.id, chart.version, codes, code_sets)
    finished = await handlers.finalize(uow, chart.id, coded.version, code_sets)
    outcome = "audited" if decision.audited else "finalized"
    marked = finished.chart.model_copy(update={"touchless": outcome})
    await queue_store.save_mark(uow.session, uow.context.tenant, marked)
    drawn: dict[str, JsonValue] = {"seed": policy.seed, "share": str(policy.audited_share)}
    audit.record(uow, "chart.touchless", "chart", chart.id, {"audited": decision.audited, **drawn})


async def leave(uow: UnitOfWork, chart: Chart, decision: TouchlessDecision) -> None:
    """To the coders, with the reasons on record."""
    current = await store.get_chart(uow.session, uow.context.tenant, chart.id, to_change=True)
    await queue_store.save_mark(uow.session, uow.context.tenant, current.model_copy(update={"touchless": "refused"}))
    reasons = sorted({refusal.reason for refusal in decision.refusals}) or ["not_ready"]
    rules = sorted({refusal.rule for refusal in decision.refusals if refusal.rule is not None})
    audit.record(uow, "chart.touchless_refused", "chart", chart.id, {"reasons": [*reasons], "rules": [*rules]})
