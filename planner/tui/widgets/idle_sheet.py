"""What Measure says while nothing was measured: what to do, what the ticks come to, how a run goes."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from planner.tui.measuring.asked import Asked
from planner.wording.text import plain

_OWN = "the workload's own list"
_STEPS = (
    "models are made, and opened with every setting on purpose",
    "which precision each layer really runs in is proved",
    "every test sample is answered, and the quality gate judges",
    "variants are timed in turn until each difference is decided, or the budget is spent",
    "the verdict: accepted or rejected, faster or slower, and why",
)


def idle_sheet(sentences: Iterable[tuple[str, str]], asked: Asked, *, runtimes: Iterable[str]) -> RenderableType:
    """Sentences with their styles, then two lists. `runtimes`: those that are here."""
    lines = [Text(plain(told), style=style) for told, style in sentences]
    return Group(*lines, Text(), Text("what is ticked", style="bold"), _ticked(asked, runtimes), Text(), *_steps())


def _ticked(asked: Asked, runtimes: Iterable[str]) -> Table:
    all_of_them = f"every one that is here: {', '.join(runtimes)}"
    rows = (
        ("model", asked.model or ", ".join(asked.workloads) or "none yet"),
        ("variants", ", ".join(asked.variants) or _OWN),
        ("runtimes", ", ".join(asked.runtimes) or all_of_them),
        ("devices", ", ".join(asked.devices) or "cpu"),
        ("batch sizes", ", ".join(asked.batches) or "1, 8, or what the model is fixed at"),
        ("budget", f"{asked.budget} of timing for each workload, beside making and judging"),
    )
    table = Table.grid(padding=(0, 2))
    for name, told in rows:
        table.add_row(Text(f"  {name}", style="dim"), Text(plain(told)))
    return table


def _steps() -> list[Text]:
    title = Text("how a run goes", style="bold")
    return [title, *(Text(f"  {number}  {step}", style="dim") for number, step in enumerate(_STEPS, start=1))]
