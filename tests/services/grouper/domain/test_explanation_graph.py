"""The graph of an explanation, by hand from the Definitions Manual v43."""

from __future__ import annotations

import pytest

from services.grouper.domain.explained import Explanation
from services.grouper.domain.grouping import Grouper
from tests.services.grouper.domain.test_explanation import a_stay, explained
from tests.services.grouper.stays import a_grouper


@pytest.fixture
def grouper() -> Grouper:
    return a_grouper()


def ways(found: Explanation) -> set[tuple[str, str, str]]:
    """Source, target and label of each edge, codes by themselves and stations by their ids."""
    codes = {node.id: node.label for node in found.graph.nodes if node.kind in ("diagnosis", "procedure")}
    return {
        (codes.get(one.source, one.source), codes.get(one.target, one.target), one.label) for one in found.graph.edges
    }


async def test_severity_leads_to_one_drg_of_the_family(grouper: Grouper) -> None:
    found = await explained(grouper, a_stay("I5023", "J9601", "I10"))
    assert ways(found) == {
        ("I5023", "mdc", "principal diagnosis"),
        ("mdc", "step", "its logic"),
        ("J9601", "severity", "counts as MCC"),
        ("severity", "drg-291", "severity"),
        ("step", "drg-291", "decides"),
        ("step", "drg-292", "with another severity"),
        ("step", "drg-293", "with another severity"),
    }
    assert [node.id for node in found.graph.nodes if not node.on_path] == ["drg-292", "drg-293"]


async def test_an_excluded_code_is_shown_beside_the_way(grouper: Grouper) -> None:
    found = await explained(grouper, a_stay("J9600", "J9621"))
    assert ("J9600", "J9621", "excludes") in ways(found)
    assert found.diagnoses[1].exclusion_list is not None
    assert found.diagnoses[0].exclusion_list is None
    assert {node.label: node.on_path for node in found.graph.nodes if node.kind == "diagnosis"} == {
        "J9600": True,
        "J9621": False,
    }


async def test_an_operation_leads_to_the_step_and_what_is_nothing_to_the_drg_is_left_out(grouper: Grouper) -> None:
    found = await explained(grouper, a_stay("M1711", "I10", procedures=("0SRC0J9", "3E0G76Z")))
    assert ("0SRC0J9", "step", "decides") in ways(found)
    assert {node.label for node in found.graph.nodes if node.kind in ("diagnosis", "procedure")} == {"M1711", "0SRC0J9"}


async def test_every_edge_joins_two_nodes(grouper: Grouper) -> None:
    for stay in (
        a_stay("T8141XA", "E43", procedures=("0JB80ZZ",)),
        a_stay("A419", "R6521", "J9601", "N179", procedures=("5A1955Z",)),
        a_stay("I2510", "T8131XA", "L89154", poa="N", procedures=("02100Z9",)),
    ):
        graph = (await explained(grouper, stay)).graph
        nodes = [node.id for node in graph.nodes]
        assert len(set(nodes)) == len(nodes)
        assert {end for edge in graph.edges for end in (edge.source, edge.target)} == set(nodes)
