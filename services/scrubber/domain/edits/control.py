"""What the claim is and by what numbers it is known: control number, frequency, original claim, size (loop 2300)."""

from __future__ import annotations

from collections.abc import Iterator

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.engine import Circumstances, Defect, edit
from shared.claims import Repair

_NAMES_ORIGINAL = {"7", "8"}
_RETURNED_CHARACTERS = 20


@edit(
    "control-number-invalid",
    title="The patient control number would not come back whole",
    version="2",
    predicted="A7:478",
    source="005010X222A1 and X223A2, CLM01; 005010X221A1, CLP01: payers return the first 20 characters",
    row=35,
)
def control_number_invalid(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    number = claim.patient_control_number
    if len(number) > _RETURNED_CHARACTERS:
        yield Defect(
            "/patient_control_number",
            f"Use at most {_RETURNED_CHARACTERS} letters, digits and hyphens.",
            {"length": str(len(number))},
        )


@edit(
    "frequency-invalid",
    title="The payer does not take this claim frequency",
    predicted="A7:535",
    source="005010X222A1 and X223A2, CLM05-3; NUBC frequency codes; payer rules (see evidence)",
    row=41,
)
def frequency_invalid(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    rule = on.payer_rule
    if claim.frequency not in rule.frequencies[claim.kind]:
        yield Defect(
            "/frequency",
            "Choose a claim frequency that this payer takes.",
            {"payer": rule.profile, "taken": " ".join(sorted(rule.frequencies[claim.kind])), "rule": rule.source},
        )


@edit(
    "original-number-missing",
    title="A replacement or void does not name the claim that it replaces",
    predicted="A6:464",
    source="005010X222A1 and X223A2, 2300 REF*F8: required where CLM05-3 is 7 or 8",
    row=42,
)
def original_number_missing(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.frequency in _NAMES_ORIGINAL and on.billed.payer_claim_control_number is None:
        yield Defect(
            f"/coverages/{_billed_position(claim, on)}/payer_claim_control_number",
            "Give the payer's control number of the earlier claim, or send the claim as an original (frequency 1).",
            {"frequency": claim.frequency},
        )


@edit(
    "original-number-not-wanted",
    title="An original claim names an earlier one",
    predicted="A8:464",
    source="005010X222A1 and X223A2, 2300 REF*F8: only where CLM05-3 says that the claim was sent before",
    row=42,
    suggests_repair=True,
)
def original_number_not_wanted(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.frequency == "1" and on.billed.payer_claim_control_number is not None:
        pointer = f"/coverages/{_billed_position(claim, on)}/payer_claim_control_number"
        yield Defect(
            pointer,
            "Leave the earlier claim's number out of an original, or send a replacement (frequency 7).",
            {"frequency": claim.frequency},
            repair=Repair(
                title="Take the earlier claim's number out", patch=({"op": "replace", "path": pointer, "value": None},)
            ),
        )


@edit(
    "line-count",
    title="The claim has no lines, or more than a claim can carry",
    predicted="999 IK304 4",
    source="005010X222A1, 2400 LX: 1 to 50; 005010X223A2, 2400 LX: 1 to 999",
    row=7,
)
def line_count(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    most = 50 if claim.kind == "professional" else 999
    if not claim.lines:
        yield Defect("/lines", "Give at least one service line.", predicted="999 IK304 3")
    elif len(claim.lines) > most:
        yield Defect("/lines", f"Split the claim: it can carry {most} lines.", {"lines": str(len(claim.lines))})


@edit(
    "line-numbers",
    title="The lines are not numbered one after the other",
    predicted="999 IK403 7",
    source="005010X222A1 and X223A2, 2400 LX01: begins with 1 and grows by 1",
    row=7,
)
def line_numbers(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for position, line in enumerate(claim.lines):
        if line.number != position + 1:
            yield Defect(f"/lines/{position}/number", f"Number this line {position + 1}.")
            return


def _billed_position(claim: AnyClaim, on: Circumstances) -> int:
    return next(i for i, coverage in enumerate(claim.coverages) if coverage is on.billed)
