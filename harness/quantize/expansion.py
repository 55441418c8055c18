"""How much a model grows, and whether it ends, before a runtime finds out by trying.

A runtime writes every call of a model's own functions out, and runs what is constant while it opens a model. A
file of a few kilobytes can so ask for 2^40 nodes, or for a loop without an end.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import WorkloadError
from harness.quantize.external_data import short

_MOST_NODES = 10**6  # the largest exports of language models have some tens of thousands
_MOST_TRIPS = 10**8
_STANDARD = {"", "ai.onnx"}
_Key = tuple[str, str, str]


def check_expansion(path: Path, model: Any) -> None:  # noqa: ANN401 - a class of a package that may not be here
    """Refuse a model whose functions call one another in a circle, or grow beyond what any model has.

    Raises:
        WorkloadError: it is one.
    """
    functions = {_key(one.domain, one.name, one.overload): list(nodes_within(one.node)) for one in model.functions}
    nodes = list(nodes_within(model.graph.node))
    total = len(nodes)
    if functions:
        sizes = _sizes(path, functions)
        total += sum(sizes.get(_called(node), 0) for node in nodes)
    if total > _MOST_NODES:
        raise WorkloadError(
            f"{path} has more than {_MOST_NODES:,} nodes once its own functions are written out, as a runtime does to "
            "open it: export it without functions that multiply"
        )


def check_loops(path: Path, graphs: Iterable[Any]) -> None:
    """Refuse loops that have no end, whatever the model is asked; `graphs` may be functions, too.

    Raises:
        WorkloadError: a loop has no trip count that ends it and a condition that stays true.
    """
    for graph in graphs:
        truths = _constants(graph.node, getattr(graph, "initializer", ()))
        for node in graph.node:
            if node.domain in _STANDARD and node.op_type == "Loop" and _is_endless(node, truths):
                raise WorkloadError(
                    f"{path}: the loop {short(node.name or (node.output[0] if node.output else ''))} never ends: it "
                    "has no trip count that could end it, and its condition never changes; export the model again"
                )


def _sizes(path: Path, functions: dict[_Key, list[Any]]) -> dict[_Key, int]:
    """How many nodes a call of each function becomes, called functions first."""
    calls = {key: Counter(one for one in map(_called, body) if one in functions) for key, body in functions.items()}
    callers: dict[_Key, list[_Key]] = {key: [] for key in functions}
    for key, called in calls.items():
        for one in called:
            callers[one].append(key)
    waiting = {key: len(called) for key, called in calls.items()}
    ready = [key for key, count in waiting.items() if not count]
    sizes: dict[_Key, int] = {}
    while ready:
        key = ready.pop()
        sizes[key] = len(functions[key]) + sum(count * sizes[one] for one, count in calls[key].items())
        sizes[key] = min(sizes[key], _MOST_NODES + 1)  # so that numbers stay small
        for caller in callers[key]:
            waiting[caller] -= 1
            if not waiting[caller]:
                ready.append(caller)
    if len(sizes) < len(functions):
        name = next(key[1] for key in functions if key not in sizes)
        raise WorkloadError(
            f"{path}: its function {short(name)} calls itself, or is called by one that does: no runtime can write "
            "that out; export the model again"
        )
    return sizes


def _key(domain: str, name: str, overload: str) -> _Key:
    return ("" if domain in _STANDARD else domain, name, overload)


def _called(node: Any) -> _Key:  # noqa: ANN401 - see above
    return _key(node.domain, node.op_type, node.overload)


def _constants(nodes: Iterable[Any], initializers: Iterable[Any]) -> dict[str, Any]:
    """Tensors of a graph that are the same whatever it is asked, by name."""
    found = {one.name: one for one in initializers}
    for node in nodes:
        if node.op_type == "Constant" and node.domain in _STANDARD and node.output:
            for attribute in node.attribute:
                if attribute.name == "value":
                    found[node.output[0]] = attribute.t
    return found


def _is_endless(loop: Any, constants: dict[str, Any]) -> bool:  # noqa: ANN401 - see above
    inputs = [*loop.input, "", ""]
    if inputs[0] and not (inputs[0] in constants and _number(constants[inputs[0]], default=0) > _MOST_TRIPS):
        return False  # counted, and by what it is asked or by few
    body = next((one.g for one in loop.attribute if one.name == "body"), None)
    if body is None or not body.output:
        return False
    given = body.input[1].name if len(body.input) > 1 else ""
    source = _source(body.output[0].name, body)
    if source == given:  # handed on: what it was at first, and true where it is not given
        return not inputs[1] or inputs[1] not in constants or bool(_number(constants[inputs[1]], default=1))
    inner = _constants(body.node, body.initializer)
    told = inner.get(source, constants.get(source))
    return told is not None and bool(_number(told, default=1))


def _source(name: str, graph: Any) -> str:  # noqa: ANN401 - see above
    """Where a value comes from, through nodes that only hand it on."""
    handed_on = {
        node.output[0]: node.input[0]
        for node in graph.node
        if node.op_type in {"Identity", "Cast"} and node.domain in _STANDARD and node.input and node.output
    }
    for _ in range(len(handed_on)):
        if name not in handed_on:
            break
        name = handed_on[name]
    return name


def _number(tensor: Any, *, default: int) -> int:  # noqa: ANN401 - see above
    """The only value of a tensor; `default` where there is none that can be read."""
    from onnx import numpy_helper  # noqa: PLC0415 - heavy, and absence is a normal answer

    if math.prod(tensor.dims) != 1 or tensor.data_location == tensor.EXTERNAL:
        return default
    try:
        values = np.asarray(numpy_helper.to_array(tensor))
        return int(values.reshape(-1)[0])
    except (ValueError, TypeError, LookupError, OverflowError):  # LookupError: also of an element type that is none
        return default


def nodes_within(graph_nodes: Iterable[Any]) -> Iterator[Any]:
    """Nodes, and those inside of them; protobuf itself bounds how deep they can lie."""
    for node in graph_nodes:
        yield node
        for inner in graphs_within(node):
            yield from nodes_within(inner.node)


def graphs_within(node: Any) -> Iterator[Any]:  # noqa: ANN401 - see above
    """The graphs that a node holds itself."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs
