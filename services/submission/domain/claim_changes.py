"""The claim change reason: the one condition code that says why a bill replaces or takes back what the payer has.

CMS Pub 100-04 ch. 1 §130.1.2.1: one code, that which describes the change best. D1 only where charges are all that has
changed, for other changes bring charges along. What no code is for, and what several are for, is D9, of which the
remarks say what it is (§130.1.2.2; Medicare contractors return a D9 without them). E0 is for the patient status alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from services.submission.domain.changes import changes
from services.submission.domain.resubmission import REPLACEMENT, VOID, AnyClaim, ClaimChange, FoundChange
from services.submission.errors import InvalidChangeReason
from services.submission.parameters import parameter
from shared.claims import InstitutionalClaim, InstitutionalLine

_FIELDS = {
    "statement_from": "service_dates",
    "statement_through": "service_dates",
    "total_charge": "charges",
    "patient_status": "patient_status",
    "diagnoses": "icd_codes",
    "admitting_diagnosis": "icd_codes",
    "reasons_for_visit": "icd_codes",
    "external_causes": "icd_codes",
    "procedures": "icd_codes",
    "drg": "icd_codes",  # it follows from them
}
_LINE_FIELDS = {
    "service_from": "service_dates",
    "service_through": "service_dates",
    "charge": "charges",
    "non_covered": "charges",
    "revenue_code": "billed_codes",
    "procedure": "billed_codes",
}
_NO_CHANGE = frozenset({"frequency", "patient_control_number", "condition_codes", "billing_note"})
"""Fields of the claim that a resubmission sets or that are looked at apart."""
_DECISIVE = ("next_interim", "medicare_secondary", "medicare_primary")
"""They bring other changes along, dates and charges or value codes, and describe them all."""
_MEDICARE = frozenset({"MA", "MB"})
_STILL_PATIENT = "30"
_REMARKS = "CHANGED - "
_LONGEST_NOTE = 80
_MOST_CODES = 24


def claim_change(
    before: AnyClaim, after: AnyClaim, frequency: str, day: date, *, rejected: bool = False, stated: str | None = None
) -> ClaimChange | None:
    """Why `after` goes out with `frequency` in the place of `before`; None where no reason is told.

    None is told of a professional claim, or of one that neither replaces nor takes back. A reason that somebody gives,
    as `stated` or as a new condition code of `after`, stands. A replacement or void that was `rejected` keeps the
    reason that it had, for the payer still has what it was for; where it had none, none is made up. Raises
    InvalidChangeReason for one that does not go with the frequency, or a second one.
    """
    reasons: Mapping[str, Any] = parameter("claim_change_reasons").on(day)
    if not (isinstance(before, InstitutionalClaim) and isinstance(after, InstitutionalClaim)):
        _refuse(stated)
        return None
    if frequency not in (REPLACEMENT, VOID):
        _refuse(stated)
        return None
    given = stated or _newly_given(before, after, reasons)
    if given is not None:
        return _given(given, frequency, reasons)
    if rejected:
        kept = _reasons_on(before, reasons)
        because = "The claim that was rejected had this reason, and the payer still has what it was for."
        return ClaimChange(code=kept[0], because=because) if kept else None
    if frequency == VOID:
        return ClaimChange(
            code=reasons["repayment"]["code"],
            because="Taken back, and not said to be for a wrong Medicare or provider number.",
        )
    return _best(_found(before, after, reasons), reasons)


def with_claim_change(claim: AnyClaim, change: ClaimChange | None, day: date) -> AnyClaim:
    """The claim with this reason and no other, and with its remarks where nobody has written any."""
    if not isinstance(claim, InstitutionalClaim):
        return claim
    reasons = _codes(parameter("claim_change_reasons").on(day))
    codes = tuple(code for code in claim.condition_codes if code not in reasons)
    note = None if (claim.billing_note or "").startswith(_REMARKS) else claim.billing_note
    if change is not None:
        codes = (*codes[: _MOST_CODES - 1], change.code)
        note = note or change.remarks
    return claim.model_copy(update={"condition_codes": codes, "billing_note": note})


def _refuse(stated: str | None) -> None:
    if stated is not None:
        raise InvalidChangeReason("a claim change reason is for institutional replacements (7) and voids (8)")


def _given(code: str, frequency: str, reasons: Mapping[str, Any]) -> ClaimChange:
    if code not in {reason["code"] for reason in reasons.values() if reason["frequency"] == frequency}:
        raise InvalidChangeReason(f"{code} is no claim change reason for frequency {frequency}")
    return ClaimChange(code=code, because="It was given with the correction.")


def _newly_given(before: InstitutionalClaim, after: InstitutionalClaim, reasons: Mapping[str, Any]) -> str | None:
    had = _reasons_on(before, reasons)
    new = [code for code in _reasons_on(after, reasons) if code not in had]
    if len(new) > 1:
        raise InvalidChangeReason("a claim has one claim change reason", pointer="/condition_codes")
    return new[0] if new else None


def _reasons_on(claim: InstitutionalClaim, reasons: Mapping[str, Any]) -> list[str]:
    return [code for code in claim.condition_codes if code in _codes(reasons)]


def _codes(reasons: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(reason["code"] for reason in reasons.values())


def _best(found: Mapping[str, list[str]], reasons: Mapping[str, Any]) -> ClaimChange:
    decisive = next((kind for kind in _DECISIVE if kind in found), None)
    named = [kind for kind in found if kind != "charges"] or list(found)
    kind = decisive or (named[0] if len(named) == 1 else "other")
    words = [reasons[name]["words"] for name in (named if decisive is None else [decisive])]
    evidence = (FoundChange(code=reasons[name]["code"], pointers=tuple(found[name])) for name in found)
    return ClaimChange(
        code=reasons[kind]["code"],
        because=f"Changed: {', '.join(words)}." if found else "Nothing on the claim has changed.",
        found=tuple(evidence),
        remarks=_remarks(found, reasons) if kind == "other" and found else None,
    )


def _remarks(found: Mapping[str, list[str]], reasons: Mapping[str, Any]) -> str:
    """What has changed, field by field where no reason has words for it, as far as NTE02 has room."""
    named = [reasons[kind]["words"] for kind in found if kind not in ("charges", "other")]
    text = _REMARKS
    for words in dict.fromkeys([*named, *map(_field_words, found.get("other", ()))]):
        longer = f"{text}{'' if text == _REMARKS else ', '}{words.upper()}"
        if len(longer) > _LONGEST_NOTE:
            break
        text = longer
    return text


def _field_words(pointer: str) -> str:
    """A field of a line, or of the claim with its part where it has one: `units`, `admission hour`, `occurrences`."""
    first, *rest = pointer.split("/")[1:]
    if first == "lines":
        return rest[1].replace("_", " ")
    return " ".join((first, *(step for step in rest[:1] if not step.isdigit()))).replace("_", " ")


# -- what has changed -------------------------------------------------------------------------------------------------


def _found(
    before: InstitutionalClaim, after: InstitutionalClaim, reasons: Mapping[str, Any]
) -> Mapping[str, list[str]]:
    """Pointers by kind of change."""
    found: dict[str, list[str]] = {}
    for kind, pointer in _kinds(before, after, _codes(reasons)):
        found.setdefault(kind, []).append(pointer)
    return found


def _kinds(before: InstitutionalClaim, after: InstitutionalClaim, reasons: frozenset[str]) -> Iterator[tuple[str, str]]:
    yield from _interim(before, after)
    yield from _turn_of_medicare(before, after)
    yield from _lines(before, after)
    same_lines = {"lines": before.lines, "coverages": _without_numbers(before)}
    compared = after.model_copy(update={"lines": before.lines, "coverages": _without_numbers(after)})
    for change in changes(before.model_copy(update=same_lines), compared):
        field = change.pointer.split("/")[1]
        if field not in _NO_CHANGE:
            yield _FIELDS.get(field, "other"), change.pointer
    if _other_codes(before, reasons) != _other_codes(after, reasons):
        yield "other", "/condition_codes"


def _interim(before: InstitutionalClaim, after: InstitutionalClaim) -> Iterator[tuple[str, str]]:
    """A bill of a stay that went on, replaced by one that goes on from the same first day to a later last one."""
    goes_on = before.is_inpatient and before.patient_status == _STILL_PATIENT
    if goes_on and after.statement_from == before.statement_from and after.statement_through > before.statement_through:
        yield "next_interim", "/statement_through"


def _turn_of_medicare(before: InstitutionalClaim, after: InstitutionalClaim) -> Iterator[tuple[str, str]]:
    was, now = _turn(before), _turn(after)
    if was == "P" and now not in ("P", None):
        yield "medicare_secondary", "/coverages"
    elif now == "P" and was not in ("P", None):
        yield "medicare_primary", "/coverages"


def _turn(claim: InstitutionalClaim) -> str | None:
    return next((cover.sequence for cover in claim.coverages if cover.filing_indicator in _MEDICARE), None)


def _lines(before: InstitutionalClaim, after: InstitutionalClaim) -> Iterator[tuple[str, str]]:
    """Line by line where there are as many; where one came or went, others codes are billed, whatever moved with it."""
    if len(before.lines) != len(after.lines):
        yield "billed_codes", "/lines"
        return
    for place, (old, new) in enumerate(zip(before.lines, after.lines, strict=True)):
        for field in InstitutionalLine.model_fields:
            if getattr(old, field) != getattr(new, field):
                yield _LINE_FIELDS.get(field, "other"), f"/lines/{place}/{field}"


def _without_numbers(claim: InstitutionalClaim) -> tuple[Any, ...]:
    """REF*F8 is the resubmission's own."""
    return tuple(cover.model_copy(update={"payer_claim_control_number": None}) for cover in claim.coverages)


def _other_codes(claim: InstitutionalClaim, reasons: frozenset[str]) -> tuple[str, ...]:
    return tuple(code for code in claim.condition_codes if code not in reasons)
