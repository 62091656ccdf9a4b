"""Whether a query keeps the rules of compliant practice. The same rules hold for what a machine drafts.

A rule is a pure function of the query and the documents of the record; it is registered with `@query_rule` under a
stable id and says at which place of the query what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from services.encoder.domain.problems import pointer
from services.encoder.domain.queries.conditions import (
    Named,
    affirmed,
    affirmed_categories,
    conditions_on,
    documented_in,
    named_in,
)
from services.encoder.domain.reading.lexicon import Lexicon
from services.encoder.parameters import parameter
from shared.claims import Document, Model
from shared.claims.queries import QueryOption, QueryPurpose, QueryText, Quote

_PRACTICE = "AHIMA/ACDIS Guidelines for Achieving a Compliant Query Practice (2022 update)"

YES_NO_PURPOSES: frozenset[QueryPurpose] = frozenset({"present_on_admission", "cause_and_effect", "confirmation"})


class QueryFinding(Model):
    """A rule that the query breaks, and where."""

    rule: str
    message: str
    """What is wrong and what to do. Repeats nothing of the record."""
    pointer: str
    """JSON pointer into the query's text."""
    citation: str


@dataclass(frozen=True)
class CheckedQuery:
    """A query beside the documents of its record, on the day on which it is asked."""

    text: QueryText
    documents: Sequence[Document]
    day: date
    lexicon: Lexicon
    """The names of conditions."""

    @cached_property
    def by_id(self) -> dict[str, Document]:
        return {document.id: document for document in self.documents}

    @cached_property
    def documented(self) -> frozenset[str]:
        """The conditions named anywhere in the query that the record's providers have named."""
        named = [named for _, text in self.words() for named in self.named(text)]
        return documented_in(self.documents, named, self.day, self.lexicon)

    @cached_property
    def verified(self) -> tuple[bool, ...]:
        """For each indicator, whether it stands in the record as quoted."""
        return tuple(stands(quote, self.by_id) for quote in self.text.indicators)

    def undocumented(self, text: str) -> frozenset[str]:
        """Conditions that the text names and the record does not."""
        return frozenset(named.condition for named in self.named(text)) - self.documented

    def named(self, text: str) -> tuple[Named, ...]:
        """Conditions that the text names; HCC and MCC are taken for what `text.payment` finds in them."""
        rest = _forbidden("payment", self.day).sub(lambda found: " " * len(found.group()), text)
        return named_in(rest, self.day, self.lexicon)

    def words(self) -> Iterator[tuple[str, str]]:
        """Everything that we wrote ourselves, with its pointer; quotes are the record's words."""
        yield "/title", self.text.title
        yield "/question", self.text.question
        for place, option in enumerate(self.text.options):
            yield pointer("options", place, "text"), option.text


Broken = Iterator[tuple[str, str]]
"""The pointer and the message of each place where a rule is broken."""


@dataclass(frozen=True, slots=True)
class QueryRule:
    id: str
    title: str
    citation: str
    check: Callable[[CheckedQuery], Broken]


RULES: dict[str, QueryRule] = {}
"""Every rule by its id."""


def query_rule(name: str, title: str, *, topic: str) -> Callable[[Callable[[CheckedQuery], Broken]], object]:
    """Register a rule. Raises ValueError where its id is taken."""

    def register(check: Callable[[CheckedQuery], Broken]) -> object:
        if name in RULES:
            raise ValueError(f"two rules are called {name}")
        RULES[name] = QueryRule(name, title, f"{_PRACTICE}: {topic}", check)
        return check

    return register


def check_query(
    text: QueryText, documents: Sequence[Document], day: date, lexicon: Lexicon
) -> tuple[QueryFinding, ...]:
    """Every rule that the query breaks; empty where it may be sent."""
    query = CheckedQuery(text, documents, day, lexicon)
    return tuple(
        QueryFinding(rule=rule.id, message=message, pointer=where, citation=rule.citation)
        for rule in RULES.values()
        for where, message in rule.check(query)
    )


def stands(quote: Quote, documents: dict[str, Document]) -> bool:
    """Whether the record has these words at this place."""
    document = documents.get(quote.document_id)
    return document is not None and quote.end > quote.start and document.text[quote.start : quote.end] == quote.text


# -- indicators -------------------------------------------------------------------------------------------------------


@query_rule("indicators.missing", "A query cites clinical indicators of this record", topic="clinical indicators")
def _indicators_missing(query: CheckedQuery) -> Broken:
    if not query.text.indicators:
        yield "/indicators", "quote at least one clinical indicator of this record"


@query_rule("indicators.misquoted", "Indicators stand in this record as quoted", topic="clinical indicators")
def _misquoted(query: CheckedQuery) -> Broken:
    for place, (quote, true) in enumerate(zip(query.text.indicators, query.verified, strict=True)):
        if quote.document_id not in query.by_id:
            yield pointer("indicators", place, "document_id"), "this record has no such document"
        elif not true:
            yield pointer("indicators", place, "text"), "the document has other words at this place"
        elif not re.search(r"\w", quote.text):
            yield pointer("indicators", place, "text"), "the quote says nothing"


@query_rule("indicators.source", "Each indicator names its source and its date", topic="clinical indicators")
def _unsourced(query: CheckedQuery) -> Broken:
    for place, quote in enumerate(query.text.indicators):
        document = query.by_id.get(quote.document_id)
        if document is None:
            continue
        if quote.date != document.written_at.date():
            yield pointer("indicators", place, "date"), "the document was written on another day"
        if quote.source.casefold() not in (document.title.casefold(), document.kind, document.kind.replace("_", " ")):
            yield pointer("indicators", place, "source"), "name the document by its title or its kind"


# -- wording ----------------------------------------------------------------------------------------------------------


@query_rule("text.payment", "No word of payment, grouping, severity or quality", topic="impact on payment and quality")
def _payment(query: CheckedQuery) -> Broken:
    for where, text in query.words():
        if found := _forbidden("payment", query.day).search(text):
            yield where, f"leave out {found.group().strip()!r}: a query is silent on payment, severity and quality"


@query_rule("text.leading", "Title and text do not lead to an answer", topic="leading queries")
def _leading(query: CheckedQuery) -> Broken:
    for where, text in (("/title", query.text.title), ("/question", query.text.question)):
        if found := _forbidden("leading", query.day).search(text):
            yield where, f"{found.group().strip()!r} leads to an answer; ask without expecting one"


@query_rule("text.unfilled", "Nothing is left to be filled in", topic="complete queries")
def _unfilled(query: CheckedQuery) -> Broken:
    for where, text in query.words():
        if _forbidden("unfilled", query.day).search(text):
            yield where, "a gap is left in the text"


@query_rule("title.diagnosis", "The title names no diagnosis that is not documented", topic="query titles")
def _title(query: CheckedQuery) -> Broken:
    if query.undocumented(query.text.title):
        yield "/title", "the title names a diagnosis that no provider has documented"


@query_rule("question.diagnosis", "The question names no diagnosis that is not documented", topic="leading queries")
def _question(query: CheckedQuery) -> Broken:
    if query.text.form != "yes_no" and query.undocumented(query.text.question):
        yield "/question", "the question names a diagnosis that no provider has documented; offer it among the options"


# -- options ----------------------------------------------------------------------------------------------------------


@query_rule("options.too_few", "A choice has at least two supported findings", topic="multiple choice queries")
def _too_few(query: CheckedQuery) -> Broken:
    if query.text.form != "multiple_choice":
        return
    ways = [option for option in query.text.options if option.kind == "finding" and _is_supported(option, query)]
    refuted = [option for option in query.text.options if option.kind == "ruled_out"]
    if len(ways) < 2 and not (query.text.purpose == "clinical_validation" and ways and refuted):
        yield "/options", "offer at least two findings that the quoted indicators support"


@query_rule("options.unsupported", "Every finding offered is supported by quoted indicators", topic="clinical support")
def _unsupported(query: CheckedQuery) -> Broken:
    for place, option in enumerate(query.text.options):
        if option.kind == "finding" and not _is_supported(option, query):
            message = "no quoted indicator of this record supports this option; name those that do in supported_by"
            yield pointer("options", place, "supported_by"), message


@query_rule("options.disguised", "What commits to nothing names no diagnosis", topic="multiple choice queries")
def _disguised(query: CheckedQuery) -> Broken:
    for place, option in enumerate(query.text.options):
        if option.kind != "finding" and query.undocumented(option.text):
            yield pointer("options", place, "text"), "an option of this kind names no diagnosis of its own"


@query_rule("options.other_missing", "There is room for another answer", topic="multiple choice queries")
def _no_other(query: CheckedQuery) -> Broken:
    if query.text.form != "open_ended" and not _has(query, "other"):
        yield "/options", "add an option of the kind `other`"


@query_rule("options.undetermined_missing", "The answer may be left open", topic="multiple choice queries")
def _no_undetermined(query: CheckedQuery) -> Broken:
    if query.text.form != "open_ended" and not _has(query, "undetermined"):
        yield "/options", "add an option of the kind `undetermined`"


@query_rule("options.repeated", "No option stands twice", topic="multiple choice queries")
def _repeated(query: CheckedQuery) -> Broken:
    texts = [option.text.casefold().strip() for option in query.text.options]
    for place, text in enumerate(texts):
        if text in texts[:place]:
            yield pointer("options", place, "text"), "another option says the same"


@query_rule("options.form", "The options fit the form of the query", topic="query formats")
def _ill_formed(query: CheckedQuery) -> Broken:
    kinds = [option.kind for option in query.text.options]
    if query.text.form == "open_ended" and kinds:
        yield "/options", "an open question offers no options"
    if query.text.form == "multiple_choice" and {"yes", "no"} & set(kinds):
        yield "/options", "yes and no belong to the form `yes_no`"
    if query.text.form == "yes_no" and (kinds.count("yes"), kinds.count("no")) != (1, 1):
        yield "/options", "a yes/no query has one option of each kind"
    if query.text.form == "yes_no" and "finding" in kinds:
        yield "/options", "a yes/no query offers no findings"


@query_rule("validation.way_out", "A validation may be answered by ruling out", topic="clinical validation")
def _no_way_out(query: CheckedQuery) -> Broken:
    validates = query.text.purpose == "clinical_validation" and query.text.form == "multiple_choice"
    if validates and not _has(query, "ruled_out"):
        yield "/options", "add an option of the kind `ruled_out`"


# -- yes or no --------------------------------------------------------------------------------------------------------


@query_rule("yes_no.purpose", "Yes/no asks of POA, cause and effect, or what stands elsewhere", topic="yes/no queries")
def _yes_no_purpose(query: CheckedQuery) -> Broken:
    if query.text.form == "yes_no" and query.text.purpose not in YES_NO_PURPOSES:
        yield "/form", "ask openly or by choice: yes/no is for POA, cause and effect, and confirming documentation"


@query_rule("yes_no.subject", "Yes/no quotes what it asks about", topic="yes/no queries")
def _no_subject(query: CheckedQuery) -> Broken:
    if query.text.form == "yes_no":
        if query.text.subject is None:
            yield "/subject", "quote where that is documented whose yes or no is asked"
        elif not stands(query.text.subject, query.by_id):
            yield "/subject", "this record has other words at this place"
    elif query.text.subject is not None:
        yield "/subject", "only a yes/no query has a subject"


@query_rule("yes_no.new_diagnosis", "Yes/no never asks for a new diagnosis", topic="yes/no queries")
def _new_diagnosis(query: CheckedQuery) -> Broken:
    if query.text.form != "yes_no":
        return
    asked = query.undocumented(query.text.question)
    if query.text.purpose == "confirmation":
        asked -= _affirmed_by_subject(query)
    if asked:
        yield "/question", "the question names a diagnosis that is not documented; ask openly or by choice"


# -- shared steps -----------------------------------------------------------------------------------------------------


def _has(query: CheckedQuery, kind: str) -> bool:
    return any(option.kind == kind for option in query.text.options)


def _is_supported(option: QueryOption, query: CheckedQuery) -> bool:
    """By indicators that stand in the record; one that the record does not name, by such as point to it, where it is
    known what does."""
    places = [place for place in option.supported_by if place < len(query.verified) and query.verified[place]]
    quoted = " \n ".join(query.text.indicators[place].text for place in places)
    known = conditions_on(query.day)
    new = query.undocumented(option.text)
    return bool(places) and all(known[one].indicators.search(quoted) for one in new if one in known)


def _affirmed_by_subject(query: CheckedQuery) -> frozenset[str]:
    """Conditions that the quoted words themselves affirm, whoever wrote them."""
    subject = query.text.subject
    if subject is None or not stands(subject, query.by_id):
        return frozenset()
    document, known = query.by_id[subject.document_id], conditions_on(query.day)
    categories = affirmed_categories([document], query.lexicon, subject.start, subject.end)
    return frozenset(
        named.condition
        for named in query.named(subject.text)
        if (named.condition in known and affirmed(document, known[named.condition], subject.start, subject.end))
        or not named.categories.isdisjoint(categories)
    )


def _forbidden(what: str, day: date) -> re.Pattern[str]:
    return _patterns(what, parameter("queries/wording").edition_on(max(day, date(2000, 1, 1))).effective)


@lru_cache(maxsize=32)
def _patterns(what: str, effective: date) -> re.Pattern[str]:
    listed = parameter("queries/wording").on(effective)[what]
    words = [rf"(?i:(?<!\w)(?:{word})(?!\w))" for word in listed["words"]]
    return re.compile("|".join([*words, *(rf"(?<!\w)(?:{short})(?!\w)" for short in listed["abbreviations"])]))
