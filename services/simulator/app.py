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
        description="A stand-in clearinghouse and its payers: 837 in, TA1, 999, 277CA and 835 out, failures by seed.",
        version="1",
        runtime=runtime,
        routers=[interchanges.router, behaviour.router],
        tables=("codes",),
    )
    settings = SimulatorSettings()
    app.state.mailbox = Mailbox(runtime.database, settings.behaviour, settings.keep, runtime.tables)
    return app
