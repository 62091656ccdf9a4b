"""Fixtures of the whole suite; each real part has a file of its own in `tests/fixtures`."""

import logging

import structlog

pytest_plugins = ["tests.fixtures.postgres", "tests.fixtures.kafka", "tests.fixtures.tables"]


def pytest_configure() -> None:
    # `httpserver` tells of each request on a thread of its own, into the standard error of whatever command runs then.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    # A failure that is logged is drawn with every local value by default, which takes a second or more.
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.stdlib.add_log_level, plain])
