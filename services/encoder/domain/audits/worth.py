"""What a difference in coding is worth: the DRG, the condition categories and the payment, before and after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from services.encoder.domain.coding import ChartCodes
from services.encoder.parameters import parameter
from shared.claims import Many, Model, Money, Weight
from shared.tables import Tables, hcc


class Grouped(Model):
    """What the grouper made of one set of codes."""

    drg: str | None = None
    """None where no DRG applies, or none could be assigned."""
    weight: Weight | None = None
    payment: Money | None = None
    """Dollars that Medicare would be expected to allow; None where no amount can be said."""


class Categories(Model):
    """Condition categories (HCC) of one model, after hierarchies, before edits of age and sex."""

    model: str
    coded: Many[str] = ()
    audited: Many[str] = ()

    @property
    def right(self) -> int:
        return len(set(self.coded) & set(self.audited))


class Worth(Model):
    """Both sets of codes as they group and pay."""

    coded: Grouped
    audited: Grouped
    categories: Categories | None = None

    @property
    def drg_right(self) -> bool | None:
        """None where no DRG applies."""
        if self.coded.drg is None and self.audited.drg is None:
            return None
        return self.coded.drg == self.audited.drg

    @property
    def change(self) -> Money | None:
        """Dollars that the audit adds, negative where the chart was coded too high."""
        if self.coded.payment is None or self.audited.payment is None:
            return None
        return self.audited.payment - self.coded.payment


def categories(coded: ChartCodes, audited: ChartCodes, day: date, tables: Tables) -> Categories | None:
    """The categories that both sets of codes count for on a day of service, by the model that CMS pays by on it.

    None where no mapping is carried.
    """
    if not (tables.carries(hcc.DIAGNOSES, day) and tables.carries(hcc.HIERARCHIES, day)):
        return None
    model: str = parameter("hcc/gap_model").on(day)
    return Categories(
        model=model,
        coded=_counted(tables, _diagnoses(coded), model, day),
        audited=_counted(tables, _diagnoses(audited), model, day),
    )


def _counted(tables: Tables, diagnoses: Iterable[str], model: str, day: date) -> tuple[str, ...]:
    found = {category for code in diagnoses for category in hcc.hccs(tables, code, model, day)}
    return tuple(sorted(hcc.after_hierarchies(tables, model, found, day), key=int))


def _diagnoses(codes: ChartCodes) -> list[str]:
    return [str(diagnosis.code) for diagnosis in codes.diagnoses]
