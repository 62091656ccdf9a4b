"""`docs/guidelines.md`, made from the rules themselves: `python -m revcycle.guidelines_reference`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from services.encoder.domain.guidelines.checking import all_rules
from services.encoder.domain.guidelines.rules import EVERYWHERE, OUTPATIENT, GuidelineRule

PAGE = Path(__file__).parents[1] / "docs" / "guidelines.md"
_HEAD = """# Guideline rules

Generated from the code by `make generate`; do not edit by hand. Every rule is a function in
`services/encoder/domain/guidelines`, its subject the file it stands in. `POST /encoder/v1/check`, a chart's
`/findings` and `revcycle check` run those in force on the day of discharge or service; `GET /encoder/v1/guidelines`
lists them. An **error** cannot stand, a **warning** asks a coder to look, **info** is worth knowing; a finding may be
lighter or heavier than its rule where the note leaves it open. *Reads* names the tables without any release of which
the rule is silent. The wording is ours; the section is where the authority says it.
"""


def page() -> str:
    """The whole of `docs/guidelines.md`."""
    rules = sorted(all_rules(), key=lambda rule: (_subject(rule), rule.id))
    subjects = [(name, list(of_subject)) for name, of_subject in groupby(rules, key=_subject)]
    count = f"{len(rules)} rules of {len(subjects)} subjects.\n"
    return "\n".join([_HEAD, count, *("\n".join(_section(name, ours)) for name, ours in subjects)])


def _subject(rule: GuidelineRule) -> str:
    return rule.check.__module__.rpartition(".")[2].replace("_", " ").capitalize()


def _section(name: str, rules: list[GuidelineRule]) -> Iterator[str]:
    yield f"## {name}\n"
    yield "| id | v | what it finds | severity | settings | authority, section | from | reads |"
    yield "|---|---|---|---|---|---|---|---|"
    for rule in rules:
        through = "" if rule.through is None else f" through {rule.through}"
        cells = (
            f"`{rule.id}`",
            str(rule.version),
            rule.title,
            rule.severity,
            _settings(rule),
            f"{rule.authority}, {rule.section}",
            f"{rule.effective}{through}",
            ", ".join(f"`{table.name}`" for table in rule.reads),
        )
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
    yield ""


def _settings(rule: GuidelineRule) -> str:
    names = {EVERYWHERE: "all", OUTPATIENT: "outpatient"}
    return names.get(rule.settings, ", ".join(rule.settings).replace("_", " "))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
