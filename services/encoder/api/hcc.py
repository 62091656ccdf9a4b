"""Which condition categories a diagnosis counts for in Medicare's risk adjustment."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.encoder.api.policies import CanReadCodes
from services.encoder.errors import RiskModelNotFound
from shared.claims import Many, Model
from shared.http import CurrentTables
from shared.tables import Tables, hcc

router = APIRouter(prefix="/v1/hccs", tags=["codes"])


class CountedCategory(Model):
    """A category of a model, before the model's edits of age and sex."""

    model: str
    hcc: str
    label: str | None = None
    drops: Many[str] = ()
    """The milder categories of the model that do not count beside it."""


class CountedDiagnosis(Model):
    """What a diagnosis of a day of service counts for. None: it adjusts no risk in the payment year."""

    diagnosis: str
    release: str
    """The mapping, named after the payment year, which is the year after that of service."""
    categories: Many[CountedCategory] = ()


@router.get("/{diagnosis}", response_model=CountedDiagnosis)
async def get_hccs(
    caller: CanReadCodes,
    tables: CurrentTables,
    diagnosis: Annotated[
        str, Path(pattern=r"^[A-Za-z][0-9A-Za-z.]{2,7}$", description="An ICD-10-CM code; a dot is passed over.")
    ],
    day: Annotated[date, Query(alias="date", description="The day of service.")],
    model: Annotated[
        str | None,
        Query(max_length=30, description="Only this model, as `CMS-HCC V28`, `CMS-HCC ESRD V24`, `RxHCC V08`."),
    ] = None,
) -> CountedDiagnosis:
    """The condition categories of a diagnosis, by model."""
    if model is not None and tables.carries(hcc.LABELS, day):
        known = hcc.models(tables, day)
        if model not in known:
            raise RiskModelNotFound(known)
    code = diagnosis.replace(".", "").upper()
    found = hcc.categories(tables, code, day)
    counted = [
        _counted(tables, of_model, category, day)
        for of_model, categories in found.items()
        for category in categories
        if model in (None, of_model)
    ]
    return CountedDiagnosis(diagnosis=code, release=tables.release(hcc.DIAGNOSES, day).name, categories=tuple(counted))


def _counted(tables: Tables, model: str, category: str, day: date) -> CountedCategory:
    """With its label and hierarchy where the tables of the day have them: a customer may load a mapping alone."""
    return CountedCategory(
        model=model,
        hcc=category,
        label=hcc.label(tables, model, category, day) if tables.carries(hcc.LABELS, day) else None,
        drops=hcc.dropped(tables, model, category, day) if tables.carries(hcc.HIERARCHIES, day) else (),
    )
