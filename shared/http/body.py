"""Bodies: raw bytes in, a strict model out, or a problem that names the place. FastAPI never parses them for us,
because it makes Python values first, on which a strict model cannot tell a date from a string."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.claims import AS_RECEIVED
from shared.errors import ServiceError
from shared.http.content import (
    BodyTooLarge,
    check_json_type,
    check_media_type,
    check_ndjson_type,
    limited_stream,
    read_body,
)
from shared.http.faults import adapter_of, annotation_of, invalid_body, models_in
from shared.http.json_text import check_json
from shared.http.problems import Problem, problem_of
from shared.http.scope import runtime_of

T = TypeVar("T")


@dataclass(frozen=True)
class Body:
    """What a request body must be. `shape` is the type for OpenAPI, `adapter` its reader."""

    shape: Any
    adapter: TypeAdapter[Any]
    models: tuple[type[BaseModel], ...]
    as_received: bool
    examples: tuple[Any, ...]
    other_forms: ClassVar[Mapping[str, Any]] = {}
    """Further media types in which the body may come, each with an example: NDJSON of the same items, else bytes."""

    def read(self, content: bytes) -> Any:
        """The value in `content`. Raises `MalformedJson` or `InvalidBody`."""
        check_json(content)
        context = AS_RECEIVED if self.as_received else None
        try:
            return self.adapter.validate_json(content, strict=True, context=context)
        except ValidationError as error:
            raise invalid_body(error, content, self.models) from None


@dataclass(frozen=True)
class JsonBody(Body):
    """The dependency behind `json_body`."""

    max_bytes: int | None = None
    optional: bool = False

    __hash__ = object.__hash__

    async def __call__(self, request: Request) -> Any:
        check_json_type(request)
        content = await read_body(request, self.max_bytes or runtime_of(request).settings.max_body_bytes)
        return self.read(b"{}" if self.optional and not content else content)


class Line(NamedTuple):
    """One line of an NDJSON body. `number` counts from 1 and blank lines too; `digest` is SHA-256 of its bytes."""

    number: int
    value: Any
    digest: str
    size: int = 0
    """Bytes; 0 of a line that was too long to be read."""


@dataclass(frozen=True)
class NdjsonItems(Generic[T]):
    """The lines of an NDJSON body as they arrive: `async for number, item in items`, where a bad line is a `Problem`.

    To be read once. A body beyond its limit ends with a `Problem` as its last item; what came before it stands.
    """

    body: Body
    request: Request
    max_bytes: int
    max_line_bytes: int

    async def __aiter__(self) -> AsyncIterator[tuple[int, T | Problem]]:
        async for line in self.lines():
            yield line.number, line.value

    async def lines(self) -> AsyncIterator[Line]:
        """The same with each line's digest, for idempotency by line."""
        number = 0
        try:
            async for number, content in _split(self.request, self.max_bytes, self.max_line_bytes):
                if content is None:
                    too_long = BodyTooLarge(f"a line may have {self.max_line_bytes} bytes")
                    yield Line(number, problem_of(too_long), "")
                elif content.strip():
                    yield Line(number, self._read(content), hashlib.sha256(content).hexdigest(), len(content))
        except BodyTooLarge as error:
            yield Line(number + 1, problem_of(error), "")

    def _read(self, content: bytes) -> T | Problem:
        try:
            value: T = self.body.read(content)
        except ServiceError as error:
            return problem_of(error)
        return value


@dataclass(frozen=True)
class NdjsonBody(Body):
    """The dependency behind `ndjson_items`."""

    __hash__ = object.__hash__

    async def __call__(self, request: Request) -> NdjsonItems[Any]:
        check_ndjson_type(request)
        settings = runtime_of(request).settings
        return NdjsonItems(self, request, settings.max_bulk_bytes, settings.max_line_bytes)


@dataclass(frozen=True)
class RawBody:
    """The dependency behind `raw_body`."""

    media_types: tuple[str, ...]
    max_bytes: int | None
    example: str | None = None

    async def __call__(self, request: Request) -> bytes:
        check_media_type(request, self.media_types)
        return await read_body(request, self.max_bytes or runtime_of(request).settings.max_body_bytes)


def json_body(
    model: Any,
    *,
    as_received: bool = False,
    max_bytes: int | None = None,
    optional: bool = False,
    examples: tuple[Any, ...] = (),
) -> Any:
    """A JSON body: `encounter: Encounter = json_body(Encounter, as_received=True)`.

    `model` is a model, an annotated union or a `TypeAdapter`. With `as_received` identifiers that fail their check are
    kept with their problem. `max_bytes` defaults to the setting. With `optional` no body at all is an empty object.
    Faults become 400, 413, 415 or 422 problems.
    """
    return Depends(JsonBody(*_read_as(model), as_received, _examples(model, examples), max_bytes, optional))


def ndjson_items(model: Any, *, as_received: bool = False, examples: tuple[Any, ...] = ()) -> Any:
    """An NDJSON body of one `model` a line: `items: NdjsonItems[Encounter] = ndjson_items(Encounter)`."""
    return Depends(NdjsonBody(*_read_as(model), as_received, _examples(model, examples)))


def raw_body(*media_types: str, max_bytes: int | None = None, example: str | None = None) -> Any:
    """A body that is not JSON, such as an interchange: `content: Annotated[bytes, raw_body("application/edi-x12")]`."""
    return Depends(RawBody(media_types, max_bytes, example))


def _read_as(model: Any) -> tuple[Any, TypeAdapter[Any], tuple[type[BaseModel], ...]]:
    shape = annotation_of(model)
    return shape, adapter_of(model), tuple(models_in(shape))


def _examples(model: Any, given: tuple[Any, ...]) -> tuple[Any, ...]:
    """The examples given, or those that the model carries in its own schema."""
    own = [example for found in models_in(annotation_of(model)) for example in _own_examples(found)]
    return tuple(json.loads(json.dumps(example)) for example in given or own)


def _own_examples(model: type[BaseModel]) -> list[Any]:
    extra = model.model_config.get("json_schema_extra")
    return list(extra.get("examples", ())) if isinstance(extra, dict) else []  # type: ignore[arg-type]  # JSON Schema's examples are a list


async def _split(request: Request, max_bytes: int, max_line: int) -> AsyncIterator[tuple[int, bytes | None]]:
    """Numbered lines; None for one that is too long, whose rest is passed over without being kept."""
    number, pending, skipping = 1, bytearray(), False
    async for chunk in limited_stream(request, max_bytes):
        *whole, rest = chunk.split(b"\n")
        for part in whole:
            pending += part
            yield number, None if skipping or len(pending) > max_line else bytes(pending)
            number, skipping = number + 1, False
            pending.clear()
        pending += rest
        if len(pending) > max_line:
            skipping = True
            pending.clear()
    if pending or skipping:
        yield number, None if skipping else bytes(pending)
