"""How a document came to a chart, and what becomes of the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shared.claims import Document, Instant, Model, Reference

DocumentStatus = Literal["current", "superseded", "cancelled"]
"""A coder reads what is current. What was superseded or cancelled stays on the record."""


class Filing(Model):
    """What is known of a document's way into a chart that it did not open."""

    received_at: Instant
    message_id: Reference | None = None
    """The HL7 message that brought it; None where it came over the API."""
    replaces: Reference | None = None
    """The document in whose place it stands."""
    addendum_to: Reference | None = None
    moved_from: Reference | None = None
    """The chart it was filed in first, which was merged into this one."""
    signed: bool = True
    """False while its author has not authenticated it: nothing is coded to the end from such a note."""


class FiledDocument(Model):
    """A document of a chart without its text."""

    id: Reference
    kind: str
    title: str
    author: str | None = None
    written_at: Instant
    characters: int
    version: int = 1
    """Counts the versions of this document id."""
    status: DocumentStatus = "current"
    filing: Filing | None = None
    """None for a document that came with the encounter."""


@dataclass(frozen=True)
class KnownVersion:
    """A version that the chart has already, with its text to compare."""

    document: Document
    version: int
    status: DocumentStatus
    signed: bool


@dataclass(frozen=True)
class Placing:
    """The decision on a document that came in: None for `version` where the chart has it already."""

    version: int | None
    supersedes: frozenset[str] = frozenset()
    """Ids of the documents whose current version ends with it."""


def placed(document: Document, filing: Filing, known: Sequence[KnownVersion]) -> Placing:
    """Where the document goes among the known versions of its own id.

    The same words signed alike change nothing, so that a document sent twice is one. An addendum stands beside its
    parent; a replacement ends it.
    """
    current = next((one for one in known if one.status == "current"), None)
    if current is not None and (current.document, current.signed) == (document, filing.signed):
        return Placing(version=None)
    latest = max((one.version for one in known), default=0)
    ended = {document.id} | ({filing.replaces} if filing.replaces else set())
    return Placing(version=latest + 1, supersedes=frozenset(ended))
