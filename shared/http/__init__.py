"""The HTTP door that every service shares: `create_service_app` and the dependencies that routes are made of."""

from shared.http.answers import answer, etag
from shared.http.app import create_service_app
from shared.http.body import NdjsonItems, json_body, ndjson_items, raw_body
from shared.http.content import JSON, NDJSON, PROBLEM
from shared.http.housekeeping import housekeeping
from shared.http.idempotency import IdempotencyRow, purge
from shared.http.paging import InvalidCursor, Page, PageQuery, PageRequest, decode_cursor, encode_cursor
from shared.http.policies import UnguardedRoute, requires
from shared.http.problems import FieldError, InvalidBody, InvalidParameters, Problem
from shared.http.reference import CurrentTables
from shared.http.streams import NdjsonStream, in_lines
from shared.http.windows import Together, in_windows
from shared.http.writes import Effect, IfMatch, Read, Write, Writer
from shared.runtime.principal import Principal

__all__ = [
    "JSON",
    "NDJSON",
    "PROBLEM",
    "CurrentTables",
    "Effect",
    "FieldError",
    "IdempotencyRow",
    "IfMatch",
    "InvalidBody",
    "InvalidCursor",
    "InvalidParameters",
    "NdjsonItems",
    "NdjsonStream",
    "Page",
    "PageQuery",
    "PageRequest",
    "Principal",
    "Problem",
    "Read",
    "Together",
    "UnguardedRoute",
    "Write",
    "Writer",
    "answer",
    "create_service_app",
    "decode_cursor",
    "encode_cursor",
    "etag",
    "housekeeping",
    "in_lines",
    "in_windows",
    "json_body",
    "ndjson_items",
    "purge",
    "raw_body",
    "requires",
]
