"""Draws the certificate of a self-test. Takes it as it is, computes nothing new."""

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.vocabulary.selftest import Mark, SelfTest, SelfTestLine
from planner.services.selftest_words import CHECK_NAMES, certificate_conditions, certificate_figure
from planner.services.selftests import day
from planner.wording.text import plain

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
    yield _pairs_of((CHECK_NAMES[line.check], line.detail) for line in certificate.lines)
    yield Text()
    yield Text(plain(_conclusion(certificate)))
    if database is not None:
        yield Text(plain(f"stored in {database}: `planner show` tells it with every run of this machine"))


def certificate_lines(certificate: SelfTest) -> Iterator[RenderableType]:
    """Where and how it was made, every line, and what is to be known of it."""
    for text in certificate_conditions(certificate):
        yield Text(plain(text))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("", "figure", "interval", "promise", ""):
        table.add_column(name, justify="right" if name in {"figure", "interval"} else "left")
    for line in certificate.lines:
        table.add_row(*_cells(line))
    yield table
    for reason in dict.fromkeys(line.reason for line in certificate.lines if line.reason):
        whose = "; ".join(CHECK_NAMES[line.check] for line in certificate.lines if line.reason == reason)
        yield Text(plain(f"{whose}: {reason}"))
    for note in certificate.notes:
        yield Text(plain(note))


def sign_of_certificate(certificate: SelfTest) -> str:
    """✓ every promise is kept, ! one is not, ~ one could not be told."""
    if certificate.marked(Mark.NOT_KEPT):
        return "!"
    return "~" if certificate.marked(Mark.NOT_IDENTIFIED) else "✓"


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
        interval = f"{certificate_figure(line, line.lower)} to {certificate_figure(line, line.upper)}"
    texts = (CHECK_NAMES[line.check], certificate_figure(line, line.figure), interval, line.promise or "")
    return (*(Text(plain(text)) for text in texts), Text(f"{sign} {line.mark or ''}".rstrip(), style=_STYLES[sign]))


def _conclusion(certificate: SelfTest) -> str:
    broken, unknown = certificate.marked(Mark.NOT_KEPT), certificate.marked(Mark.NOT_IDENTIFIED)
    if broken:
        return f"not kept: {'; '.join(CHECK_NAMES[one.check] for one in broken)}"
    if unknown:
        return f"not identified: {'; '.join(CHECK_NAMES[one.check] for one in unknown)} · the other promises are kept"
    return "every promise is kept"
