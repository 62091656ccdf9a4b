"""What a condition may not do, so that its work on any claim is bounded by its own length.

The library itself ends a condition after 10,000 steps through lists. What one step costs is bounded here, on the
checked syntax tree: a variable of `exists`, `all` or `filter` stands for a part of the claim, never for a value that
the condition has built, so that nothing can double at each level; nothing is joined to longer texts or lists; parts are
not compared as wholes; and every type is known, so that no operator does at run time what the check would have refused.
`matches` and `map` do not exist.

The messages are those of `cel.expr.CheckedExpr` (github.com/google/cel-spec, proto/cel/expr/checked.proto and
syntax.proto), of which only the fields that are read here are declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from google.protobuf import any_pb2, descriptor_pb2, message_factory
from google.protobuf.descriptor_pool import DescriptorPool

_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS = {"int64": _Field.TYPE_INT64, "int32": _Field.TYPE_INT32, "string": _Field.TYPE_STRING}

_MESSAGES: dict[str, dict[str, tuple[int, str]]] = {
    "Checked": {"types": (3, "*TypeOf"), "expr": (4, "Expr"), "source": (5, "Source")},
    "TypeOf": {"key": (1, "int64"), "value": (2, "Type")},
    "Type": {"dyn": (1, "Nothing"), "list": (6, "ListType"), "map": (7, "MapType"), "message": (9, "string")},
    "ListType": {"element": (1, "Type")},
    "MapType": {"key": (1, "Type"), "value": (2, "Type")},
    "Nothing": {},
    "Source": {"line_offsets": (3, "*int32"), "positions": (4, "*Position")},
    "Position": {"key": (1, "int64"), "value": (2, "int32")},
    "Expr": {
        "id": (2, "int64"),
        "ident": (4, "Ident"),
        "select": (5, "Select"),
        "call": (6, "Call"),
        "list": (7, "List"),
        "struct": (8, "Struct"),
        "comprehension": (9, "Comprehension"),
    },
    "Ident": {"name": (1, "string")},
    "Select": {"operand": (1, "Expr")},
    "Call": {"target": (1, "Expr"), "function": (2, "string"), "args": (3, "*Expr")},
    "List": {"elements": (1, "*Expr")},
    "Struct": {"entries": (2, "*Entry")},
    "Entry": {"map_key": (3, "Expr"), "value": (4, "Expr")},
    "Comprehension": {
        "iter_range": (2, "Expr"),
        "accumulator": (3, "string"),
        "accu_init": (4, "Expr"),
        "loop_condition": (5, "Expr"),
        "loop_step": (6, "Expr"),
        "result": (7, "Expr"),
    },
}
"""Name, number and type of the fields that are read; `*` marks a list."""

_COMPARISONS = {"_==_", "_!=_", "@in"}
_UNCLEAR = "the type of this cannot be known before it runs; do not mix types in one list or map"
_BUILT = "exists, all, exists_one and filter walk a list of the claim, not one that the condition builds"
_JOINED = "lists are not joined here; ask about each one"
_COMPARED = "parts of a claim are not compared as wholes; compare their fields, or ask has()"
_CROSSED = "asking about each line, a walk inside a walk goes only through what the outer one has come to"
_WHOLE = {"claim", "billed"}
_CONSTRUCTED = "a condition looks at the claim; it does not build maps or parts"


class Breach(NamedTuple):
    """A place that goes beyond the bounds. `line` and `column` count from 1."""

    line: int
    column: int
    message: str


class _Node(NamedTuple):
    """A node of the tree. `accumulator` is named where the macro, not the author, has written it; `inside` a walk."""

    tree: Any
    accumulator: str
    inside: bool


@dataclass(frozen=True)
class Outline:
    """What is to be known of a checked expression before it runs."""

    breaches: tuple[Breach, ...]
    walks_claim: bool
    """Whether it goes through a list of the whole claim, not only of the line that it asks about."""


def outline(serialized: bytes, *, by_line: bool) -> Outline:
    """Read a checked expression as the library serializes it. `by_line`: it is asked of each line anew.

    The library counts steps anew for each line; so there a walk inside a walk goes only into what the outer one has
    come to, and the caller limits the lines where `walks_claim`.
    """
    checked = _checked_class().FromString(any_pb2.Any.FromString(serialized).value)
    types = {entry.key: entry.value for entry in checked.types}
    nodes = list(_nodes(_Node(checked.expr, "", False)))
    walks = [node for node in nodes if node.tree.HasField("comprehension")]
    found = [(node.tree.id, fault) for node in nodes for fault in _faults(node, types)]
    if by_line:
        found += [(walk.tree.id, _CROSSED) for walk in walks if walk.inside and _root(walk) in _WHOLE | {"line"}]
    positions = {entry.key: entry.value for entry in checked.source.positions}
    offsets = list(checked.source.line_offsets)
    breaches = tuple(Breach(*_place(positions.get(node, 0), offsets), fault) for node, fault in found)
    return Outline(breaches, any(_root(walk) in _WHOLE for walk in walks))


def _faults(node: _Node, types: dict[int, Any]) -> Iterator[str]:
    tree, kind = node.tree, types.get(node.tree.id)
    if kind is not None and _is_dynamic(kind):
        yield _UNCLEAR
    if tree.HasField("struct"):
        yield _CONSTRUCTED
    if tree.HasField("comprehension") and _root(node) is None:
        yield _BUILT
    if tree.HasField("call"):
        yield from _faults_of_call(tree.call, kind, node.accumulator, types)


def _root(walk: _Node) -> str | None:
    """The name that a walked list begins with; None where the condition has built the list itself."""
    source = walk.tree.comprehension.iter_range
    while not source.HasField("ident"):
        if source.HasField("comprehension"):  # what filter has left
            source = source.comprehension.iter_range
        elif source.HasField("select"):
            source = source.select.operand
        elif source.HasField("call") and source.call.function == "_[_]":
            source = source.call.args[0]
        else:
            return None
    return str(source.ident.name)


def _faults_of_call(call: Any, kind: Any, accumulator: str, types: dict[int, Any]) -> Iterator[str]:
    if call.function in _COMPARISONS and any(_is_part(types[one.id]) for one in call.args if one.id in types):
        yield _COMPARED
    if call.function == "_+_" and kind is not None and kind.HasField("list"):
        first = call.args[0]
        if not (accumulator and first.HasField("ident") and first.ident.name == accumulator):
            yield _JOINED


def _is_part(kind: Any) -> bool:
    return _is_part(kind.list.element) if kind.HasField("list") else bool(kind.HasField("message"))


def _is_dynamic(kind: Any) -> bool:
    if kind.HasField("list"):
        return _is_dynamic(kind.list.element)
    if kind.HasField("map"):
        return _is_dynamic(kind.map.key) or _is_dynamic(kind.map.value)
    return bool(kind.HasField("dyn"))


def _nodes(node: _Node) -> Iterator[_Node]:
    yield node
    if node.tree.HasField("comprehension"):
        whole = node.tree.comprehension
        for part in (whole.iter_range, whole.accu_init, whole.loop_condition, whole.result):
            yield from _nodes(_Node(part, "", node.inside))
        yield from _nodes(_Node(whole.loop_step, whole.accumulator, True))
        return
    for child in _children(node.tree):
        yield from _nodes(node._replace(tree=child))


def _children(node: Any) -> Iterator[Any]:
    if node.HasField("select"):
        yield node.select.operand
    if node.HasField("call"):
        if node.call.HasField("target"):
            yield node.call.target
        yield from node.call.args
    if node.HasField("list"):
        yield from node.list.elements
    if node.HasField("struct"):
        yield from (entry.value for entry in node.struct.entries)


def _place(offset: int, line_ends: list[int]) -> tuple[int, int]:
    begins = [0, *(end for end in line_ends if end <= offset)]
    return len(begins), offset - begins[-1] + 1


@cache
def _checked_class() -> Any:
    pool = DescriptorPool()
    pool.Add(_file())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("revcycle.cel.Checked"))


def _file() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name="checked.proto", package="revcycle.cel", syntax="proto2")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, said) in fields.items():
            of = said.removeprefix("*")
            label = _Field.LABEL_REPEATED if said.startswith("*") else _Field.LABEL_OPTIONAL
            scalar = _SCALARS.get(of)
            kind, type_name = (scalar, None) if scalar else (_Field.TYPE_MESSAGE, f".revcycle.cel.{of}")
            message.field.add(name=field, number=number, type=kind, type_name=type_name, label=label)
    return file
