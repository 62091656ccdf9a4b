"""A query and the states it goes through. It is kept for ever.

    draft ──send──▶ sent ──late──▶ escalated ──late──▶ … ──▶ expired
      │              │                │
      │              ├──answer────────┴──▶ answered ──amend──▶ amended ──amend──▶ …
      └──withdraw────┴──withdraw──────────▶ withdrawn

Each step returns a new query with the next version; the one given is unchanged.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from services.encoder.errors import InvalidAnswer, QueryClosed
from services.encoder.parameters import parameter
from shared.claims import ClaimId, Document, Instant, Many, Model, Reference
from shared.claims.queries import Prose, QueryAnswer, QueryLevel, QueryText, Subject

QueryStatus = Literal["draft", "sent", "escalated", "answered", "amended", "withdrawn", "expired"]

OPEN: tuple[QueryStatus, ...] = ("sent", "escalated")
"""The states in which the query waits for its answer and holds the chart."""


class Escalation(Model):
    """That nobody had answered in time, and whose turn it then was."""

    level: QueryLevel
    at: Instant


class GivenAnswer(Model):
    """What a physician answers: an option, words, or both."""

    option: Annotated[int, Field(ge=0, le=19)] | None = None
    text: Prose | None = None


class Withdrawal(Model):
    """Why a query is taken back."""

    reason: Annotated[Prose, Field(min_length=5, max_length=300)]


class Query(Model):
    """One question to one physician about one chart."""

    id: Reference
    chart_id: Reference
    claim_id: ClaimId
    facility_id: Reference
    encounter_id: Reference
    status: QueryStatus = "draft"
    version: int = 1
    """Counts its changes: its ETag."""
    text: QueryText
    template: Reference | None = None
    drafted_by: Literal["person", "machine"] = "person"
    author: Subject
    physician: Subject
    in_house: bool
    """Whether the patient was in the house when it was sent; the answer is then due sooner."""
    created_at: Instant
    sent_at: Instant | None = None
    due_at: Instant | None = None
    """When it goes to the next level, and from the last one, expires. None while it waits for no answer."""
    level: QueryLevel = "physician"
    escalations: Many[Escalation] = ()
    answers: Many[QueryAnswer] = ()
    """The last one holds; those before were amended."""
    closed_at: Instant | None = None
    withdrawn_because: Prose | None = None

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    def sent(self, at: datetime, *, in_house: bool) -> Self:
        """Asked. Raises QueryClosed."""
        self._must_be("draft")
        due = at + _time_to_answer("physician", at.date(), in_house=in_house)
        return self._next(status="sent", sent_at=at, due_at=due, in_house=in_house)

    def answered(self, answer: QueryAnswer) -> Self:
        """Raises QueryClosed, InvalidAnswer."""
        self._must_be(*OPEN)
        self._check(answer)
        return self._next(status="answered", answers=(answer,), due_at=None, closed_at=answer.at)

    def amended(self, answer: QueryAnswer) -> Self:
        """With another answer; those before are kept. Raises QueryClosed, InvalidAnswer."""
        self._must_be("answered", "amended")
        self._check(answer)
        return self._next(status="amended", answers=(*self.answers, answer))

    def withdrawn(self, at: datetime, reason: str) -> Self:
        """Raises QueryClosed."""
        self._must_be("draft", *OPEN)
        return self._next(status="withdrawn", withdrawn_because=reason, due_at=None, closed_at=at)

    def late(self, at: datetime) -> Self:
        """At the next level, or from the last one expired; itself where nothing is due. Raises QueryClosed."""
        self._must_be(*OPEN)
        if self.due_at is None or at < self.due_at:
            return self
        levels = _levels(at.date())
        place = levels.index(self.level) + 1
        if place == len(levels):
            return self._next(status="expired", due_at=None, closed_at=at)
        level = levels[place]
        due = at + _time_to_answer(level, at.date(), in_house=self.in_house)
        escalations = (*self.escalations, Escalation(level=level, at=at))
        return self._next(status="escalated", level=level, escalations=escalations, due_at=due)

    def response_document(self, given: GivenAnswer, *, by: str, at: datetime) -> Document:
        """The answer as it stands in the record, with the question that it answers."""
        number = len(self.answers) + 1
        chosen = [self.text.options[given.option].text] if given.option is not None else []
        words = [given.text] if given.text else []
        return Document(
            id=f"QUERY-{self.id}-{number}"[:50],
            kind="query_response",
            title=f"Answer no. {number} to a documentation query",
            author=by[:80],
            written_at=at,
            text="\n".join([self.text.question, "", *chosen, *words]),
        )

    def check_answer(self, given: GivenAnswer) -> None:
        """Raises InvalidAnswer where it is none of the query's."""
        options = self.text.options
        if given.option is None and given.text is None:
            raise InvalidAnswer("an answer is an option, words, or both")
        if given.option is None and options:
            raise InvalidAnswer("choose one of the options; `other` takes words", pointer="/option")
        if given.option is not None and given.option >= len(options):
            raise InvalidAnswer("the query has no such option", pointer="/option")
        if given.option is not None and options[given.option].kind == "other" and given.text is None:
            raise InvalidAnswer("`other` says in words what it is", pointer="/text")

    def _check(self, answer: QueryAnswer) -> None:
        self.check_answer(GivenAnswer(option=answer.option, text=answer.text))

    def _must_be(self, *states: QueryStatus) -> None:
        if self.status not in states:
            raise QueryClosed(f"the query is {self.status}", extra={"state": self.status})

    def _next(self, **changes: Any) -> Self:
        return self.model_copy(update={**changes, "version": self.version + 1})


def _levels(day: date) -> tuple[QueryLevel, ...]:
    return tuple(parameter("queries/response_hours").on(day))


def _time_to_answer(level: QueryLevel, day: date, *, in_house: bool) -> timedelta:
    hours = parameter("queries/response_hours").on(day)[level]
    return timedelta(hours=hours["in_house" if in_house else "discharged"])
