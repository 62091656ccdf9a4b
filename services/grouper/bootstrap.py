"""What a process of the grouper is made of: the engine where the settings put it, the rules, the tables."""

from __future__ import annotations

from services.grouper.domain.engine import DrgEngine
from services.grouper.domain.grouping import Grouper
from services.grouper.engines import subject_lines
from services.grouper.engines.in_process import InProcessEngine
from services.grouper.engines.line_work import WorkPlace
from services.grouper.engines.pool import PooledEngine
from services.grouper.parameters import load_rules
from services.grouper.settings import GrouperSettings
from shared.runtime import Runtime


def create_grouper(runtime: Runtime, settings: GrouperSettings | None = None) -> Grouper:
    """A grouper with an engine of its own, to be closed by who asked for it. Raises ValueError."""
    chosen = settings or GrouperSettings()
    lines = subject_lines.place(runtime.tables, chosen.poa_exempt_npis)
    return Grouper(
        engine=_engine(chosen, lines, embedded=runtime.settings.database_url is None),
        rules=load_rules(),
        tables=runtime.tables,
        poa_exempt_npis=chosen.poa_exempt_npis,
    )


def _engine(settings: GrouperSettings, lines: WorkPlace, *, embedded: bool) -> DrgEngine:
    if settings.engine == "in_process":
        return InProcessEngine(waiting_limit=settings.waiting_limit, work=lines)
    return PooledEngine(
        workers=settings.workers or (1 if embedded else 2),
        batch_timeout=settings.batch_timeout,
        waiting_limit=settings.waiting_limit,
        work=lines,
    )
