"""The law with one of its terms deleted, for every term: made from the source, so that a new term is deleted too.

Deleted are, one at a time: each condition of the pure form, and each part of one; each level of an inheritance; each
summand of a deadline; each argument of an `Earliest`; each condition of a WHERE; an order's direction; the rule of
"off"; the rule of the override. And of each "at least" the "equal to".
"""

import ast
import copy
import inspect
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import Any

VARIADIC = ("Earliest", "Latest", "first_said", "inherited", "where")
"""Calls whose arguments are terms."""


def mutants(module: ModuleType, entry: str, *names: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """(what was deleted, the function `entry` made of the functions `names` without it), for each deletion."""
    source = "\n\n".join(inspect.getsource(getattr(module, name)) for name in names)
    tree = ast.parse(source)
    for place, (path, deed) in enumerate(deletions(tree)):
        changed = copy.deepcopy(tree)
        told = deed(follow(changed, path))
        namespace = dict(vars(module))
        exec(compile(ast.fix_missing_locations(changed), f"<mutant {place}>", "exec"), namespace)
        yield told, namespace[entry]


Path = tuple[tuple[str, int | None], ...]
Deed = Callable[[Any], str]


def follow(node: Any, path: Path) -> Any:
    """The node at the end of a path of (field, index)."""
    for field, place in path:
        node = getattr(node, field) if place is None else getattr(node, field)[place]
    return node


def deletions(tree: ast.AST) -> Iterator[tuple[Path, Deed]]:
    """Every way to delete one term: where, and the deed that does it there and tells what it did."""
    for path, node, inside in walk(tree, (), ""):
        for deed in deeds(node, inside):
            yield path, deed


def deeds(node: Any, inside: str) -> Iterator[Deed]:
    """What can be deleted at a node of the function `inside`."""
    if isinstance(node, ast.Call):
        yield from deeds_of_call(node)
    elif isinstance(node, ast.If):
        yield without_if
    elif isinstance(node, ast.IfExp) and inside == "inherited":
        yield lambda choice: collapse(choice, choice.orelse)
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.GtE):
        yield without_equal
    elif isinstance(node, ast.BoolOp):
        yield from (partial(without_part, place=place) for place in range(len(node.values)))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield lambda sum_: collapse(sum_, sum_.left)
        yield lambda sum_: collapse(sum_, sum_.right)


def deeds_of_call(call: ast.Call) -> Iterator[Deed]:
    """What can be deleted of a call."""
    name = name_of(call)
    if name == "nullif":
        yield lambda call: collapse(call, call.args[0])
    elif name == "case":
        yield lambda call: collapse(call, call.keywords[0].value)
    elif name == "desc":
        yield lambda call: collapse(call, call.func.value)
    elif name in VARIADIC and len(call.args) > 1:
        yield from (partial(without_argument, place=place) for place in range(len(call.args)))


def walk(node: ast.AST, path: Path, inside: str) -> Iterator[tuple[Path, ast.AST, str]]:
    """Every node with its path and the function it stands in."""
    inside = node.name if isinstance(node, ast.FunctionDef) else inside
    yield path, node, inside
    for field, value in ast.iter_fields(node):
        if isinstance(value, list):
            for place, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield from walk(item, (*path, (field, place)), inside)
        elif isinstance(value, ast.AST):
            yield from walk(value, (*path, (field, None)), inside)


def name_of(call: ast.Call) -> str:
    """The called function's last name."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def collapse(node: Any, remaining: ast.AST) -> str:
    """Put a part of an expression in the place of the whole."""
    told = f"{ast.unparse(node)} → {ast.unparse(remaining)}"
    replacement = copy.deepcopy(remaining)
    node.__class__ = replacement.__class__
    node.__dict__ = replacement.__dict__
    return told


def without_if(node: Any) -> str:
    """Delete a conditional statement."""
    told = f"without: {ast.unparse(node)!r}"
    node.test = ast.Constant(False)
    return told


def without_equal(node: Any) -> str:
    """Turn "at least" into "more than"."""
    told = f"{ast.unparse(node)} without the equal"
    node.ops = [ast.Gt()]
    return told


def without_part(node: Any, place: int) -> str:
    """Delete a part of a condition, or one of several choices."""
    told = f"{ast.unparse(node)} without {ast.unparse(node.values[place])}"
    del node.values[place]
    return collapse(node, node.values[0]) and told if len(node.values) == 1 else told


def without_argument(call: Any, place: int) -> str:
    """Delete an argument; of two, the other one stands alone (SQLite's `min` of one argument would be an aggregate)."""
    told = f"{ast.unparse(call)} without {ast.unparse(call.args[place])}"
    if len(call.args) == 2:
        return collapse(call, call.args[1 - place]) and told
    del call.args[place]
    return told
