"""`planner what-next`: which measurement would change or narrow the answer of a stored plan most."""

import argparse
import textwrap
from collections.abc import Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from planner.cli import output
from planner.drawing.plan_uncertainty import worth_of
from planner.services.plans.keeping import decode_plan
from planner.services.plans.what_next import RankedMeasurement, WhatNext, what_next_of
from planner.settings import database_address
from planner.store.repository import Store
from planner.wording.marks import signed
from planner.wording.quantities import ABSENT
from planner.wording.text import plain

_WAYS = 5  # of the first so many it is told how they are done
_INDENT = 2
_LEAST = 0.02  # of p10 to p90: less is noise, or nothing that anybody would measure for


def what_next(options: argparse.Namespace) -> int:
    """Show the ranking of a stored plan."""
    with Store.open_existing(database_address(options.db)) as store:
        found = what_next_of(decode_plan(store.plan(options.plan)))
    if options.json:
        output.show_json(found)
    else:
        output.show(*_screen(found))
    return 0


def _screen(found: WhatNext) -> list[RenderableType]:
    lines: list[RenderableType] = [Text(plain(f"plan {found.plan}: what to measure next"), style="bold"), ""]
    numbers = {one.question: f"{number}" for number, one in enumerate(found.advice, start=1)}
    for asked in found.advice:
        lines.append(signed("✓" if asked.is_settled else "~", f"{numbers[asked.question]}. {asked.question}"))
        lines.append(Padding(Text(plain(asked.advice)), (0, 0, 0, _INDENT)))
    told = [one for one in found.measurements if _matters(one)]
    if told:
        lines += ["", _table(told, numbers)]
    idle = [f"{one.measurement.subject} ({numbers[one.question]})" for one in found.measurements if not _matters(one)]
    if idle:
        lines += ["", Text(plain(f"of no consequence: {', '.join(idle)}"), style="dim")]
    if told:
        lines += ["", Text("how", style="dim")]
    for one in _different(told)[:_WAYS]:
        lines += [Padding(line, (0, 0, 0, _INDENT)) for line in _way(one)]
    return lines


def _matters(one: RankedMeasurement) -> bool:
    told = one.measurement
    return told.decides or bool(told.value) or bool(told.note) or told.narrowing >= _LEAST


def _different(found: Sequence[RankedMeasurement]) -> list[RankedMeasurement]:
    """What is done in the same way for several questions is told once."""
    return list({(one.measurement.how, one.measurement.command): one for one in reversed(found)}.values())[::-1]


def _table(measurements: Sequence[RankedMeasurement], numbers: dict[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("what", "of", "worth knowing", "narrows p10 to p90"):
        table.add_column(heading, header_style="dim", overflow="fold")
    for one in measurements:
        told = one.measurement
        narrows = f"by {100 * told.narrowing:.0f} %" if told.narrowing >= _LEAST else ABSENT
        cells = (told.subject, numbers[one.question], worth_of(told, one.currency), narrows)
        table.add_row(*(Text(plain(cell)) for cell in cells))
    return table


def _way(one: RankedMeasurement) -> list[Text]:
    told = one.measurement
    lines = [Text(plain(f"{told.subject}: {told.how}"))]
    if told.command is not None:
        lines += [Text(plain(f"  {line}")) for line in _continued(told.command)]
    if told.note:
        lines.append(Text(plain(f"  {told.note}"), style="dim"))
    return lines


def _continued(command: str) -> list[str]:
    """A command that is copied as it stands: where it is too long, the shell is told that it goes on."""
    room = output.width() - 2 * _INDENT - len(" \\")
    lines = textwrap.wrap(command, room, break_long_words=False, break_on_hyphens=False)
    return [*(f"{line} \\" for line in lines[:-1]), *lines[-1:]]
