"""The Bundle as a set of resources that refer to each other.

Each resource is read by the R4B models of `fhir.resources`: of the types read here, R4B (4.3.0) changed nothing against
R4 (4.0.1), and the package has no R4 of its own. A resource of a type that the encoder has no use for is counted and
never parsed, so that nothing in it can keep the chart out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fhir.resources.R4B.binary import Binary
from fhir.resources.R4B.chargeitem import ChargeItem
from fhir.resources.R4B.composition import Composition
from fhir.resources.R4B.condition import Condition
from fhir.resources.R4B.coverage import Coverage
from fhir.resources.R4B.diagnosticreport import DiagnosticReport
from fhir.resources.R4B.documentreference import DocumentReference
from fhir.resources.R4B.encounter import Encounter
from fhir.resources.R4B.location import Location
from fhir.resources.R4B.organization import Organization
from fhir.resources.R4B.patient import Patient
from fhir.resources.R4B.practitioner import Practitioner
from fhir.resources.R4B.practitionerrole import PractitionerRole
from fhir.resources.R4B.procedure import Procedure
from fhir.resources.R4B.relatedperson import RelatedPerson
from pydantic import ValidationError

from services.encoder.domain.fhir.issues import Notes, Path

READ: Mapping[str, Any] = {
    model.get_resource_type(): model
    for model in (
        Binary, ChargeItem, Composition, Condition, Coverage, DiagnosticReport, DocumentReference, Encounter, Location,
        Organization, Patient, Practitioner, PractitionerRole, Procedure, RelatedPerson,
    )
}  # fmt: skip

BUNDLE_TYPES = ("collection", "transaction", "batch", "message", "document", "searchset")

_EVIDENCE = ("Binary", "DocumentReference", "DiagnosticReport", "Composition")
"""A malformed one is left out with a warning; a malformed resource of any other type keeps the Bundle out."""


@dataclass(frozen=True)
class Placed:
    """A resource and where in the Bundle it stands."""

    resource: Any
    path: Path
    full_url: str | None = None

    @property
    def id(self) -> str:
        """The resource's id; where a transaction leaves that to the server, the end of its fullUrl, or its place."""
        return self.resource.id or (self.full_url or "").rpartition(":")[2] or "-".join(map(str, self.path[:2]))

    def at(self, *steps: str | int) -> Path:
        return (*self.path, *steps)


@dataclass
class Bundle:
    """The resources of a Bundle by type and by the names under which others refer to them."""

    of_type: dict[str, list[Placed]] = field(default_factory=lambda: defaultdict(list))
    named: dict[str, Placed] = field(default_factory=dict)

    def resolve(self, reference: Any, *, within: Placed | None = None) -> Placed | None:
        """What a FHIR Reference points at, or None where the Bundle does not hold it."""
        if reference is None or reference.reference is None:
            return None
        if reference.reference.startswith("#") and within is not None:
            return self._contained(reference.reference[1:], within)
        return self.named.get(_without_version(reference.reference))

    def referring(self, kind: str, member: str, target: Placed) -> Iterator[Placed]:
        """The resources of a type whose `member` is (or lists) a reference to `target`."""
        for placed in self.of_type[kind]:
            value = getattr(placed.resource, member)
            references = value if isinstance(value, list) else [value]
            if any(self.resolve(reference) is target for reference in references):
                yield placed

    def _contained(self, name: str, within: Placed) -> Placed | None:
        for index, resource in enumerate(within.resource.contained or ()):
            if resource.id == name:
                return Placed(resource, within.at("contained", index))
        return None


def _without_version(reference: str) -> str:
    return reference.split("/_history/", 1)[0]


def read_bundle(document: Any, notes: Notes) -> Bundle:
    """The resources of a Bundle given as parsed JSON; whatever is wrong with it goes to `notes`."""
    bundle = Bundle()
    if not isinstance(document, dict) or document.get("resourceType") != "Bundle":
        notes.error("not_a_bundle", ("resourceType",), "the body is not a FHIR Bundle")
        return bundle
    if document.get("type") not in BUNDLE_TYPES:
        notes.error("bundle_type", ("type",), f"a Bundle to take in is one of {', '.join(BUNDLE_TYPES)}")
    entries = document.get("entry")
    if not isinstance(entries, list) or not entries:
        notes.error("bundle_empty", ("entry",), "the Bundle has no entries")
        return bundle
    unread: Counter[str] = Counter()
    for index, entry in enumerate(entries):
        _read_entry(entry, ("entry", index), bundle, unread, notes)
    for kind, count in sorted(unread.items()):
        notes.information("resource_not_read", ("entry",), f"{count} resources of type {kind} were passed over")
    return bundle


def _read_entry(entry: Any, path: Path, bundle: Bundle, unread: Counter[str], notes: Notes) -> None:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(kind, str):
        notes.error("resource_missing", (*path, "resource"), "the entry holds no resource with a resourceType")
        return
    if kind not in READ:
        unread[kind if kind.isalpha() else "unknown"] += 1
        return
    try:
        full_url = entry.get("fullUrl") if isinstance(entry.get("fullUrl"), str) else None
        placed = Placed(READ[kind].model_validate(resource), (*path, "resource"), full_url)
    except ValidationError as error:
        _note_faults(kind, error, (*path, "resource"), notes)
        return
    bundle.of_type[kind].append(placed)
    _name(placed, kind, bundle, notes)


def _note_faults(kind: str, error: ValidationError, path: Path, notes: Notes) -> None:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    for fault in faults[:20]:
        # A loc may end in a validator's own label; FHIR element names and indexes are what a reader can find.
        steps = tuple(step for step in fault["loc"] if isinstance(step, int) or step.isidentifier())
        if kind in _EVIDENCE:
            notes.warning("document_malformed", (*path, *steps), f"the {kind} was left out: {fault['type']}")
        else:
            notes.error("resource_malformed", (*path, *steps), f"the {kind} is not valid FHIR R4: {fault['type']}")


def _name(placed: Placed, kind: str, bundle: Bundle, notes: Notes) -> None:
    names = {f"{kind}/{placed.resource.id}"} if placed.resource.id else set()
    if placed.full_url:
        names.add(_without_version(placed.full_url))
    for name in names:
        if bundle.named.setdefault(name, placed) is not placed:
            notes.error("resource_repeated", placed.path, "another entry of the Bundle has the same id")
