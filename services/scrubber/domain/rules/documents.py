"""Rules as a YAML document, to keep them beside other configuration: read whole or not at all, written as it is read.

rules:
  - id: north-infusion-authorization
    name: Infusions at North Health need an authorisation
    …
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import yaml
from pydantic import ValidationError

from services.scrubber.domain.rules.book import RuleFault, compiled
from services.scrubber.domain.rules.rule import NewRule, Rule
from services.scrubber.errors import InvalidRules, UnreadableRules

MOST_RULES = 1_000
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
_DEFAULTS_SAID = {"kinds"}
"""Fields that are written even where they are as usual: a reader asks for them first."""


def read_rules(document: bytes) -> list[NewRule]:
    """The rules of a document. Raises UnreadableRules; InvalidRules, which names every fault of every rule."""
    entries = _entries(document)
    rules: list[NewRule] = []
    faults: list[RuleFault] = []
    for position, entry in enumerate(entries):
        try:
            rule = NewRule.model_validate(entry)
        except ValidationError as error:
            faults += _faults(f"/rules/{position}", error)
            continue
        rules.append(rule)
        wrong = compiled(rule.content)[1]
        faults += [fault._replace(pointer=f"/rules/{position}{fault.pointer}") for fault in wrong]
    faults += _repeated(entries)
    if faults:
        raise InvalidRules(
            f"{len(faults)} faults in the document" if len(faults) > 1 else faults[0].message,
            pointer=faults[0].pointer,
            extra={"faults": [fault._asdict() for fault in faults]},
        )
    return rules


def write_rules(rules: Iterable[Rule]) -> str:
    """The last words of these rules as a document that `read_rules` reads."""
    entries = [{"id": rule.id} | _said(rule) for rule in rules]
    return yaml.safe_dump({"rules": entries}, sort_keys=False, allow_unicode=True, width=110)


def _said(rule: Rule) -> dict[str, Any]:
    content = rule.content.model_dump(mode="json")
    usual = rule.content.model_dump(mode="json", exclude_defaults=True)
    return {name: value for name, value in content.items() if name in usual or name in _DEFAULTS_SAID}


def _entries(document: bytes) -> list[Any]:
    try:
        for event in yaml.parse(document, Loader=yaml.SafeLoader):
            _check_event(event)
        read = yaml.safe_load(document)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise UnreadableRules(f"this is not YAML{place}") from None
    except (ValueError, TypeError, RecursionError):  # a day that is none, an unhashable key, nesting without end
        raise UnreadableRules("a value of the document cannot be read") from None
    if not isinstance(read, dict) or not isinstance(read.get("rules"), list) or set(read) != {"rules"}:
        raise UnreadableRules("the document is a mapping with one member, `rules`, which is a list")
    entries: list[Any] = read["rules"]
    if len(entries) > MOST_RULES:
        raise UnreadableRules(f"a document holds at most {MOST_RULES} rules")
    return entries


def _check_event(event: yaml.Event) -> None:
    """Raises UnreadableRules for what is YAML and yet nothing to keep."""
    if isinstance(event, yaml.AliasEvent):
        # It may stand for itself a million times over, and the document has no need of any.
        raise UnreadableRules("write each rule out; aliases are not read")
    if isinstance(event, yaml.ScalarEvent) and _UNKEPT.search(event.value):
        raise UnreadableRules("a text of the document holds a character that cannot be kept")


def _faults(place: str, error: ValidationError) -> Iterator[RuleFault]:
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        steps = [step for step in fault["loc"] if step not in ("finding", "hold", "route", "set")]
        yield RuleFault(place + "".join(f"/{step}" for step in steps), fault["msg"])


def _repeated(entries: Sequence[Any]) -> Iterator[RuleFault]:
    seen: set[str] = set()
    for position, entry in enumerate(entries):
        name = entry.get("id") if isinstance(entry, dict) else None
        if isinstance(name, str):
            if name in seen:
                yield RuleFault(f"/rules/{position}/id", "two rules of the document have this id")
            seen.add(name)
