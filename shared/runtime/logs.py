"""Structured logs for the whole process, ours and the libraries'. No line holds PHI or a token.

Two rules make that hold when somebody forgets it: an exception is logged by type and place, because its message may
quote a row or a request; and members with the name of something private are withheld.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import orjson
import structlog

from shared.runtime.settings import Settings

_PRIVATE = frozenset(
    re.findall(
        r"\w+",
        """
        address authorization birth_date body claim client_secret content cookie cursor document encounter first input
        last member_id mrn name note parameters password patient payload query secret ssn statement subscriber
        telephone text token value
        """,
    )
)
WITHHELD = "[withheld]"
_MOST_FRAMES = 30

# Their access lines hold paths and queries, which `shared.http.observation` leaves out.
_SILENT = ("uvicorn.access", "httpx", "httpcore")


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Send every log record of the process to `stream`, standard error by default: JSON lines, or text for a person."""
    as_json = structlog.processors.JSONRenderer(serializer=lambda entry, **_: orjson.dumps(entry, default=str).decode())
    as_text = structlog.dev.ConsoleRenderer()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_exception,
        withhold_private,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            as_text if settings.log_format == "console" else as_json,
        ],
    )
    _route_everything_to(stream or sys.stderr, formatter, settings.log_level)


def _route_everything_to(stream: TextIO, formatter: logging.Formatter, level: str) -> None:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("revcycle").setLevel(level)
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def describe_exception(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: `exc_info` becomes a list of types with their frames, without messages and values."""
    found = entry.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        entry["exception"] = list(_chain(error))
    return entry


def withhold_private(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: members named like something private keep their name and lose their value."""
    for name in entry.keys() & _PRIVATE:
        entry[name] = WITHHELD
    return entry


def _chain(error: BaseException | None) -> Iterator[dict[str, Any]]:
    while error is not None:
        kind, frames = type(error), list(_frames(error.__traceback__))
        yield {"type": f"{kind.__module__}.{kind.__qualname__}", "at": frames[-_MOST_FRAMES:]}
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _frames(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        code = traceback.tb_frame.f_code
        yield f"{traceback.tb_frame.f_globals.get('__name__', '?')}:{traceback.tb_lineno} {code.co_name}"
        traceback = traceback.tb_next
