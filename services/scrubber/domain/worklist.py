"""What a biller asks for on the worklist, and what comes of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from shared.claims import Many, Model, ReturnReason

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=500)]
"""Why a finding is let pass, in words that an auditor understands later."""


class OverrideRequest(Model):
    edit_id: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Reason


class Release(Model):
    """Findings to let pass, each by its edit and with its reason."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "overrides": [
                        {"edit_id": "timely-filing", "reason": "The payer extended the limit by letter of 2026-11-02."}
                    ]
                }
            ]
        }
    )

    overrides: Annotated[Many[OverrideRequest], Field(min_length=1, max_length=50)]


class ReturnRequest(Model):
    """Why the coder must look again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "reasons": [
                        {
                            "code": "diagnosis-not-valid",
                            "message": "Which code of full length was meant?",
                            "pointer": "/diagnoses/0/code",
                        }
                    ]
                }
            ]
        }
    )

    reasons: Annotated[Many[ReturnReason], Field(min_length=1, max_length=50)]


class Assignment(Model):
    """Who shall work on the claim; None is the caller."""

    biller: Annotated[str, Field(min_length=1, max_length=255)] | None = None


class NextHold(Model):
    """Which held claims the caller wants to work on; what is left out takes any."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"payer": "MCAREB"}]})

    edit: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """Claims that this edit holds."""
    payer: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    """Claims to this payer id."""
    queue: Annotated[str, Field(min_length=1, max_length=50)] | None = None
    """Claims that a customer rule sent here."""


class Recheck(Model):
    """Run the edits again on the claims that one edit holds, `limit` at a time, from the id `after` on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"edit_id": "billing-npi-missing"}]})

    edit_id: Annotated[str, Field(min_length=1, max_length=100)]
    after: Annotated[str, Field(max_length=50)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class RecheckResult(Model):
    """How many claims were examined and what became of them; `next_after` where more are left."""

    checked: int
    cleared: int
    held: int
    next_after: str | None = None
