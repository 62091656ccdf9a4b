"""`docs/guidelines.md` lists the rules that there are."""

from __future__ import annotations

import pytest

from revcycle.guidelines_reference import PAGE, page
from services.encoder.domain.guidelines.checking import all_rules


def test_every_rule_is_on_the_page_with_its_section() -> None:
    rows = page().splitlines()
    for rule in all_rules():
        [row] = [row for row in rows if row.startswith(f"| `{rule.id}` |")]
        assert f"{rule.authority}, {rule.section}" in row


def test_the_page_is_as_it_is_made() -> None:
    if not PAGE.exists():
        pytest.skip("run `make generate`")
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make generate`"
