"""The alphabetic indexes as of a day: terms by words, by their beginning and by code, and the tree below a term."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.encoder.api.policies import CanReadCodes
from services.encoder.domain.book.references import target
from services.encoder.errors import PlaceNotFound
from shared.claims import Many, Model
from shared.http import CurrentTables
from shared.tables import Tables, icd10_index
from shared.tables.icd10_index import ReferenceKind, Term
from shared.tables.table import Table

router = APIRouter(prefix="/v1/index", tags=["codes"])


class Index(StrEnum):
    DISEASES = "diseases"
    EXTERNAL_CAUSES = "external-causes"
    NEOPLASMS = "neoplasms"
    DRUGS = "drugs"
    PROCEDURES = "procedures"


_TABLES: dict[Index, Table[icd10_index.TermRow]] = {
    Index.DISEASES: icd10_index.DISEASES,
    Index.EXTERNAL_CAUSES: icd10_index.EXTERNAL_CAUSES,
    Index.NEOPLASMS: icd10_index.NEOPLASMS,
    Index.DRUGS: icd10_index.DRUGS,
    Index.PROCEDURES: icd10_index.PROCEDURES,
}
_NAMING_TERMS = (ReferenceKind.SEE, ReferenceKind.SEE_ALSO)
_COLUMNS: dict[Index, tuple[str, ...]] = {
    Index.NEOPLASMS: icd10_index.NeoplasmLine._fields[1:7],
    Index.DRUGS: icd10_index.DrugLine._fields[1:7],
}


class IndexReference(Model):
    """Where the index sends its reader, with the codes it names."""

    kind: ReferenceKind
    text: str
    codes: Many[str] = ()
    place: str | None = None
    """The place of the term that it names, to go on from; None where the index has no such term."""


class IndexColumn(Model):
    title: str
    code: str


class IndexTerm(Model):
    """A term of an index."""

    place: str
    """Its place in this release of the index."""
    path: Many[str]
    """The way to it, from the main term."""
    modifiers: str = ""
    """Nonessential modifiers, in brackets as printed."""
    codes: Many[str] = ()
    """As printed: a dash stands for characters that are missing."""
    manifestation: str = ""
    columns: Many[IndexColumn] = ()
    """The codes of a line of the neoplasm table or the table of drugs."""
    references: Many[IndexReference] = ()
    subterms: int
    """How many terms stand directly below."""


class IndexTerms(Model):
    release: str
    terms: Many[IndexTerm]


class IndexTermInPlace(IndexTerm):
    release: str
    below: Many[IndexTerm]


AskedDay = Annotated[date, Query(alias="date", description="The day of discharge or service.")]
AskedLimit = Annotated[int, Query(ge=1, le=200)]


@router.get("/{index}", response_model=IndexTerms)
async def find_terms(
    caller: CanReadCodes,
    tables: CurrentTables,
    index: Index,
    q: Annotated[str, Query(min_length=1, max_length=200, description="Words, each of the term or one above it.")],
    day: AskedDay,
    limit: AskedLimit = 50,
) -> IndexTerms:
    """Terms that have all the words, in the order of the index."""
    return _terms(tables, index, icd10_index.find(tables, _TABLES[index], q, day, limit), day)


@router.get("/{index}/terms", response_model=IndexTerms)
async def list_main_terms(
    caller: CanReadCodes,
    tables: CurrentTables,
    index: Index,
    beginning: Annotated[str, Query(min_length=1, max_length=100)],
    day: AskedDay,
    limit: AskedLimit = 50,
) -> IndexTerms:
    """Main terms that begin so."""
    return _terms(tables, index, icd10_index.main_terms(tables, _TABLES[index], beginning, day, limit), day)


@router.get("/{index}/terms/{place}", response_model=IndexTermInPlace)
async def get_term(
    caller: CanReadCodes,
    tables: CurrentTables,
    index: Index,
    place: Annotated[str, Path(pattern="^[0-9A-Z]{3,40}$")],
    day: AskedDay,
) -> IndexTermInPlace:
    """A term and the terms directly below it, to walk the index. Places change from release to release."""
    found = icd10_index.term(tables, _TABLES[index], place, day)
    if found is None:
        raise PlaceNotFound("the index of the day has no term at this place")
    below = icd10_index.subterms(tables, _TABLES[index], place, day)
    return IndexTermInPlace(
        **dict(_term(index, found)) | {"references": tuple(_followed(tables, index, found, day))},
        release=tables.release(_TABLES[index], day).name,
        below=tuple(_term(index, term) for term in below),
    )


@router.get("/{index}/codes/{code}", response_model=IndexTerms)
async def find_terms_of_code(
    caller: CanReadCodes,
    tables: CurrentTables,
    index: Index,
    code: Annotated[str, Path(min_length=3, max_length=8, description="A dot is passed over.")],
    day: AskedDay,
) -> IndexTerms:
    """The terms that lead to a code, each with the way to it."""
    return _terms(tables, index, icd10_index.terms_for(tables, code, day, _TABLES[index]), day)


def _terms(tables: Tables, index: Index, terms: Iterable[Term], day: date) -> IndexTerms:
    release = tables.release(_TABLES[index], day).name
    return IndexTerms(release=release, terms=tuple(_term(index, term) for term in terms))


def _followed(tables: Tables, index: Index, term: Term, day: date) -> Iterator[IndexReference]:
    """The references of a term with the places that they lead to."""
    for reference in term.row.references:
        named = target(tables, _TABLES[index], reference.text, day) if reference.kind in _NAMING_TERMS else None
        yield IndexReference(
            kind=reference.kind,
            text=reference.text,
            codes=reference.codes,
            place=named.place if named is not None else None,
        )


def _term(index: Index, term: Term) -> IndexTerm:
    row = term.row
    columns = zip(_COLUMNS.get(index, ()), row.cells, strict=False)
    return IndexTerm(
        place=term.place,
        path=term.path,
        modifiers=row.modifiers,
        codes=row.codes,
        manifestation=row.manifestation,
        columns=tuple(IndexColumn(title=title, code=code) for title, code in columns if code),
        references=tuple(IndexReference(kind=r.kind, text=r.text, codes=r.codes) for r in row.references),
        subterms=row.subterms,
    )
