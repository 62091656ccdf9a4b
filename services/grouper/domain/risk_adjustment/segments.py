"""Which segment of a model scores a person, and which demographic variables are true of them.

Source: CMS, model software of the payment year (macros V28115, V24H86 and V21 with AGESEXV2 and AGESEXV4): the segments
of the CMS-HCC, ESRD and RxHCC models and the names of their variables. The engine is not asked for these: it has no
cells for several of them (new enrollees on dialysis from 85 on, functioning grafts under V21, new enrollees of RxHCC).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from services.grouper.domain.risk_adjustment.answers import Segment
from services.grouper.domain.risk_adjustment.rules import Benefit

_UPPER_AGES = (34, 44, 54, 59, 64, 69, 74, 79, 84, 89, 94)
_BANDS = ("0_34", "35_44", "45_54", "55_59", "60_64", "65_69", "70_74", "75_79", "80_84", "85_89", "90_94", "95_GT")
_FIRST_GRAFT_MONTH, _LATE_GRAFT_MONTH = 4, 10
_NEW = ("NE", "new enrollee")
_DUALS = {"none": "non-dual", "partial": "partial benefit dual", "full": "full benefit dual"}


@dataclass(frozen=True)
class Beneficiary:
    """A person as the models see them. The facts are there and possible."""

    age: int
    sex: str
    """F or M."""
    benefit: Benefit
    orec: str
    new_enrollee: bool = False
    chronic_condition_snp: bool = False
    institutional: bool = False
    low_income: bool = False
    esrd: bool = False
    months_since_transplant: int | None = None

    @property
    def aged(self) -> bool:
        return self.age >= 65

    @property
    def disabled(self) -> bool:
        return not self.aged and self.orec != "0"

    @property
    def originally_disabled(self) -> bool:
        """Came to Medicare by disability and is aged now."""
        return self.aged and self.orec == "1"

    @property
    def new_age(self) -> int:
        """As a new enrollee: one of 64 who comes by age turns 65 in the year and is counted as that."""
        return 65 if self.age == 64 and self.orec == "0" else self.age

    @property
    def gender(self) -> str:
        return "Female" if self.sex == "F" else "Male"

    @property
    def band(self) -> str:
        """Age and sex of one who has been enrolled: F65_69."""
        return f"{self.sex}{_band(self.age)}"

    @property
    def single_year_band(self) -> str:
        """Age and sex of a new enrollee, by the year from 65 to 69: F65."""
        age = self.new_age
        return f"{self.sex}{age if 65 <= age <= 69 else _band(age)}"


@dataclass(frozen=True)
class Cells:
    """A segment with the variables that are true of a person, each with its own factor."""

    segment: Segment
    variables: tuple[str, ...]
    divisor: str | None = None
    """A variable whose factor the sum is divided by."""
    counts_diagnoses: bool = True
    group: str = "all"
    """Which normalization factor applies, where a model has several."""
    category: str = "HCC"
    """How the variable of a category begins after the segment."""

    def of_hcc(self, hcc: str) -> str:
        return f"{self.segment.code}_{self.category}{hcc}"

    def of(self, variable: str) -> str:
        return f"{self.segment.code}_{variable}"


def cells_of(model: str, person: Beneficiary) -> Cells:
    """The segment of one of `SCORED` that scores a person."""
    return SCORED[model](person)


def _cells(code: str, name: str, *variables: str) -> Cells:
    """`variables` without the segment."""
    return Cells(Segment(code=code, name=name), tuple(f"{code}_{variable}" for variable in variables))


def _cms_hcc(person: Beneficiary) -> Cells:
    if person.new_enrollee:
        code, name = ("SNPNE", "new enrollee, chronic condition SNP") if person.chronic_condition_snp else _NEW
        cells = _cells(code, name, f"{_new_by_medicaid(person)}_NE{person.single_year_band}")
        return replace(cells, counts_diagnoses=False)
    if person.institutional:
        medicaid = ["LTIMCAID"] if person.benefit != "none" else []
        disabled = ["ORIGDS"] if person.originally_disabled else []
        return _cells("INS", "long-term institutional", person.band, *medicaid, *disabled)
    dual = {"none": "N", "partial": "P", "full": "F"}[person.benefit]
    code, name = ("A", "aged") if person.aged else ("D", "disabled")
    return _cells(f"C{dual}{code}", f"community, {_DUALS[person.benefit]}, {name}", person.band, *_originally(person))


def _new_by_medicaid(person: Beneficiary, *, at_any_age: bool = False) -> str:
    medicaid = "NMCAID" if person.benefit == "none" else "MCAID"
    return f"{medicaid}_{_by_origin(person, at_any_age=at_any_age)}"


def _by_origin(person: Beneficiary, *, at_any_age: bool = False) -> str:
    """New enrollees on dialysis are told apart by disability under 65 too."""
    disabled = person.orec == "1" and (at_any_age or person.aged)
    return "ORIGDIS" if disabled else "NORIGDIS"


def _originally(person: Beneficiary) -> Iterator[str]:
    if person.originally_disabled:
        yield f"OriginallyDisabled_{person.gender}"


def _esrd_v24(person: Beneficiary) -> Cells:
    months = person.months_since_transplant
    if months is None:
        return _dialysis_v24(person)
    if months < _FIRST_GRAFT_MONTH:
        return _transplant(months)
    dual = "FBD" if person.benefit == "full" else "ND_PBD"
    if person.new_enrollee:
        late = _late(months)
        cell = f"{dual}_{_by_origin(person)}_G_NE{person.single_year_band}"
        cells = _cells("GNE", "functioning graft, new enrollee", cell)
        return replace(
            cells,
            variables=(*cells.variables, f"FGC_{_side(person.new_age)}_{late}_{dual}"),
            divisor=f"ActAdj_{late}",
            counts_diagnoses=False,
            group="graft",
        )
    return _graft_v24(person, months, dual)


def _dialysis_v24(person: Beneficiary) -> Cells:
    if person.new_enrollee:
        dual = "FBD" if person.benefit == "full" else "ND_PBD"
        cell = f"{dual}_{_by_origin(person, at_any_age=True)}_NE{_dialysis_band(person)}"
        return replace(_cells("DNE", "dialysis, new enrollee", cell), counts_diagnoses=False, group="dialysis")
    aged = "Aged" if person.aged else "NonAged"
    dual_cells = {"none": [], "partial": ["PBDual"], "full": ["FBDual"]}[person.benefit]
    variables = [f"{dual}_{person.gender}_{aged}" for dual in dual_cells]
    variables += [f"LTI_{aged}"] if person.institutional else []
    cells = _cells("DI", "dialysis", person.band, *variables, *_originally(person), *_from_esrd(person))
    return replace(cells, group="dialysis")


def _graft_v24(person: Beneficiary, months: int, dual: str) -> Cells:
    side, late = _side(person.age), _late(months)
    if person.institutional:
        disabled = ["ORIGDS"] if person.originally_disabled else []
        cells = _cells("GI", "functioning graft, institutional", person.band, *disabled)
        head, institutional = "FGI", [f"LTI_{side}"]
    else:
        code, name = ("GF", "full benefit dual") if person.benefit == "full" else ("GNP", "non-dual or partial dual")
        age, aged = ("A", "aged") if person.aged else ("N", "under 65")
        cells = _cells(f"{code}{age}", f"functioning graft, {name}, {aged}", person.band, *_originally(person))
        head, institutional = "FGC", []
    partial = [f"{head}_PBD_{side}_flag"] if person.benefit == "partial" else []
    since = f"{head}_{side}_{late}_{dual}"
    return replace(cells, variables=(*cells.variables, since, *partial, *institutional), group="graft")


def _esrd_v21(person: Beneficiary) -> Cells:
    months = person.months_since_transplant
    if months is None:
        return _dialysis_v21(person)
    if months < _FIRST_GRAFT_MONTH:
        return _transplant(months)
    medicaid = person.benefit != "none"
    if person.new_enrollee:
        cell = f"{_new_by_medicaid(person)}_G_NE{person.single_year_band}"
        cells, age = _cells("GNE", "functioning graft, new enrollee", cell), person.new_age
    elif person.institutional:
        more = [*(["MCAID"] if medicaid else []), *(["ORIGDS"] if person.originally_disabled else [])]
        cells, age = _cells("GI", "functioning graft, institutional", person.band, *more), person.age
    else:
        more = [*_medicaid(person), *_originally(person)]
        cells, age = _cells("GC", "functioning graft, community", person.band, *more), person.age
    since = f"{_side(age)}_{_late(months)}"
    variables = (*cells.variables, since)
    return replace(cells, variables=variables, counts_diagnoses=not person.new_enrollee, group="graft")


def _dialysis_v21(person: Beneficiary) -> Cells:
    if person.new_enrollee:
        cell = f"{_new_by_medicaid(person, at_any_age=True)}_NE{_dialysis_band(person)}"
        return replace(_cells("DNE", "dialysis, new enrollee", cell), counts_diagnoses=False, group="dialysis")
    cells = _cells("DI", "dialysis", person.band, *_medicaid(person), *_originally(person), *_from_esrd(person))
    return replace(cells, group="dialysis")


def _medicaid(person: Beneficiary) -> Iterator[str]:
    if person.benefit != "none":
        yield f"MCAID_{person.gender}_{'Aged' if person.aged else 'NonAged'}"


def _from_esrd(person: Beneficiary) -> Iterator[str]:
    if person.aged and person.orec in ("2", "3"):
        yield f"Originally_ESRD_{person.gender}"


def _transplant(month: int) -> Cells:
    """A month of transplant has one factor, whoever the person is."""
    segment = Segment(code="TRANSPLANT", name=f"kidney transplant, month {month}")
    return Cells(segment, (f"TRANSPLANT_KIDNEY_ONLY_{month}M",), counts_diagnoses=False, group="dialysis")


def _rx_hcc(person: Beneficiary) -> Cells:
    if person.new_enrollee:
        code = "LTI" if person.institutional else "Lo" if person.low_income else "NoLo"
        esrd = "ESRD" if person.esrd else "NESRD"
        origin = "OD" if person.originally_disabled else "NOD"
        cells = _cells(f"Rx_NE_{code}", "new enrollee", f"{esrd}_{origin}_x_{person.single_year_band}")
        return replace(cells, counts_diagnoses=False, category="RXHCC")
    if person.institutional:
        disabled = ["ORIGDS"] if person.originally_disabled else []
        cells = _cells("Rx_CE_LTI", "long-term institutional", person.band, *disabled)
    else:
        income, words = ("Low", "low income") if person.low_income else ("NoLow", "not low income")
        age, aged = ("Aged", "aged") if person.aged else ("NoAged", "under 65")
        disabled = [f"{person.sex}65OD"] if person.originally_disabled else []
        cells = _cells(f"Rx_CE_{income}{age}", f"community, {words}, {aged}", person.band, *disabled)
    return replace(cells, category="RXHCC")


SCORED: dict[str, Callable[[Beneficiary], Cells]] = {
    "CMS-HCC V24": _cms_hcc,
    "CMS-HCC V28": _cms_hcc,
    "CMS-HCC ESRD V21": _esrd_v21,
    "CMS-HCC ESRD V24": _esrd_v24,
    "RxHCC V08": _rx_hcc,
}
"""The models that are scored, with their segments."""


def _band(age: int) -> str:
    return next((band for upper, band in zip(_UPPER_AGES, _BANDS, strict=False) if age <= upper), _BANDS[-1])


def _dialysis_band(person: Beneficiary) -> str:
    """Age and sex of a new enrollee on dialysis: five years from 65 on, and 85 with all above."""
    return f"{person.sex}{'85_GT' if person.new_age >= 85 else _band(person.new_age)}"


def _side(age: int) -> str:
    return "GE65" if age >= 65 else "LT65"


def _late(months: int) -> str:
    return "DUR10PL" if months >= _LATE_GRAFT_MONTH else "DUR4_9"
