"""Rules to test with: one that fires on the builders' professional claim, told apart by what a test says of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from services.scrubber.domain.rules.book import RuleBook, compile_rule
from services.scrubber.domain.rules.rule import Rule, RuleContent

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
ERROR = {"kind": "finding", "severity": "error", "message": "Look at this claim before it goes out."}


def content(condition: str = "true", **said: Any) -> RuleContent:
    """What a rule says; by default an error on every claim since 2026."""
    given = {"name": "A rule of ours", "action": ERROR, "effective": date(2026, 1, 1)} | said
    return RuleContent.model_validate(given | {"condition": condition})


def a_rule(condition: str = "true", *, rule_id: str = "ours", status: str = "active", **said: Any) -> Rule:
    """A rule that runs: written by Ann, approved by Bo."""
    drafted = Rule.drafted(rule_id, content(condition, **said), "ann", AT)
    if status == "draft":
        return drafted
    return drafted.proposed("ann", AT).approved("bo", AT, shadow=status == "shadow")


def a_book(*rules: Rule) -> RuleBook:
    return RuleBook.of("1", [compile_rule(rule) for rule in rules])
