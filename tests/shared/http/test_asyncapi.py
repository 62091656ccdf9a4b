"""Every service serves the description of the events."""

from __future__ import annotations

from tests.shared.http.conftest import Door


async def test_asyncapi_is_served_and_names_every_topic(door: Door) -> None:
    document = (await door.client.get("/asyncapi.json")).json()
    assert document["asyncapi"].startswith("3.")
    addresses = {channel["address"] for channel in document["channels"].values()}
    assert {"encoder.charts.v1", "grouper.claims.v1", "scrubber.claims.v1", "submission.claims.v1"} <= addresses
