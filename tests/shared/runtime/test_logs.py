"""A log line is for machines, and holds neither what is private nor what an exception quotes."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
import structlog

from shared.runtime import Settings
from shared.runtime.logs import WITHHELD, configure_logging


@pytest.fixture
def written() -> io.StringIO:
    stream = io.StringIO()
    configure_logging(Settings(), stream)
    return stream


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_is_json_with_time_level_and_logger(written: io.StringIO) -> None:
    structlog.get_logger("revcycle.test").info("batch sent", batch="b-1", claims=12)
    (line,) = lines(written)
    assert line["timestamp"].endswith("Z")
    assert line | {"timestamp": ""} == {
        "event": "batch sent",
        "batch": "b-1",
        "claims": 12,
        "level": "info",
        "logger": "revcycle.test",
        "timestamp": "",
    }


def test_members_named_like_something_private_are_withheld(written: io.StringIO) -> None:
    structlog.get_logger("revcycle.test").info("seen", patient="ABERNATHY", token="abc", claim_id="c-1")
    (line,) = lines(written)
    assert (line["patient"], line["token"], line["claim_id"]) == (WITHHELD, WITHHELD, "c-1")


def test_an_exception_is_logged_by_type_and_place_and_never_by_its_message(written: io.StringIO) -> None:
    try:
        try:
            raise KeyError("ABERNATHY")
        except KeyError as error:
            raise RuntimeError("no row for ABERNATHY") from error
    except RuntimeError:
        structlog.get_logger("revcycle.test").exception("lookup failed")
        logging.getLogger("some.library").exception("it failed")
    assert "ABERNATHY" not in written.getvalue()
    for line in lines(written):
        assert [cause["type"] for cause in line["exception"]] == ["builtins.RuntimeError", "builtins.KeyError"]
        assert "tests.shared.runtime.test_logs" in line["exception"][0]["at"][0]


def test_libraries_speak_from_warning_on_and_never_of_addresses(written: io.StringIO) -> None:
    logging.getLogger("aiokafka").info("chatter")
    logging.getLogger("uvicorn.access").warning("GET /v1/charts?mrn=4711 200")
    logging.getLogger("aiokafka").warning("broker gone")
    assert [line["event"] for line in lines(written)] == ["broker gone"]
