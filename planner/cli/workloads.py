"""`planner workloads`: what can be measured, what one is, preparing one, and describing a new one."""

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path

from rich.console import Group
from rich.table import Table
from rich.text import Text

from harness.supervisor.inspection import feed_apart, inspect_model
from harness.vocabulary import ModelCard, TensorSpec
from harness.workloads.catalogue import built_ins, prepare
from harness.workloads.prepared import damage_by_hash, damage_by_size
from harness.workloads.workload import Workload
from planner.cli import diagnostics, output
from planner.cli.workload_screen import screen
from planner.services.exit_codes import ExitCode
from planner.services.workload_drafts import DraftRequest, write_draft
from planner.services.workload_view import view_workload
from planner.services.workloads import State, WorkloadListing, list_workloads
from planner.settings import log_folder
from planner.wording.marks import signed
from planner.wording.text import plain

_SIGNS = {
    State.SHIPPED: "✓",
    State.PREPARED: "✓",
    State.BROUGHT: "✓",
    State.NEEDS_PREPARING: "~",
    State.UNUSABLE: "✗",
}


def list_(options: argparse.Namespace) -> int:
    """Every workload that can be named, with where it stands."""
    listing = list_workloads(damage_of=damage_by_hash if options.check else damage_by_size)
    if options.json:
        output.show_json(listing)
    else:
        output.show(_table(listing), Text(_advice(listing)))
    return 0


def show(options: argparse.Namespace) -> int:
    """Everything a workload is; 2 where something is wrong with it."""
    view = view_workload(options.workload, inspect=_inspect, feed=_feed)
    if options.json:
        output.show_json(view)
    else:
        output.show(*screen(view))
    if count := len(view.problems):
        diagnostics.error(f"{view.file} has {count} fault{'s' * (count > 1)}; what is marked ✗ must be mended")
        return ExitCode.USAGE
    return 0


def prepare_(options: argparse.Namespace) -> int:
    """Make a built-in workload, once; the folder goes to standard output."""
    known = next((one for one in built_ins() if one.name == options.name), None)
    if known is not None and known.needs and (options.refresh or not known.is_ready):
        diagnostics.note(f"{known.name} is made of: {'; '.join(known.needs)}")
    folder = prepare(options.name, report=diagnostics.note, refresh=options.refresh)
    diagnostics.note(f"next: planner bench --workload {options.name}")
    output.show_text(plain(str(folder)))
    return 0


def new(options: argparse.Namespace) -> int:
    """Write a commented template; its name goes to standard output."""
    file = Path(options.file)
    request = DraftRequest(
        file=file, kind=options.kind, model=options.model, data=options.data, overwrite=options.overwrite
    )
    for sentence in write_draft(request, inspect=_inspect):
        diagnostics.note(sentence)
    name = shlex.quote(options.file)
    diagnostics.note(f"fill it in, then: planner workloads show {name}   tells every fault of it, and what it means")
    output.show_text(plain(options.file))
    return 0


def _inspect(model: Path) -> ModelCard:
    return inspect_model(model, logs=log_folder("workloads"))


def _feed(workload: Workload, specs: Sequence[TensorSpec]) -> None:
    feed_apart(workload, specs, logs=log_folder("workloads"))


def _table(listing: WorkloadListing) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("workload", "state", "what it is, and what it measures"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "state")
    for entry in listing.workloads:
        lines = [Text(plain(entry.title))] if entry.title else []
        lines += [Text(plain(line), style="dim") for line in (entry.measures, entry.reason) if line]
        table.add_row(Text(plain(entry.name)), signed(_SIGNS[entry.state], entry.state), Group(*lines))
    return table


def _advice(listing: WorkloadListing) -> str:
    waiting = [entry.name for entry in listing.workloads if entry.state is State.NEEDS_PREPARING]
    commands = [(f"planner workloads prepare {name}", "makes it, once") for name in waiting[:1]]
    commands.append(("planner workloads new mine.toml", "describes one of your own"))
    widest = max(len(command) for command, _ in commands)
    return "\n".join(["", *(f"{command.ljust(widest)}   {what}" for command, what in commands)])
