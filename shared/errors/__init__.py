"""The root of every service's error tree: each error has one stable code, and the HTTP door makes a problem of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class ServiceError(Exception):
    """What the caller got wrong, or what stands in the way. Subclasses say `code`, `title` and the HTTP `status`.

    `detail` is for a person and never holds PHI. `pointer` is a JSON pointer into the request body; `x12` a loop and
    element such as `2010AA.NM109`; `extra` further members of the problem document.
    """

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "The request cannot be carried out"
    status: ClassVar[int] = 400

    def __init__(
        self,
        detail: str,
        *,
        pointer: str | None = None,
        x12: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer
        self.x12 = x12
        self.extra = dict(extra or {})


class NotFound(ServiceError):
    code, title, status = "not_found", "There is no such record", 404


class Conflict(ServiceError):
    code, title, status = "conflict", "The record is not in a state that allows this", 409


class StaleVersion(ServiceError):
    code, title, status = "stale_version", "The record has changed since it was read", 412


class VersionRequired(ServiceError):
    code, title, status = "version_required", "Say which version you mean with If-Match", 428


class Invalid(ServiceError):
    code, title, status = "invalid", "The request is understood but its content is not valid", 422


class Forbidden(ServiceError):
    code, title, status = "forbidden", "This is not allowed to you", 403
