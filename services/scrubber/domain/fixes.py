"""One correction for many held claims: what it would do to each, looked at before it is done.

A fix does to a claim what a biller's JSON Patch of that claim does and may do no more. What it does is seen in a
preview, which names the version of each claim that it looked at; it is done to just that version.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from services.scrubber.domain.claim_patch import ClaimPatch, PatchOperation
from services.scrubber.domain.examination import Examination
from services.scrubber.domain.scrubbed_claim import ClaimStatus, ScrubbedClaim
from services.scrubber.errors import NoRepair
from shared.claims import Finding, Many, Model, Repair, ScrubReport, Severity

MOST_CLAIMS = 200
"""In one request."""

EditId = Annotated[str, Field(min_length=1, max_length=100)]
GivenId = Annotated[str, Field(min_length=1, max_length=50)]


class Fix(Model):
    """A JSON Patch that is the same for every claim, or for each claim what one edit suggests on it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"repair_of": "total-charge-balance"}]})

    patch: ClaimPatch | None = None
    repair_of: EditId | None = None
    """The edit whose repairs, as the claim's report holds them, are made."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.patch is None) == (self.repair_of is None):
            raise PydanticCustomError("fix_ambiguous", "a fix is either `patch` or `repair_of`")
        return self

    def operations_on(self, claim: ScrubbedClaim) -> tuple[PatchOperation, ...]:
        """What it does to this claim. Raises NoRepair where the edit suggests none on it."""
        if self.patch is not None:
            return self.patch
        repairs = [one.repair for one in claim.report.findings if one.edit_id == self.repair_of and one.repair]
        if not repairs:
            raise NoRepair("the edit suggests no repair on this claim")
        return tuple(_operations(repairs))


class HeldClaims(Model):
    """Which held claims are meant; what is left out takes any."""

    edit: EditId | None = None
    """Claims that this edit holds."""
    payer: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    """Claims to this payer id."""
    queue: Annotated[str, Field(min_length=1, max_length=50)] | None = None
    """Claims that a customer rule sent here."""
    owner: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    """Claims that this person works on."""


class FixPreview(Model):
    """What a fix would do to named claims, or to those of a filter, `limit` at a time, from the id `after` on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "fix": {"repair_of": "total-charge-balance"},
                    "where": {"edit": "total-charge-balance", "payer": "MCAREB"},
                }
            ]
        }
    )

    fix: Fix
    claims: Annotated[Many[GivenId], Field(min_length=1, max_length=MOST_CLAIMS)] | None = None
    where: HeldClaims | None = None
    after: GivenId | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_CLAIMS)] = 100

    @model_validator(mode="after")
    def _names_claims_once(self) -> Self:
        if (self.claims is None) == (self.where is None):
            raise PydanticCustomError("claims_ambiguous", "claims are named either by `claims` or by `where`")
        return self


class SeenClaim(Model):
    """A claim at the version that was seen in a preview."""

    id: GivenId
    version: Annotated[int, Field(ge=1)]


class BulkFix(Model):
    """A fix and the claims to do it to, each at the version that the preview has shown."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "fix": {"repair_of": "total-charge-balance"},
                    "claims": [{"id": "0193628d-58f5-7a70-8d2e-7a3d8ef0a001", "version": 1}],
                }
            ]
        }
    )

    fix: Fix
    claims: Annotated[Many[SeenClaim], Field(min_length=1, max_length=MOST_CLAIMS)]

    @model_validator(mode="after")
    def _names_each_claim_once(self) -> Self:
        if len({seen.id for seen in self.claims}) != len(self.claims):
            raise PydanticCustomError("claim_twice", "a claim is named once")
        return self


class FoundPlace(Model):
    """A finding in short."""

    edit_id: str
    title: str
    severity: Severity
    pointer: str
    message: str

    @classmethod
    def of(cls, finding: Finding) -> FoundPlace:
        return cls(**{name: getattr(finding, name) for name in cls.model_fields})


class FixedClaim(Model):
    """What a fix makes of a claim. A repair that the scrubber makes by itself on the way is not in `patch`."""

    id: str
    version: int
    """That was looked at; after the fix is done, the one that it made."""
    outcome: ClaimStatus
    """`cleared` where nothing holds the claim any more."""
    patch: Many[dict[str, JsonValue]]
    """The operations of RFC 6902, as `PATCH /v1/claims/{claim_id}` takes them."""
    cured: Many[FoundPlace]
    """Findings of the claim's report that go by it."""
    raised: Many[FoundPlace]
    """Findings that come by it."""


def fixed_claim(
    before: ScrubbedClaim, after: ScrubbedClaim, version: int, operations: Sequence[PatchOperation]
) -> FixedClaim:
    """What the fix that led from `before` to `after` did, told of a version."""
    return FixedClaim(
        id=str(after.id),
        version=version,
        outcome=after.status,
        patch=tuple(operation.model_dump(by_alias=True, exclude_unset=True) for operation in operations),
        cured=_only_in(before.report, after.report),
        raised=_only_in(after.report, before.report),
    )


def previewed(before: ScrubbedClaim, examination: Examination, operations: Sequence[PatchOperation]) -> FixedClaim:
    """What the fix would do, by an examination of the claim as patched."""
    return fixed_claim(before, before.corrected(examination), before.version, operations)


def _operations(repairs: Iterable[Repair]) -> Iterable[PatchOperation]:
    """Each repair once, the last place first: what one takes out of a list does not move the place of another."""
    done: list[Sequence[dict[str, Any]]] = []
    for repair in reversed([*repairs]):
        if repair.patch not in done:
            done.append(repair.patch)
            yield from (PatchOperation.model_validate(operation) for operation in repair.patch)


def _only_in(report: ScrubReport, other: ScrubReport) -> tuple[FoundPlace, ...]:
    """Findings that the other report has not, by edit and place."""
    known = {(finding.edit_id, finding.pointer) for finding in other.findings}
    return tuple(FoundPlace.of(one) for one in report.findings if (one.edit_id, one.pointer) not in known)
