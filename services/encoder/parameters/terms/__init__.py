"""The encoder's own files of terms: abbreviations, synonyms, spellings, lay words, each with its sources.

Each file is a dated parameter with one edition. They are read together and once: a vocabulary is one thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import Any

from services.encoder.domain.terms.abbreviations import Abbreviation, Abbreviations, Sense
from services.encoder.domain.terms.compounds import Compounds
from services.encoder.domain.terms.sites import Sites
from services.encoder.domain.terms.subtypes import Subtypes
from services.encoder.domain.terms.vocabulary import Phrase, Spelling, Vocabulary, words_of
from shared.tables.dated import read_parameter

_COMPOSED = ("itis", "algia", "omegaly", "ectomy")
"""The endings whose compounds are also looked for when their parts are said: inflammation of the stomach."""


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that records are read with. Raises InvalidParameter, InvalidVocabulary, InvalidAbbreviation."""
    return _made(_readings())


@cache
def search_vocabulary() -> Vocabulary:
    """The vocabulary that codes are searched with: that of records, and what is only asked for. Raises as it does."""
    return _made(
        chain(_readings(), _pairs("uncommon_names")),
        compounds=_compounds(),
        sites=_sites(),
        bare=_pairs("bare_terms"),
    )


def _made(readings: Iterable[tuple[str, str]], **asked: Any) -> Vocabulary:
    return Vocabulary.of(
        Abbreviations.of(_abbreviations()),
        terms("words"),
        readings,
        Spelling(tuple(terms("spellings").items())),
        Subtypes(
            frozenset(map(words_of, terms("qualifiers"))),
            {symbol.lower(): words_of(disease) for symbol, disease in terms("disease_symbols").items()},
            {words_of(name): words_of(disease) for name, disease in terms("numbered_diseases").items()},
        ),
        **asked,
    )


def terms(name: str) -> Any:
    """What the newest edition of `<name>.yaml` holds. Raises InvalidParameter."""
    return read_parameter(__package__, name, lambda value: value).editions[0].value


def _abbreviations() -> Iterator[Abbreviation]:
    exact = frozenset(terms("words_in_lower_case"))
    for name in ("abbreviations", "notation"):
        for surface, expansion in terms(name).items():
            yield Abbreviation(surface, (Sense(expansion),), surface in exact)
    for surface, senses in terms("ambiguous_abbreviations").items():
        meant = tuple(Sense(expansion, frozenset(context)) for expansion, context in senses.items())
        yield Abbreviation(surface, meant, surface in exact)


def _readings() -> Iterator[tuple[str, str]]:
    """What is said and what it may mean."""
    for name in ("phrases", "eponyms", "index_wordings", "drug_classes"):
        yield from _pairs(name)
    compounds = terms("compounds")
    for ending in _COMPOSED:
        what = compounds["endings"][ending]
        for stem, site in compounds["stems"].items():
            for said in (f"{what} of {site}", f"{what} of the {site}", f"{site} {what}"):
                yield said, f"{stem}{ending}"


def _pairs(name: str) -> Iterator[tuple[str, str]]:
    """What is said and what it means, of a file that lists the ways to say it by what is meant."""
    return ((said, meant) for meant, others in terms(name).items() for said in others)


def _compounds() -> Compounds:
    listed = terms("compounds")
    stems, endings = ({part: words_of(word) for part, word in listed[name].items()} for name in ("stems", "endings"))
    return Compounds(stems, endings, frozenset(listed["prefixes"]), frozenset(listed["plain"]))


def _sites() -> Sites:
    wholes: dict[Phrase, list[Phrase]] = {}
    for part, whole in _pairs("site_wholes"):
        wholes.setdefault(words_of(part), []).append(words_of(whole))
    return Sites(wholes)
