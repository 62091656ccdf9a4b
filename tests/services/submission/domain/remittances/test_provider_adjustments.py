"""Reasons of a provider's account in words: those of the guide, each of them."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from xml.etree import ElementTree

import pytest

from services.submission.domain.remittances.provider_adjustments import reason_in_words


def test_every_reason_of_the_guide_has_words_and_none_beside_them():
    """As pyx12 lists them for PLB03-1 of 005010X221A1."""
    guide = ElementTree.parse(str(files("pyx12").joinpath("map", "835.5010.X221.A1.xml")))  # noqa: S314 - its own file
    (reason,) = [one for one in guide.iter("element") if one.get("xid") == "PLB03-01"]
    listed = [code.text or "" for code in reason.iter("code")]
    assert len(listed) == 41
    assert all(reason_in_words(code, date(2026, 11, 24)) for code in listed)
    others = {f"{first}{second}" for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for second in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    assert not any(reason_in_words(code, date(2026, 11, 24)) for code in others - set(listed))


@pytest.mark.parametrize(("code", "word"), [("WO", "overpayment"), ("FB", "forward"), ("L6", "Interest")])
def test_what_a_poster_meets_most_is_said_plainly(code: str, word: str):
    assert word in (reason_in_words(code, date.max) or "")
    assert reason_in_words(code, date(1999, 1, 1)) == reason_in_words(code, date.max)
