"""Draws one workload: model, inputs, preprocessing, data by split and class, gate, hashes, and what is wrong."""

from collections.abc import Iterator

import msgspec
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.services.workload_view import ModelView, SplitView, WorkloadView
from planner.wording import quantities
from planner.wording.marks import signed
from planner.wording.text import plain

_BAR = 20
_MOST_CLASSES = 20
_DIGITS = 12


def screen(view: WorkloadView) -> Iterator[RenderableType]:
    """Everything, top to bottom."""
    yield Text(plain(f"{view.name} · {view.title}" if view.title else view.name), style="bold")
    yield Text()
    yield _facts(view)
    for split in view.splits:
        if split.classes:
            yield Text()
            yield from _classes(split)
    yield Text()
    for problem in view.problems:
        yield signed("✗", problem)
    for remark in view.remarks:
        yield signed("~", remark)
    if not view.problems:
        yield signed("✓", "nothing is wrong with it")


def _facts(view: WorkloadView) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _rows(view):
        table.add_row(name, Text(plain(value)))
    return table


def _rows(view: WorkloadView) -> Iterator[tuple[str, str]]:
    yield "described in", view.file
    yield from _model(view.model)
    settings = msgspec.to_builtins(view.preprocessing)
    told = ", ".join(
        f"{name} {_value(value)}" for name, value in settings.items() if name != "kind" and value is not None
    )
    yield "preprocessing", f"{settings['kind']}: {told}" if told else f"{settings['kind']}: arrays as they are"
    yield "task", f"classification, {view.metric}" if view.task == "classification" else "none: answers are not judged"
    for split in view.splits:
        yield f"{split.name} data", _split(split)
    yield "variants", " · ".join(view.default_variants)
    for candidate in view.candidates:
        yield "made elsewhere", f"{candidate.variant}, SHA-256 {candidate.digest[:_DIGITS]}"
    if view.ranked_nodes:
        yield "sensitivity", f"{view.ranked_nodes} nodes ranked; int8-mixed leaves {view.keep_fp32} in FP32"
    if view.gate is not None and view.task == "classification":
        yield "gate", _gate(view)
    yield "licence", view.licence or "not stated"
    yield "source", view.source or "not stated"
    if view.digest is not None:
        yield "identity", f"{view.digest[:_DIGITS]} (of model, data and preprocessing)"


def _model(model: ModelView) -> Iterator[tuple[str, str]]:
    where = " and ".join(one for one in (model.file, model.torch) if one is not None)
    size = f", {quantities.size(model.size_bytes)}" if model.size_bytes is not None else ""
    opset = f", opset {model.opset}" if model.opset is not None else ""
    hashed = f", SHA-256 {_hash(model.digest, is_pinned=model.is_pinned)}" if model.digest is not None else ""
    yield "model", f"{where}{size}{opset}{hashed}"
    if model.reason is not None:
        yield "reads", f"not known: {model.reason}"
    for number, spec in enumerate(model.inputs):
        yield "" if number else "reads", spec.text
    for number, spec in enumerate(model.outputs):
        is_judged = spec.name == model.output or (model.output is None and not number)
        yield "" if number else "answers", f"{spec.text}{' (this one is judged)' if is_judged and number else ''}"


def _split(split: SplitView) -> str:
    source = f" from {split.source}" if split.source is not None else ""
    if split.taken_from_test is not None:
        whole = "the test data" if split.source is not None else "the random inputs"
        source = f", {100 * split.taken_from_test:.1f} % of {whole}, left out of the test"
    return f"{split.samples:,} samples{source}, SHA-256 {_hash(split.digest, is_pinned=split.is_pinned)}"


def _hash(digest: str, *, is_pinned: bool) -> str:
    return f"{digest[:_DIGITS]}{' (pinned)' if is_pinned else ''}"


def _gate(view: WorkloadView) -> str:
    rules = view.gate
    if rules is None:
        return ""
    which = f"each class that matters ({', '.join(rules.classes)})" if rules.classes else "every class"
    floor = f", {which} right in at least {100 * rules.worst_class:g} %" if rules.worst_class is not None else ""
    return (
        f"less than {100 * rules.overall_loss:g} % of the accuracy lost, at most {100 * rules.class_drop:g} points of "
        f"{which}{floor}"
    )


def _classes(split: SplitView) -> Iterator[RenderableType]:
    shown = split.classes[:_MOST_CLASSES]
    more = f", the first {_MOST_CLASSES} of {len(split.classes):,}" if len(split.classes) > len(shown) else ""
    yield Text(f"{split.name}: samples of each class{more}", style="italic")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    table.add_column()
    most = max(one.samples for one in split.classes)
    for one in shown:
        table.add_row(plain(one.name), f"{one.samples:,}", quantities.bar(one.samples, of=most, width=_BAR).ljust(_BAR))
    yield table


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, dict):
        return " ".join(f"{name} {_value(one)}" for name, one in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)
