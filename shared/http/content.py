"""Media types and bytes: what a request may carry, how large it may be, what the caller accepts back."""

from collections.abc import AsyncIterator, Iterable, Sequence

from fastapi import Request

from shared.errors import ServiceError

JSON = "application/json"
NDJSON = "application/x-ndjson"
PROBLEM = "application/problem+json"
_NDJSON_NAMES = frozenset({NDJSON, "application/ndjson", "application/jsonl", "application/jsonlines"})


class BodyTooLarge(ServiceError):
    code, title, status = "body_too_large", "The request body is too large", 413


class UnsupportedMediaType(ServiceError):
    code, title, status = "unsupported_media_type", "The request body is of a kind that is not read here", 415


class NotAcceptable(ServiceError):
    code, title, status = "not_acceptable", "None of the accepted media types can be given", 406


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body, read once and kept. Raises `BodyTooLarge` as soon as more than `limit` bytes are known."""
    kept: bytes | None = request.scope.get("body")
    if kept is None:
        kept = b"".join([chunk async for chunk in limited_stream(request, limit)])
        request.scope["body"] = kept
    return kept


async def limited_stream(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body as it arrives. Raises `BodyTooLarge` as soon as more than `limit` bytes are known."""
    declared = request.headers.get("content-length", "")
    received = 0
    if declared.isdigit() and int(declared) > limit:
        raise BodyTooLarge(f"the body may have {limit} bytes")
    async for chunk in request.stream():
        received += len(chunk)
        if received > limit:
            raise BodyTooLarge(f"the body may have {limit} bytes")
        yield chunk


def check_json_type(request: Request) -> None:
    """JSON by its media type, in UTF-8. A missing Content-Type passes. Raises `UnsupportedMediaType`."""
    media_type, charset = _content_type(request)
    is_json = media_type in ("", JSON) or (media_type.startswith("application/") and media_type.endswith("+json"))
    if not is_json or charset not in ("", "utf-8", "utf8"):
        raise UnsupportedMediaType(f"send {JSON} in UTF-8")


def check_ndjson_type(request: Request) -> None:
    """NDJSON by its media type, in UTF-8. A missing Content-Type passes. Raises `UnsupportedMediaType`."""
    media_type, charset = _content_type(request)
    if media_type not in _NDJSON_NAMES | {""} or charset not in ("", "utf-8", "utf8"):
        raise UnsupportedMediaType(f"send {NDJSON} in UTF-8")


def check_media_type(request: Request, media_types: Sequence[str]) -> None:
    """One of these media types, or none named. Raises `UnsupportedMediaType`."""
    if _content_type(request)[0] not in {"", *media_types}:
        raise UnsupportedMediaType(f"send {' or '.join(media_types)}")


def _content_type(request: Request) -> tuple[str, str]:
    media_type, *parameters = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    charset = next((p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")), "")
    return media_type, charset


def check_acceptable(request: Request) -> None:
    """Raises `NotAcceptable` when the caller takes nothing that the route gives."""
    accept = request.headers.get("accept")
    if accept and not any(_accepts(accept, offered) for offered in _offered(request)):
        raise NotAcceptable(f"this resource is given as {', '.join(_offered(request))}")


def _offered(request: Request) -> Iterable[str]:
    """Media types of the route's declared success answers, JSON unless it says otherwise."""
    responses = getattr(request.scope.get("route"), "responses", {})
    declared = {
        media for status, answer in responses.items() if str(status)[0] == "2" for media in answer.get("content", ())
    }
    return sorted(declared) or (JSON,)


def _accepts(accept: str, offered: str) -> bool:
    kind = offered.partition("/")[0]
    for media_range in accept.lower().split(","):
        name, *parameters = (part.strip() for part in media_range.split(";"))
        refused = any(p.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000") for p in parameters)
        if name in ("*/*", f"{kind}/*", offered) and not refused:
            return True
    return False
