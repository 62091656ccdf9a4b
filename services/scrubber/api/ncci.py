"""The National Correct Coding Initiative on a day: edits among codes, partners of a code, limits, add-on codes."""

from collections.abc import Mapping
from datetime import date
from itertools import combinations, dropwhile, islice
from typing import Annotated, Any, Self

from fastapi import APIRouter, Path, Query

from services.scrubber.api.policies import CanReadCodes, TheScrubber
from services.scrubber.api.tables import AskedDay
from services.scrubber.domain.edits.ncci import modifiers_that_help
from services.scrubber.domain.examination import Scrubber
from services.scrubber.errors import AddOnNotFound, LimitNotFound
from shared.claims import Date, Many, Model
from shared.http import CurrentTables, Page, PageRequest, encode_cursor
from shared.tables import Table, Tables, mue, ncci

router = APIRouter(prefix="/v1", tags=["reference tables"])

_CODE = "[0-9A-Za-z]{5}"
_MOST_CODES = 50
AskedCode = Annotated[str, Path(pattern=f"^{_CODE}$", description="A HCPCS or CPT code.")]
AskedCodes = Annotated[
    str,
    Query(
        pattern=f"^{_CODE}(,{_CODE}){{1,{_MOST_CODES - 1}}}$",
        description=f"HCPCS or CPT codes, parted by commas; at most {_MOST_CODES}.",
        examples=["99213,11042"],
    ),
]
_OTHERWISE = "Without it the practitioner's, and the hospital's where only those are loaded for the day."
AskedSetting = Annotated[ncci.Setting | None, Query(description=f"Whose claims the edits are for. {_OTHERWISE}")]
AskedMueSetting = Annotated[mue.Setting | None, Query(description=f"Whose claims the limits are for. {_OTHERWISE}")]


class ListedEdit(Model):
    """A procedure-to-procedure edit in force: column 2 is not paid beside column 1 on the same day."""

    column_1: str
    column_2: str
    modifier_indicator: ncci.ModifierIndicator
    """0: no modifier lets both be paid. 1: an NCCI-associated modifier does, where the record supports it."""
    modifiers_that_help: Many[str]
    """On column 2, where the record shows that the service was separate; beside these, modifiers of two different
    sites. Empty where none helps."""
    rationale: str | None
    """In CMS's words; null where the release does not carry it."""
    prior_1996: bool
    """The edit is older than the initiative."""
    first_day: Date
    last_day: Date | None
    """Null while the edit is in force."""

    @classmethod
    def of(cls, edit: ncci.Edit, scrubber: Scrubber, day: date) -> Self:
        span = edit.span
        return cls(
            column_1=edit.column_1,
            column_2=edit.column_2,
            modifier_indicator=span.modifier,
            modifiers_that_help=modifiers_that_help(edit, scrubber.lists, day),
            rationale=span.rationale,
            prior_1996=span.prior_1996,
            first_day=span.first,
            last_day=span.last,
        )


class EditsAmong(Model):
    """Every edit among some codes, by the order in which the codes were asked for."""

    setting: ncci.Setting
    """Whose claims they are for."""
    release: str
    """The release of the table that answered: `2026Q3`."""
    edits: Many[ListedEdit]


class Partners(Page[ListedEdit]):
    """The edits of a code in either column, by the other code."""

    setting: ncci.Setting
    release: str


class FoundLimit(Model):
    """The medically unlikely edit of a code."""

    code: str
    units: int
    """The most units that are paid; 0 where the code is never paid in this setting."""
    adjudication_indicator: mue.AdjudicationIndicator
    """1: each line is held to the limit. 2, 3: the day's units are, by policy or by clinical benchmark."""
    rationale: str
    setting: mue.Setting
    release: str


class FoundAddOn(Model):
    """What an add-on code may be reported with."""

    code: str
    types: Many[ncci.AddOnType]
    """1: CMS names every primary procedure. 2: the contractor does. 3: CMS names some of them."""
    primaries: Many[str]
    contractors_define: bool
    """The contractor may accept primary procedures that are not in `primaries`."""
    notes: Many[str]
    release: str


@router.get("/ncci", response_model=EditsAmong)
async def list_edits_among(
    caller: CanReadCodes,
    tables: CurrentTables,
    scrubber: TheScrubber,
    codes: AskedCodes,
    day: AskedDay,
    setting: AskedSetting = None,
) -> EditsAmong:
    """Every edit among the codes, in both orders of each pair, and which modifiers would help."""
    chosen = setting or _loaded(tables, ncci.PTP, day)
    asked = dict.fromkeys(codes.upper().split(","))
    edits = (
        edit
        for code_a, code_b in combinations(asked, 2)
        for edit in ncci.edits_between(tables, chosen, code_a, code_b, day)
    )
    return EditsAmong(
        edits=tuple(ListedEdit.of(edit, scrubber, day) for edit in edits),
        setting=chosen,
        release=tables.release(ncci.PTP[chosen], day).name,
    )


@router.get("/ncci/{code}/partners", response_model=Partners)
def list_partners(
    caller: CanReadCodes,
    tables: CurrentTables,
    scrubber: TheScrubber,
    code: AskedCode,
    day: AskedDay,
    page: PageRequest,
    setting: AskedSetting = None,
) -> Partners:
    """Every edit of a code in force on a day, whichever column it stands in. Runs beside the loop: it takes a while."""
    wanted = code.upper()
    chosen = setting or _loaded(tables, ncci.PTP, day)
    after = page.after(str, str)
    edits = ncci.partners(tables, chosen, wanted, day)
    rest = edits if after is None else dropwhile(lambda edit: _position(edit, wanted) <= after, edits)
    found = list(islice(rest, page.limit + 1))
    shown = found[: page.limit]
    return Partners(
        setting=chosen,
        release=tables.release(ncci.PTP[chosen], day).name,
        items=tuple(ListedEdit.of(edit, scrubber, day) for edit in shown),
        next_cursor=encode_cursor(_position(shown[-1], wanted)) if len(found) > page.limit else None,
    )


@router.get("/mue/{code}", response_model=FoundLimit)
async def get_limit(
    caller: CanReadCodes, tables: CurrentTables, code: AskedCode, day: AskedDay, setting: AskedMueSetting = None
) -> FoundLimit:
    """The most units of a code. 404 where CMS publishes no limit, which is no promise: a few it keeps to itself."""
    wanted = code.upper()
    chosen = setting or _loaded(tables, mue.MUE, day)
    found = mue.limit(tables, chosen, wanted, day)
    if found is None:
        raise LimitNotFound(f"{tables.release(mue.MUE[chosen], day).name} has no limit on {wanted}")
    return FoundLimit(
        code=found.code,
        units=found.units,
        adjudication_indicator=found.adjudication,
        rationale=found.rationale,
        setting=chosen,
        release=found.release,
    )


@router.get("/add-ons/{code}", response_model=FoundAddOn)
async def get_add_on(caller: CanReadCodes, tables: CurrentTables, code: AskedCode, day: AskedDay) -> FoundAddOn:
    """The primary procedures of an add-on code. 404 where CMS does not list the code as one on this day."""
    wanted = code.upper()
    found = ncci.primaries(tables, wanted, day)
    if found is None:
        raise AddOnNotFound(f"{tables.release(ncci.ADD_ON, day).name} does not list {wanted} as an add-on code")
    return FoundAddOn(
        code=found.code,
        types=found.types,
        primaries=found.primaries,
        contractors_define=found.contractors_define,
        notes=found.notes,
        release=found.release,
    )


def _loaded(tables: Tables, of: Mapping[Any, Table[Any]], day: date) -> ncci.Setting:
    """Whose edits to look in where the caller does not say."""
    settings: tuple[ncci.Setting, ...] = ("practitioner", "hospital")
    return next((setting for setting in settings if tables.carries(of[setting], day)), "practitioner")


def _position(edit: ncci.Edit, code: str) -> tuple[str, str]:
    return edit.partner_of(code), edit.column_1
