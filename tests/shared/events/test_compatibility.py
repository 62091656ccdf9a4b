"""The checker of schema changes, held against changes whose effect is known (`shared/events/compatibility.py`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, create_model

from shared.events import EVENTS, ClaimEvent
from shared.events.compatibility import breaks
from shared.events.payload_schema import payload_schema


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(BaseModel):
    size: int
    note: str | None = None


class WiderInner(Inner):
    more: str


def schema(**fields: Any) -> dict[str, Any]:
    return create_model("Event", **fields).model_json_schema(mode="serialization")


BASE: dict[str, Any] = {
    "name": (Annotated[str, Field(max_length=10)], ...),
    "count": (int, ...),
    "colour": (Literal["red", "blue"], ...),
    "inner": (Inner, ...),
    "inners": (list[Inner], ...),
    "remark": (str | None, None),
    "tags": (dict[str, str], {}),
}

HARMLESS = {
    "nothing changed": {},
    "an optional field is added": {"later": (str | None, None)},
    "an optional model is added": {"later": (Inner | None, None)},
    "another default": {"remark": (str | None, "none")},
    "an enumeration in place of a literal of the same values": {"colour": (Colour, ...)},
}

INCOMPATIBLE = {
    "a required field becomes optional": ({"count": (int, 0)}, "/count"),
    "a required field is added": ({"later": (str, ...)}, "/later"),
    "a type changes": ({"count": (str, ...)}, "/count"),
    "null comes in": ({"count": (int | None, ...)}, "/count"),
    "null goes out": ({"remark": (str, "")}, "/remark"),
    "a limit is tightened": ({"name": (Annotated[str, Field(max_length=5)], ...)}, "/name"),
    "a limit is loosened": ({"name": (Annotated[str, Field(max_length=50)], ...)}, "/name"),
    "a pattern is asked for": ({"remark": (Annotated[str, Field(pattern="^a")] | None, None)}, "/remark"),
    "a value is added": ({"colour": (Literal["red", "blue", "green"], ...)}, "/colour"),
    "a value is taken away": ({"colour": (Literal["red"], ...)}, "/colour"),
    "a list of values is opened": ({"colour": (str, ...)}, "/colour"),
    "a model asks for more": ({"inner": (WiderInner, ...)}, "/inner/more"),
    "the items of a list change": ({"inners": (list[int], ...)}, "/inners/*"),
    "the values of a map change": ({"tags": (dict[str, int], {})}, "/tags/*"),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS.keys())
def test_a_change_that_everybody_can_read_passes(change: dict[str, Any]):
    assert breaks(schema(**BASE), schema(**BASE | change)) == []


def test_an_optional_field_may_go():
    without = {name: kind for name, kind in BASE.items() if name != "remark"}
    assert breaks(schema(**BASE), schema(**without)) == []


def test_a_required_field_may_not_go():
    without = {name: kind for name, kind in BASE.items() if name != "count"}
    assert [fault.split(":")[0] for fault in breaks(schema(**BASE), schema(**without))] == ["/count"]


@pytest.mark.parametrize(("change", "path"), INCOMPATIBLE.values(), ids=INCOMPATIBLE.keys())
def test_a_change_that_somebody_cannot_read_is_found_where_it_is(change: dict[str, Any], path: str):
    assert {fault.split(":")[0] for fault in breaks(schema(**BASE), schema(**BASE | change))} == {path}


def test_a_change_deep_in_the_claim_is_found_in_every_event():
    for model in (event for event in EVENTS if issubclass(event, ClaimEvent)):
        old, new = payload_schema(model), payload_schema(model)
        new["$defs"]["Patient"]["required"] = [*new["$defs"]["Patient"]["required"], "race"]
        assert [fault for fault in breaks(old, new) if "/patient/race: new readers need it" in fault]


def test_a_recursive_model_is_compared_to_its_end():
    class Tree(BaseModel):
        branches: list[Tree]

    Tree.model_rebuild(_types_namespace={"Tree": Tree})
    assert breaks(Tree.model_json_schema(), Tree.model_json_schema()) == []
