"""Who may call what."""

from typing import Annotated

from fastapi import Depends, Request

from services.simulator.mailbox import Mailbox
from shared.http import Principal, requires

CanUseSimulator = Annotated[Principal, requires("simulator:use")]


def _mailbox(request: Request) -> Mailbox:
    mailbox: Mailbox = request.app.state.mailbox
    return mailbox


Boxes = Annotated[Mailbox, Depends(_mailbox)]
