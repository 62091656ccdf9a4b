"""A whole adapter: one clearinghouse that shares a folder, between the two topics of `docs/events/asyncapi.json`.

It needs aiokafka and nothing of revcycle. Whatever goes wrong ends it, to be started again by whoever watches over it:
what it did not commit comes again, and what it did before is passed over.

    BROKER=localhost:9092 ROUTE=medicare TENANT=cumberland FOLDER=/srv/medicare python folder_adapter.py

In FOLDER: `out/<id>.837` for the clearinghouse to take, `back/` for its answers, which must appear whole (written under
a name that begins with a point, then renamed); `carried/` is what went out before, `brought/` what came back.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

BROKER, ROUTE, TENANT = os.environ["BROKER"], os.environ["ROUTE"], os.environ["TENANT"]
OUT, BACK, CARRIED, BROUGHT = (Path(os.environ["FOLDER"], name) for name in ("out", "back", "carried", "brought"))
LARGEST_EVENT = 4_000_000
"""Bytes of a record's value. A larger answer goes by `PUT /submission/v1/responses/{route}/{external_id}`."""


async def carry() -> None:
    """Interchanges to the clearinghouse."""
    async with AIOKafkaConsumer(
        "submission.interchanges.v1",
        bootstrap_servers=BROKER,
        group_id=f"{ROUTE}-adapter",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=LARGEST_EVENT + 100_000,
        metadata_max_age_ms=10_000,  # the topic is made with the first interchange
    ) as consumer:
        async for message in consumer:
            interchange = json.loads(message.value)
            if interchange["route"] == ROUTE:
                hand_over(interchange)
            await consumer.commit()


def hand_over(interchange: Mapping[str, Any]) -> None:
    """Once, although it may be asked for twice: what is in `carried` went out."""
    name = f"{interchange['interchange_id']}.837"
    if (CARRIED / name).exists():
        return
    content = interchange["content"].encode("ascii")
    if hashlib.sha256(content).hexdigest() != interchange["sha256"]:
        raise ValueError(f"{name} was changed on its way")
    put_whole(OUT / name, content)
    # Ending here sends it again: the clearinghouse refuses a control number that it has (TA1 025).
    put_whole(CARRIED / name, b"")


def put_whole(file: Path, content: bytes) -> None:
    """The file is there whole or not at all, also when the machine loses power."""
    part = file.with_name(f".{file.name}")
    with part.open("wb") as open_part:
        open_part.write(content)
        open_part.flush()
        os.fsync(open_part.fileno())
    part.rename(file)


async def bring() -> None:
    """Answers from the clearinghouse, in the order of their names."""
    async with AIOKafkaProducer(
        bootstrap_servers=BROKER, enable_idempotence=True, max_request_size=LARGEST_EVENT + 100_000
    ) as producer:
        while True:
            for file in sorted(path for path in BACK.iterdir() if not path.name.startswith(".")):
                payload = json.dumps(answer(file)).encode()
                await producer.send_and_wait(
                    "clearinghouse.responses.v1",
                    payload,
                    key=ROUTE.encode(),
                    headers=[(name, value.encode()) for name, value in envelope(payload).items()],
                )
                # Ending before this brings it again under the same ids, and that is passed over.
                file.rename(BROUGHT / file.name)
            await asyncio.sleep(1)


def answer(file: Path) -> dict[str, str]:
    """The payload of `response.received.v1`."""
    content = file.read_bytes()
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return {"route": ROUTE, "external_id": file.name, "content": text}


def envelope(payload: bytes) -> dict[str, str]:
    """CloudEvents 1.0 in binary mode; the same file has the same id."""
    return {
        "ce_specversion": "1.0",
        "ce_id": hashlib.sha256(payload).hexdigest(),
        "ce_type": "response.received.v1",
        "ce_source": f"/adapters/{ROUTE}",
        "ce_subject": ROUTE,
        "ce_time": datetime.now(UTC).isoformat(),
        "ce_tenant": TENANT,
        "content-type": "application/json",
    }


async def main() -> None:
    for folder in (OUT, BACK, CARRIED, BROUGHT):
        folder.mkdir(parents=True, exist_ok=True)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(carry())
        tasks.create_task(bring())


if __name__ == "__main__":
    asyncio.run(main())
