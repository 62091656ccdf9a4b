"""What an explanation says: of each code, of the step that decided, of the family; and all of it as a graph."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from services.grouper.domain.hospital_acquired import HacEffect, MetHac
from shared.claims import CodeConversion, Date, DrgAssignment, Many, Model
from shared.tables import msdrg

Effect = Literal["decides", "contributes", "none"]
"""`decides`: without this code alone the DRG is another. `contributes`: only without several. `none`: never."""

Standing = Literal[
    "principal",
    "counts",
    "not-a-cc",
    "excluded-by-principal",
    "excluded-by-death",
    "excluded-by-drg",
    "hospital-acquired",
]
"""`excluded-by-drg`: the logic of the DRG names the code, so that it does not count as its CC or MCC too."""


class ExplainedDiagnosis(Model):
    """What one diagnosis did for the DRG."""

    index: int
    """Its place on the claim; 0 is the principal diagnosis."""
    code: str
    level: msdrg.Level
    """At which it is listed as a secondary diagnosis."""
    standing: Standing
    poa: str | None
    """Present on admission, as given: Y, N, U, W or 1."""
    poa_exempt: bool | None
    """Whether the code is exempt from POA reporting; None where no list of the day is loaded."""
    hacs: Many[MetHac]
    """The hospital-acquired conditions that the code is part of. It counts all the same where it was there before."""
    initial_level: msdrg.Level
    """At which it counts for the initial DRG, which looks at no POA indicator."""
    final_level: msdrg.Level
    """At which it counts for the DRG that is paid."""
    exclusion_list: str | None
    """The principal diagnosis's list in table `msdrg.exclusion_lists`, where that list names this code."""
    effect: Effect


class ExplainedProcedure(Model):
    """What one procedure did for the DRG."""

    index: int
    code: str
    operating_room: bool
    effect: Effect


class MetTerm(Model):
    """A term of the deciding condition that the stay meets, and by which codes; none for facts such as MCC."""

    term: str
    codes: Many[str]


class DecidingStep(Model):
    """The formula that leads to the DRG."""

    mdc: str
    """Whose formula it is: 00 before any MDC, 29 for procedures unrelated to the principal diagnosis."""
    kind: Literal["SURGICAL", "MEDICAL", "NA"]
    condition: str
    met: Many[MetTerm]


class FamilyMember(Model):
    """A DRG of the same family, apart by severity."""

    drg: str
    title: str | None
    weight: Decimal | None
    """None where no weights of the day are loaded."""


class GraphNode(Model):
    """A code, or a station on the way to the DRG."""

    id: str
    """Unique in the graph: `diagnosis-0`, `step`, `drg-291`."""
    kind: Literal["diagnosis", "procedure", "mdc", "severity", "step", "drg"]
    label: str
    on_path: bool
    """Whether the way to the DRG leads over it; false of codes that do not count and of the family's other DRGs."""


class GraphEdge(Model):
    """`source` leads to `target`, or is kept from it, as `label` says."""

    source: str
    target: str
    label: str


class Graph(Model):
    """The way from the codes to the DRG. Codes that are nothing to it are left out, so that it stays small."""

    nodes: Many[GraphNode]
    edges: Many[GraphEdge]


class Explanation(Model):
    """A DRG and why it is that DRG."""

    drg: DrgAssignment
    as_of: Date
    mdc_of_principal: str | None
    """Where the principal diagnosis belongs; the DRG's own MDC differs where a procedure or age decides before."""
    diagnoses: Many[ExplainedDiagnosis]
    procedures: Many[ExplainedProcedure]
    step: DecidingStep | None
    """None where the step is decided inside the engine and no formula shows it."""
    family: Many[FamilyMember]
    graph: Graph
    hospital_acquired: HacEffect
    conversions: Many[CodeConversion]
    """The codes that were converted before grouping, where the stay was coded in another year."""
    definitions: str
    """The release of the MS-DRG definitions that the explanation rests on."""
