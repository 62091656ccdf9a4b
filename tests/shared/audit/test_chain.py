"""The hash of a link, by hand: whoever audits us can compute it with any tool."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from shared.audit.chain import GENESIS, Link, details_text, moment_text

LINK = Link(
    "north", 1, "2026-11-02T08:00:00.000000+00:00", "ann", "chart.coded", "chart", "c-1", '{"a":1}', "r-1", GENESIS
)
CONTENT = (
    f'["{GENESIS}","north",1,"2026-11-02T08:00:00.000000+00:00","ann","chart.coded","chart","c-1",'
    r'"{\"a\":1}","r-1"]'
).encode()


def test_a_link_is_hashed_as_one_json_array_with_the_previous_hash_first() -> None:
    assert LINK.hash(None) == hashlib.sha256(CONTENT).hexdigest()


def test_with_a_key_the_hash_is_an_hmac() -> None:
    assert LINK.hash(b"key") == hmac.new(b"key", CONTENT, "sha256").hexdigest()


@pytest.mark.parametrize("member", ["actor", "action", "record_type", "record_id", "details", "request_id", "at"])
def test_every_member_is_in_the_hash(member: str) -> None:
    assert replace(LINK, **{member: "other"}).hash(None) != LINK.hash(None)


def test_members_do_not_run_into_one_another() -> None:
    assert replace(LINK, actor="a", action="nn").hash(None) != replace(LINK, actor="an", action="n").hash(None)


def test_details_have_one_text_whatever_the_order_of_their_members() -> None:
    assert details_text({"b": [1, {"d": None, "c": "ä"}], "a": True}) == '{"a":true,"b":[1,{"c":"ä","d":null}]}'


def test_moments_are_texts_in_utc_that_sort_as_they_follow() -> None:
    east = datetime(2026, 11, 2, 3, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert moment_text(east) == "2026-11-02T08:00:00.000000+00:00"
