"""`planner targets`: the devices that can be priced, and what their data sheets say."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.cli import output
from planner.drawing.price_cells import cell
from planner.services.prices import targets_in_force
from planner.wording.quantities import ABSENT, byte_count, byte_rate, operation_rate
from pricing.vocabulary import Precision, Target, TargetKind

_PEAKS = (Precision.FP32, Precision.TF32, Precision.FP16, Precision.INT8)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetList:
    """Every target that is known."""

    schema: str
    targets: tuple[Target, ...]


def list_(options: argparse.Namespace) -> int:
    """A line for each device."""
    targets = targets_in_force([Path(name) for name in options.target_file])
    if options.json:
        output.show_json(TargetList(schema="planner.targets/1", targets=targets.all))
    else:
        output.show(*(_table(targets.all, kind) for kind in TargetKind))
    return 0


def show(options: argparse.Namespace) -> int:
    """One device."""
    target = targets_in_force([Path(name) for name in options.target_file]).find(options.name)
    if options.json:
        output.show_json(TargetList(schema="planner.targets/1", targets=(target,)))
    else:
        output.show(*_screen(target))
    return 0


def _table(targets: tuple[Target, ...], kind: TargetKind) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    is_card = kind is TargetKind.GPU
    name = kind.upper()
    figures = (*(one.upper() for one in _PEAKS), "memory", "bandwidth", "power") if is_card else ("INT8",)
    for heading in (name, *figures):
        is_figure = is_card and heading in figures
        table.add_column(heading, justify="right" if is_figure else "left", overflow="fold", no_wrap=heading == name)
    for one in targets:
        if one.kind is kind:
            row = _card(one) if is_card else [one.note or ABSENT]
            table.add_row(Text(one.target_id, style="bold"), *map(cell, row))
    table.add_row()
    return table


def _card(target: Target) -> list[str]:
    return [
        *(_peak(target, precision) for precision in _PEAKS),
        byte_count(target.memory_bytes),
        byte_rate(target.bandwidth_bytes_per_s),
        ABSENT if target.board_power_w is None else f"{target.board_power_w:g} W",
    ]


def _peak(target: Target, precision: Precision) -> str:
    return operation_rate(target.peaks_per_s.get(precision), is_float=precision is not Precision.INT8)


def _screen(target: Target) -> Iterator[RenderableType]:
    yield cell(f"{target.target_id}  {target.name}")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for name, value in _facts(target):
        table.add_row(Text(name, style="dim"), cell(value))
    yield table


def _facts(target: Target) -> Iterator[tuple[str, str]]:
    yield "maker", target.vendor
    if target.aliases:
        yield "also called", ", ".join(target.aliases)
    for precision in target.peaks_per_s:
        yield f"{precision.upper()} peak, dense", _peak(target, precision)
    yield "INT8 units", "yes" if target.has_int8_units else "no: INT8 runs no faster than the units it borrows"
    if target.memory_bytes is not None:
        yield "memory", byte_count(target.memory_bytes)
    if target.bandwidth_bytes_per_s is not None:
        yield "bandwidth", byte_rate(target.bandwidth_bytes_per_s)
    if target.board_power_w is not None:
        yield "power limit", f"{target.board_power_w:g} W"
    if target.compute_capability is not None:
        yield "compute capability", ".".join(map(str, target.compute_capability))
    for identity in target.identities:
        models = f"{identity.first_model:#x}–{identity.last_model:#x}"
        yield "CPUID", f"{identity.vendor}, family {identity.family}, models {models}"
    if target.note:
        yield "note", target.note
    yield "source", target.source
