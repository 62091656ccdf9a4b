"""What the OpenAPI document allows and forbids never breaks the scrubber."""

from __future__ import annotations

from tests.fixtures.openapi import assert_no_5xx
from tests.services.scrubber.conftest import LEAD


async def test_no_request_breaks_the_scrubber(caller):
    client = caller("lea", LEAD)
    await assert_no_5xx(client, headers={"Authorization": client.headers["Authorization"]}, examples=15)
