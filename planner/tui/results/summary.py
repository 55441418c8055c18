"""The run under the cursor in a few lines: what to do, verdict words, reasons. Rich renderables."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from harness.vocabulary import Speed, Verdict
from planner.drawing.last_line import conclusion
from planner.drawing.run_view import sign_of
from planner.store.records import RunSummary
from planner.tui.results.opened import Opened
from planner.wording import quantities
from planner.wording.marks import marked, signed
from planner.wording.moments import age
from planner.wording.text import plain

_MOST_REASONS = 4
_DECIDED = {Speed.FASTER, Speed.SLOWER, Speed.EQUIVALENT}


def summary_of(opened: Opened, summary: RunSummary, *, now: datetime) -> Iterator[RenderableType]:
    """What came of it, then each candidate."""
    document = opened.document
    yield Text(plain(document.workload_name), style="bold")
    if document.is_simulated:
        yield signed("!", "SIMULATED: no figure here is a measurement")
    yield Text(
        plain(f"run {document.run} · {age(summary.started_at, now=now)} · {document.environment.cpu.model}"),
        style="dim",
    )
    yield Text.assemble(marked(document.state), Text(f" · {summary.rounds} rounds", style="dim"))
    yield Text()
    yield Text(plain(conclusion(document)), style="bold")
    for failure in document.failures:
        yield signed("!", f"{failure.arm}: {failure.message}")
    for arm in document.arms:
        verdicts = [one for one in document.verdicts if one.candidate == arm.name]
        if not verdicts:
            continue
        yield Text()
        sign = min((sign_of(one) for one in verdicts), key="!✗~✓".index)
        yield signed(sign, arm.name)
        for one in verdicts:
            comparison = document.comparison(arm.name, one.load)
            ratio = comparison.deciding if comparison else None
            told = Text.assemble(marked(one.speed), plain(f"  {quantities.ratio(ratio) if ratio else ''}  {one.label}"))
            yield Padding(told, (0, 0, 0, 2))
        yield Padding(marked(verdicts[0].gate), (0, 0, 0, 2))
        for reason in _reasons(verdicts):
            yield Padding(Text(plain(reason), style="dim"), (0, 0, 0, 2))


def _reasons(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """Why the gate says so, and why a speed is not decided; what the figures show already is not repeated."""
    speeds = (reason for one in verdicts if one.speed not in _DECIDED for reason in one.speed_reasons)
    return tuple(dict.fromkeys((*verdicts[0].gate_reasons, *speeds)))[:_MOST_REASONS]
