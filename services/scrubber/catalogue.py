"""The catalogue of edits, made from the edits themselves: `docs/edits.md` and `GET /v1/edits`.

`python -m services.scrubber.catalogue --write` rewrites the page; a test compares it.
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from services.scrubber.domain.edits import all_edits
from services.scrubber.domain.engine import Edit
from services.scrubber.domain.repairs import RULES

PAGE = Path("docs/edits.md")
_LETTERS = {"professional": "P", "institutional": "I"}
_HEAD = """# Edits

Generated from the code by `make generate`; do not edit by hand. Every edit is a function in
`services/scrubber/domain/edits`, its family the file it stands in. *Claims* says which it is for: P professional, I
institutional, and of these the bills, by the two digits of facility type and classification (`11`, `13`), where it is
not for all. An **error** holds the claim, a warning asks for a look. *Row* is the row in our list of front-end edits.

*Answer* is what the claim would have got, by who would have answered:

| answer | from whom |
|---|---|
| `TA1 021` | the clearinghouse refuses the interchange: TA105 |
| `999 IK403 7` | it refuses the group (AK905), the transaction set (IK502), a segment (IK304) or an element (IK403) |
| `A7:562:85` | it, or the payer's front end, refuses the claim: category, status and entity of the 277CA |
| `CARC 97` | the payer takes the claim and denies it, or a line: the claim adjustment reason code of the 835 |
| `RTP` | a Medicare contractor returns the bill to the provider, to be corrected and sent anew |
| `LIR`, `LID` | the I/OCE rejects or denies the line (no correction, or an appeal, is the way on) |
| `CR`, `SUS` | the I/OCE rejects the whole claim, or suspends it for a person at the contractor |

An edit without answer tells of what may go wrong later, or what the payer alone decides. Where a finding's answer
differs from its edit's, as that of a missing value (A6) does from that of a bad one (A7), the finding has its own.
"""


def page() -> str:
    """The whole of `docs/edits.md`."""
    edits = all_edits()
    by_family = sorted(edits.edits, key=lambda edit: (edit.family, edit.id))
    families = [_family(name, list(group)) for name, group in groupby(by_family, key=lambda edit: edit.family)]
    count = f"{len(edits.edits)} edits in {len(families)} families, version {edits.version}.\n"
    return "\n".join([_HEAD, count, *families, _repairs()])


def _family(name: str, edits: list[Edit]) -> str:
    rows = [
        "| id | v | what it finds | claims | severity | answer | row | source |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(edit) for edit in edits),
    ]
    return f"## {name.replace('-', ' ').capitalize()}\n\n" + "\n".join(rows) + "\n"


def _row(edit: Edit) -> str:
    kinds = "".join(_LETTERS[kind] for kind in edit.kinds) + (f" {' '.join(sorted(edit.bills))}" if edit.bills else "")
    title = edit.title + (" (suggests a repair)" if edit.suggests_repair else "")
    cells = [
        f"`{edit.id}`",
        edit.version,
        title,
        kinds,
        edit.severity,
        edit.predicted or "",
        edit.row or "",
        edit.source,
    ]
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _repairs() -> str:
    rows = [f"| `{rule.id}` | {rule.title} |" for rule in RULES.values()]
    head = "## Format repairs\n\nMade before the edits run, listed with before and after, each can be switched off.\n\n"
    return head + "\n".join(["| id | what it does |", "|---|---|", *rows]) + "\n"


def main(arguments: list[str]) -> int:
    if arguments != ["--write"]:
        sys.stdout.write(page())
        return 0
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
