"""What the OpenAPI document allows and forbids never breaks the scrubber."""

from __future__ import annotations

import pytest

from tests.fixtures.openapi import assert_no_5xx
from tests.services.scrubber.conftest import LEAD


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_request_of_the_openapi_document_is_answered_with_a_5xx(caller):
    client = caller("lea", (*LEAD, "claims:submit", "stats:read", "rules:read", "rules:write", "rules:approve"))
    await assert_no_5xx(client, headers={"Authorization": client.headers["Authorization"]}, examples=5)
