"""What a coder writes when asking a physician, from a template or freely."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.encoder.errors import TemplateNotFilled, TemplateNotFound
from services.encoder.parameters import parameter
from shared.claims import Many, Model, Reference
from shared.claims.queries import (
    ClinicalIndicator,
    Prose,
    QueryForm,
    QueryOption,
    QueryPurpose,
    QueryText,
    Quote,
    Subject,
)

_TERM = re.compile(r"\{([a-z_]+)\}")


class QueryTemplate(Model):
    """A query with gaps, `{finding}`, that terms fill; its options come after those that the coder gives."""

    id: Reference
    purpose: QueryPurpose
    form: QueryForm
    title: str
    question: str
    options: Many[QueryOption] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """What must be filled in."""
        texts = (self.title, self.question, *(option.text for option in self.options))
        return tuple(sorted({term for text in texts for term in _TERM.findall(text)}))


class QueryDraft(Model):
    """A query to be checked or sent: either from a template with its terms, or in one's own words."""

    template: Reference | None = None
    terms: Annotated[dict[str, Annotated[str, Field(min_length=1, max_length=300)]], Field(max_length=20)] = Field(
        default_factory=dict
    )
    purpose: QueryPurpose | None = None
    form: QueryForm | None = None
    title: Annotated[Prose, Field(max_length=120)] | None = None
    question: Prose | None = None
    indicators: Annotated[Many[ClinicalIndicator], Field(max_length=50)] = ()
    options: Annotated[Many[QueryOption], Field(max_length=20)] = ()
    subject: Quote | None = None
    drafted_by: Literal["person", "machine"] = "person"
    """Who wrote the words. The same rules hold for both."""

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        own = (self.purpose, self.form, self.title, self.question)
        if self.template is None and None in own:
            raise PydanticCustomError("query_words_missing", "purpose, form, title and question, or a template")
        if self.template is not None and any(word is not None for word in own):
            raise PydanticCustomError("query_words_twice", "a template brings purpose, form, title and question itself")
        return self

    def text(self, day: date) -> QueryText:
        """What the physician would read. Raises TemplateNotFound, TemplateNotFilled."""
        given: dict[str, Any] = {"indicators": self.indicators, "subject": self.subject}
        if self.template is None:
            own = {name: getattr(self, name) for name in ("purpose", "form", "title", "question", "options")}
            return QueryText.model_validate(own | given)
        template = template_on(self.template, day)
        if set(template.terms) != self.terms.keys():
            wanted = ", ".join(template.terms) or "none"
            raise TemplateNotFilled(f"the template's terms are: {wanted}", pointer="/terms")
        fixed = tuple(option.model_copy(update={"text": self._filled(option.text)}) for option in template.options)
        return QueryText.model_validate(
            {
                "purpose": template.purpose,
                "form": template.form,
                "title": self._filled(template.title)[:120],
                "question": self._filled(template.question),
                "options": (*self.options, *fixed),
                **given,
            }
        )

    def _filled(self, text: str) -> str:
        return _TERM.sub(lambda match: self.terms[match[1]], text)


class NewQuery(QueryDraft):
    """A query with whom it asks."""

    physician: Subject
    """The subject of the physician who shall answer: the one who wrote what is asked about."""


def templates_on(day: date) -> tuple[QueryTemplate, ...]:
    """The templates of the day."""
    known: Mapping[str, Any] = parameter("queries/templates").on_or(day, {})
    return tuple(QueryTemplate.model_validate({"id": name, **_plain(body)}) for name, body in known.items())


def template_on(name: str, day: date) -> QueryTemplate:
    """Raises TemplateNotFound."""
    found = next((template for template in templates_on(day) if template.id == name), None)
    if found is None:
        raise TemplateNotFound("no template has this name on the day", pointer="/template")
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(member) for key, member in value.items()}
    return tuple(_plain(member) for member in value) if isinstance(value, tuple) else value
