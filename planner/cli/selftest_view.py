"""Draws the certificate of a self-test. Takes it as it is, computes nothing new."""

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.vocabulary.selftest import Mark, SelfCheck, SelfTest, SelfTestLine, Unit
from planner.services.selftests import day
from planner.wording import quantities
from planner.wording.text import plain

_NAMES = {
    SelfCheck.AA_VERDICTS: "false alarms",
    SelfCheck.AA_INTERVALS: "A/A intervals, two processes",
    SelfCheck.CONTROL_INTERVALS: "A/A intervals, one process",
    SelfCheck.AA_OFFSET: "A/A offset, two processes",
    SelfCheck.CONTROL_OFFSET: "A/A offset, one process",
    SelfCheck.POWER: "+3 % is found",
    SelfCheck.FIRST_LOOK_POWER: "+3 % at the first look",
    SelfCheck.SLOW_DOWN_FOUND: "+3 % is measured as",
    SelfCheck.RATIO_COVERAGE: "intervals hold +3 %",
    SelfCheck.P90_COVERAGE: "bounds of p90 hold",
    SelfCheck.P99_COVERAGE: "bounds of p99 hold",
    SelfCheck.MEMORY_PEAK: "memory peak",
    SelfCheck.CLOCK_STEP: "clock, smallest step",
    SelfCheck.CLOCK_READING: "clock, one reading",
    SelfCheck.ADDED_TO_P50: "added to p50",
    SelfCheck.QUERY_COST: "cost of a query",
    SelfCheck.WALL_OVER_TIMED: "wall over timed time",
    SelfCheck.PARENT_CPU: "supervisor's CPU time",
}
_SIGNS = {Mark.KEPT: "✓", Mark.NOT_KEPT: "✗", Mark.NOT_IDENTIFIED: "~"}
_STYLES = {"✓": "green", "✗": "red", "~": "yellow", " ": "default"}


def certificate_screen(certificate: SelfTest, *, database: str | None) -> Iterator[RenderableType]:
    """The whole certificate, with what it comes to; `database` is where it is stored, if it is."""
    if certificate.is_simulated:
        yield Text("SIMULATED: the fake runtime computes nothing. No figure below is a measurement.", style="bold red")
    yield Text(plain(f"self-test ({certificate.kind}) of {day(certificate)}"), style="bold")
    yield Text()
    yield from certificate_lines(certificate)
    yield Text()
    yield Text("what was counted", style="italic")
    yield _pairs_of((_NAMES[line.check], line.detail) for line in certificate.lines)
    yield Text()
    yield Text(plain(_conclusion(certificate)))
    if database is not None:
        yield Text(plain(f"stored in {database}: `planner show` tells it with every run of this machine"))


def certificate_lines(certificate: SelfTest) -> Iterator[RenderableType]:
    """Where and how it was made, every line, and what is to be known of it."""
    for text in _conditions(certificate):
        yield Text(plain(text))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("", "figure", "interval", "promise", ""):
        table.add_column(name, justify="right" if name in {"figure", "interval"} else "left")
    for line in certificate.lines:
        table.add_row(*_cells(line))
    yield table
    for reason in dict.fromkeys(line.reason for line in certificate.lines if line.reason):
        whose = "; ".join(_NAMES[line.check] for line in certificate.lines if line.reason == reason)
        yield Text(plain(f"{whose}: {reason}"))
    for note in certificate.notes:
        yield Text(plain(note))


def sign_of_certificate(certificate: SelfTest) -> str:
    """✓ every promise is kept, ! one is not, ~ one could not be told."""
    if certificate.marked(Mark.NOT_KEPT):
        return "!"
    return "~" if certificate.marked(Mark.NOT_IDENTIFIED) else "✓"


def _conditions(certificate: SelfTest) -> Iterator[str]:
    version = dict(certificate.versions).get(certificate.runtime, "")
    parts = [
        certificate.cpu,
        f"{certificate.runtime} {version}".strip(),
        f"{certificate.workload} fp32",
        f"{certificate.threads} thread{'s' * (certificate.threads > 1)}",
        f"a call {quantities.duration(certificate.call_s)}",
        f"blocks {quantities.duration(certificate.block_s)}",
        f"seed {certificate.seed}",
        f"planner {certificate.planner_version}",
    ]
    yield " · ".join(parts)
    load = certificate.load
    sigma = f", a pair spreads by {quantities.share(load.pair_sigma)}" if load.pair_sigma is not None else ""
    foreign = ""
    if load.foreign_cpu_share is not None:
        most = quantities.share(load.largest_foreign_cpu_share, digits=1)
        foreign = f", other programs used {quantities.share(load.foreign_cpu_share, digits=1)} ({most} at most)"
    yield f"{load.pairs:,} clean pairs in {certificate.wall_s:.0f} s{sigma}{foreign}"


def _pairs_of(lines: Iterable[tuple[str, str]]) -> Padding:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text in lines:
        grid.add_row(Text(plain(name)), Text(plain(text)))
    return Padding(grid, (0, 0, 0, 2))


def _cells(line: SelfTestLine) -> tuple[Text, ...]:
    sign = _SIGNS.get(line.mark, " ") if line.mark else " "
    interval = ""
    if line.lower is not None and line.upper is not None:
        interval = f"{_figure(line, line.lower)} to {_figure(line, line.upper)}"
    texts = (_NAMES[line.check], _figure(line, line.figure), interval, line.promise or "")
    return (*(Text(plain(text)) for text in texts), Text(f"{sign} {line.mark or ''}".rstrip(), style=_STYLES[sign]))


def _figure(line: SelfTestLine, value: float | None) -> str:
    if value is None:
        return quantities.ABSENT
    match line.unit:
        case Unit.SHARE:
            return quantities.share(value, digits=1)
        case Unit.CHANGE:
            return f"{100 * value:+.2f} %".replace("-", "−")
        case Unit.SECONDS:
            return f"{1e9 * value:,.0f} ns".replace("-", "−")
        case Unit.RATIO:
            return f"{value:.2f}×"
        case _:
            return f"{value:.4f} CPU-s/s"


def _conclusion(certificate: SelfTest) -> str:
    broken, unknown = certificate.marked(Mark.NOT_KEPT), certificate.marked(Mark.NOT_IDENTIFIED)
    if broken:
        return f"not kept: {'; '.join(_NAMES[one.check] for one in broken)}"
    if unknown:
        return f"not identified: {'; '.join(_NAMES[one.check] for one in unknown)} · the other promises are kept"
    return "every promise is kept"
