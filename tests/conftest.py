"""Fixtures of the whole suite; each real part has a file of its own in `tests/fixtures`."""

import logging

pytest_plugins = ["tests.fixtures.postgres", "tests.fixtures.kafka", "tests.fixtures.tables"]


def pytest_configure() -> None:
    # `httpserver` tells of each request on a thread of its own, into the standard error of whatever command runs then.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
