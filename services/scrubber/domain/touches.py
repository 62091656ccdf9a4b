"""The history of a claim at the scrubber: who touched it when, how, and which findings went and came by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from shared.claims import Instant, Many, Model
from shared.worklists import Act


class Touch(Model):
    """What one person, or the line itself, did to the claim."""

    seq: int
    """Its place on the tenant's audit trail, which proves it."""
    at: Instant
    actor: str
    action: str
    """Such as claim.scrubbed, claim.assigned, claim.corrected, claim.released, claim.returned or claim.lapsed."""
    cured: Many[str] = ()
    """Edits that found something before and nothing any more."""
    raised: Many[str] = ()
    """Edits that found something for the first time, or again."""
    details: dict[str, JsonValue]


def touches(acts: Iterable[Act]) -> list[Touch]:
    """The acts, given oldest first, newest first. Only those that ran the edits cure or raise anything."""
    told: list[Touch] = []
    before: set[str] = set()
    for act in acts:
        found = _found(act.details, before)
        told.append(
            Touch(
                seq=act.seq,
                at=act.at,
                actor=act.actor,
                action=act.action,
                cured=tuple(sorted(before - found)),
                raised=tuple(sorted(found - before)),
                details=dict(act.details),
            )
        )
        before = found
    return told[::-1]


def _found(details: Mapping[str, JsonValue], before: set[str]) -> set[str]:
    findings = details.get("findings")
    return {str(edit) for edit in findings} if isinstance(findings, list) else before
