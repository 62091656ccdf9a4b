"""RFC 6902 on a claim document, by hand."""

from __future__ import annotations

import pytest

from revcycle.demo.corrections import corrected
from samples.models import Change

CLAIM = {"billing": {"npi": "1"}, "lines": [{"units": "0"}, {"units": "2"}]}


def test_a_member_is_set_and_the_rest_stays() -> None:
    changed = corrected(CLAIM, [Change(op="replace", path="/billing/npi", value="2")])
    assert changed == {"billing": {"npi": "2"}, "lines": [{"units": "0"}, {"units": "2"}]}
    assert CLAIM["billing"] == {"npi": "1"}


def test_an_absent_member_is_added() -> None:
    assert corrected(CLAIM, [Change(op="add", path="/attending", value={"npi": "3"})])["attending"] == {"npi": "3"}


def test_a_step_into_a_list_is_a_number() -> None:
    changed = corrected(CLAIM, [Change(op="replace", path="/lines/0/units", value="4")])
    assert changed["lines"] == [{"units": "4"}, {"units": "2"}]


def test_a_member_of_a_list_is_taken_out() -> None:
    assert corrected(CLAIM, [Change(op="remove", path="/lines/1")])["lines"] == [{"units": "0"}]


def test_a_path_that_leads_nowhere_is_an_error() -> None:
    with pytest.raises(KeyError):
        corrected(CLAIM, [Change(op="add", path="/nowhere/npi", value="2")])
