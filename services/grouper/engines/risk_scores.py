"""What CMS's risk adjustment software knows beyond its tables, by package `hccinfhir`: the only module that imports it.

Used are its edits of age and sex, the exceptions to the hierarchies and the disease interactions. Not used, because
they are wrong for some people (0.4.0): its demographic segments (no cells for new enrollees on dialysis from 85 on, for
functioning grafts under V21 or for new enrollees of RxHCC; a person in ESRD status whose entitlement code does not say
so is scored by another model), its hierarchies of RxHCC (named so that they are never found), its RxHCC coefficients
(two for each variable) and those of 2027 (proposed and not finalised). Its edits see one category of a diagnosis that
has two, so they are asked for each alone. Importing it takes a third of a second, for tables that it reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from importlib.resources import files

from hccinfhir.datamodels import Demographics
from hccinfhir.model_edits import apply_edits
from hccinfhir.model_hierarchies import apply_hierarchies
from hccinfhir.model_interactions import create_disease_interactions, create_hcc_counts, get_diagnostic_categories
from hccinfhir.utils import load_edits

# By its path: of a bare name the package takes what lies in the working directory first.
_EDITS = load_edits(str(files("hccinfhir").joinpath("data", "ra_dx_edits.csv")))


class HccInFhir:
    """The engine as a `DiseaseRules`. Without state of its own: safe to share."""

    name = f"hccinfhir {version('hccinfhir')}"

    def edited(self, model: str, diagnosis: str, hcc: str, age: int, sex: str) -> str | None:
        name = _named(model)
        if (diagnosis, name) not in _EDITS:
            return hcc
        after = apply_edits({hcc: {diagnosis}}, age, sex, name, _EDITS)
        return next(iter(after), None)

    def kept(self, model: str, found: frozenset[str], drops: Mapping[str, frozenset[str]]) -> frozenset[str]:
        name = _named(model)
        hierarchies = {(hcc, name): set(dropped) for hcc, dropped in drops.items()}
        # A copy, because categories are taken out of the set that is given.
        return frozenset(apply_hierarchies(set(found), name, hierarchies))

    def interactions(self, model: str, hccs: frozenset[str], age: int, *, disabled: bool) -> tuple[str, ...]:
        name, present = _named(model), set(hccs)
        person = Demographics(age=age, sex="F", disabled=disabled, non_aged=age < 65)
        groups = get_diagnostic_categories(name, present)
        return (*create_disease_interactions(name, groups, person, present), *create_hcc_counts(present))


def _named(model: str) -> str:
    """`CMS-HCC V28` as the package names it: `CMS-HCC Model V28`."""
    domain, _, number = model.rpartition(" ")
    return f"{domain} Model {number}"
