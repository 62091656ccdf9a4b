"""A document as a caller sends it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from shared.claims import Instant, Model, Reference, Text


class LateDocument(Model):
    """A document of a chart that is there. Its words are `text`, or `content` in base64 of a kind that is read."""

    id: Reference
    """The EHR's own number. One that is known makes a new version of that document."""
    kind: Annotated[str, Field(pattern=r"^[a-z_]{3,40}$")]
    title: Text
    author: Text | None = None
    written_at: Instant
    content_type: Annotated[str, Field(min_length=3, max_length=200)] = "text/plain"
    """text/plain, text/html, application/xhtml+xml or application/pdf; a charset other than UTF-8 is named with it."""
    text: Annotated[str, Field(min_length=1, max_length=5_000_000)] | None = None
    content: Annotated[str, Field(min_length=1, max_length=30_000_000)] | None = None
    replaces: Reference | None = None
    """The document in whose place it stands."""
    addendum_to: Reference | None = None
    signed: bool = True

    @model_validator(mode="after")
    def _has_words(self) -> LateDocument:
        if (self.text is None) == (self.content is None):
            raise ValueError("a document has either text or content")
        return self
