"""Answers that are sent while the request is still being read."""

from typing import Any

from pydantic import BaseModel
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from shared.http.content import NDJSON


class NdjsonStream(StreamingResponse):
    """Lines as they are made, while the request is still read. Its iterator must give way to other requests itself."""

    media_type = NDJSON

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Starlette would listen for a disconnect and so take the request's own body away from its reader.
        await self.stream_response(send)


def in_lines(model: type[BaseModel], description: str) -> dict[str, Any]:
    """What a route's `responses` say of NDJSON with one `model` a line: `{200: in_lines(ScrubbedLine, "…")}`.

    Its models stand in `$defs` until `openapi.describe` gives them their place among the others.
    """
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    return {"content": {NDJSON: {"schema": schema}}, "description": description}
