"""Fixtures of the whole suite; each real part has a file of its own in `tests/fixtures`."""

pytest_plugins = ["tests.fixtures.postgres", "tests.fixtures.kafka", "tests.fixtures.tables"]
