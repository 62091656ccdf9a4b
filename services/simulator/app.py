"""The HTTP door of the simulator: wiring only."""

from __future__ import annotations

from fastapi import FastAPI

from services.simulator.api import behaviour, interchanges
from services.simulator.mailbox import Mailbox
from services.simulator.settings import SimulatorSettings
from shared.http import create_service_app
from shared.runtime import Runtime


def create_app(runtime: Runtime) -> FastAPI:
    app = create_service_app(
        title="Simulator",
        description="A stand-in clearinghouse and its payers: 837 in, TA1, 999 and 277CA out, failures by seed.",
        version="1",
        runtime=runtime,
        routers=[interchanges.router, behaviour.router],
        tables=("codes",),
    )
    run = f"{runtime.clock():%Y%m%d%H%M%S%f}"
    app.state.mailbox = Mailbox(run, SimulatorSettings().behaviour, runtime.tables)
    return app
