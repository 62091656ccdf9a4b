"""No request makes the grouper fail: requests made from its own OpenAPI document, right and wrong."""

from __future__ import annotations

import pytest

from tests.fixtures.openapi import assert_no_5xx
from tests.services.grouper.conftest import Caller

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is kept


async def test_no_request_of_the_openapi_document_is_answered_with_a_5xx(caller: Caller) -> None:
    client = caller("group:run", "claims:read", "codes:read")
    await assert_no_5xx(client, headers={"Authorization": client.headers["Authorization"]}, examples=15)
