"""An explanation as a graph: from the codes over MDC, severity and deciding step to the DRG and its family."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.grouper.domain.explained import (
    DecidingStep,
    ExplainedDiagnosis,
    ExplainedProcedure,
    FamilyMember,
    Graph,
    GraphEdge,
    GraphNode,
    Standing,
)
from shared.claims import DrgAssignment

_MDC, _SEVERITY, _STEP = "mdc", "severity", "step"
_SEVERITIES = {"MCC": "with MCC", "CC": "with CC", "NONE": "without CC or MCC"}
_KEPT_OUT: dict[Standing, str] = {
    "excluded-by-principal": "excludes",
    "excluded-by-death": "does not count: the patient died",
    "excluded-by-drg": "does not count: the DRG's own logic names it",
    "hospital-acquired": "does not count: hospital-acquired",
}


def graph_of(
    drg: DrgAssignment,
    diagnoses: Sequence[ExplainedDiagnosis],
    procedures: Sequence[ExplainedProcedure],
    step: DecidingStep | None,
    family: Sequence[FamilyMember],
) -> Graph:
    """The graph of an explanation. Without a step that is known, MDC and procedures lead to the DRG at once."""
    end = _drg(drg.drg)
    before_end = _STEP if step is not None else end
    nodes = [
        *_stations(drg, step),
        *(GraphNode(id=_drg(one.drg), kind="drg", label=_title(one), on_path=one.drg == drg.drg) for one in family),
    ]
    edges = [GraphEdge(source=_MDC, target=before_end, label="its logic")]
    if step is not None:
        edges += [GraphEdge(source=_STEP, target=_drg(one.drg), label=_reached(one, drg)) for one in family]
    edges.append(GraphEdge(source=_SEVERITY, target=end, label="severity"))
    for node, edge in (*_of_diagnoses(drg, diagnoses), *_of_procedures(procedures, before_end)):
        nodes.append(node)
        edges.append(edge)
    return Graph(nodes=tuple(nodes), edges=tuple(edges))


def _stations(drg: DrgAssignment, step: DecidingStep | None) -> Iterator[GraphNode]:
    yield GraphNode(id=_MDC, kind="mdc", label=f"MDC {drg.mdc}: {drg.mdc_description}", on_path=True)
    yield GraphNode(id=_SEVERITY, kind="severity", label=_SEVERITIES[drg.severity], on_path=True)
    if step is not None:
        yield GraphNode(id=_STEP, kind="step", label=step.condition or "all that is left", on_path=True)


def _of_diagnoses(drg: DrgAssignment, diagnoses: Sequence[ExplainedDiagnosis]) -> Iterator[tuple[GraphNode, GraphEdge]]:
    for one in diagnoses:
        name = f"diagnosis-{one.index}"
        counts = one.standing == "counts" and one.level == drg.severity
        if one.index == 0:
            edge = GraphEdge(source=name, target=_MDC, label="principal diagnosis")
        elif one.standing == "excluded-by-principal":
            edge = GraphEdge(source="diagnosis-0", target=name, label=_KEPT_OUT[one.standing])
        elif one.standing in _KEPT_OUT:
            edge = GraphEdge(source=name, target=_SEVERITY, label=_KEPT_OUT[one.standing])
        elif counts:
            edge = GraphEdge(source=name, target=_SEVERITY, label=f"counts as {one.level}")
        elif one.effect != "none":
            edge = GraphEdge(source=name, target=_drg(drg.drg), label=one.effect)
        else:
            continue
        on_path = one.standing not in _KEPT_OUT
        yield GraphNode(id=name, kind="diagnosis", label=one.code, on_path=on_path), edge


def _of_procedures(procedures: Sequence[ExplainedProcedure], target: str) -> Iterator[tuple[GraphNode, GraphEdge]]:
    for one in procedures:
        if one.effect != "none":
            name = f"procedure-{one.index}"
            yield (
                GraphNode(id=name, kind="procedure", label=one.code, on_path=True),
                GraphEdge(source=name, target=target, label=one.effect),
            )


def _drg(number: str) -> str:
    return f"drg-{number}"


def _title(member: FamilyMember) -> str:
    return f"{member.drg} {member.title}" if member.title else member.drg


def _reached(member: FamilyMember, drg: DrgAssignment) -> str:
    return "decides" if member.drg == drg.drg else "with another severity"
