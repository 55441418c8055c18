"""Sanity: claims with the verdict of the rules, and the arithmetic behind each."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from planner.services.prices import book_in_force, price_date, targets_in_force
from planner.services.sanity import ClaimRecord, FindingRecord, SanityReport, accept, check, record
from planner.store.repository import Store
from planner.tui.dialogs.form import Field, Form
from planner.tui.place import Place
from planner.tui.reading import read_apart
from planner.tui.screens.base import ViewScreen
from planner.tui.widgets.detail import Detail
from planner.tui.widgets.grid import Grid, GridColumn
from planner.tui.widgets.paths import PathInput
from planner.tui.widgets.told import Told
from planner.wording.marks import signed
from planner.wording.text import plain
from planner.wording.verdicts import VERDICT_SIGNS
from pricing.sanity.claims import read_claims
from pricing.sanity.finding import Verdict
from pricing.sanity.shipped import article_claims

_WORST_FIRST = (
    Verdict.IMPOSSIBLE,
    Verdict.WRONG,
    Verdict.PREMISE_FAILS,
    Verdict.IMPLAUSIBLE,
    Verdict.INCOMPLETE,
    Verdict.UNVERIFIABLE,
    Verdict.HOLDS,
)


class SanityScreen(ViewScreen):
    """Claims to the left, why to the right."""

    VIEW = "sanity"
    HELP_TEXT = """
Claims that somebody made about speed, cost or energy, held against data sheets, published rates and prices. Without a
file: those of the articles that planner was written after. **o** opens a file (`planner sanity --template` prints one),
**w** waives what the rules say of a claim, with a name and a reason, which reports show.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open_file", "Open a file", tooltip="judge the claims of a file"),
        Binding("w", "waive", "Waive", tooltip="accept this claim in spite of the rules, with a name and a reason"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._file = ""
        self._report: SanityReport | None = None

    def body(self) -> ComposeResult:
        """Head, file, claims, reasons."""
        yield Told(id="sanity-head", markup=False)
        yield PathInput("a file of claims; empty: the shipped ones", id="claims")
        with Horizontal(classes="list-and-detail"):
            yield Grid[ClaimRecord](_columns(), empty="no claim", id="sanity-list")
            yield Detail(id="sanity-why")

    def on_mount(self) -> None:
        """Judge."""
        self.query_one("#claims").display = False
        self._grid.focus_table()
        self._judge()

    @property
    def _grid(self) -> Grid[ClaimRecord]:
        return self.query_one("#sanity-list", Grid)

    def _judge(self) -> None:
        self.read(partial(_report, file=self._file, place=self.place), then=self._show, group="sanity")

    def _show(self, report: SanityReport) -> None:
        self._report = report
        open_faults = report.faults - report.waived
        sign = "✗" if open_faults else "✓"
        told = f"{report.title} · {len(report.claims)} claims, {report.faults} faults, {report.waived} waived"
        self.query_one("#sanity-head", Told).tell(signed(sign, f"{told} · prices as of {report.as_of}"))
        self._grid.fill(report.claims)

    def on_grid_looked(self, event: Grid.Looked) -> None:
        """Why."""
        if isinstance(event.row, ClaimRecord):
            self.query_one(Detail).tell(*_reasons(event.row))

    def action_open_file(self) -> None:
        """Show the path."""
        box = self.query_one("#claims", Input)
        box.display = True
        box.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Judge that file."""
        self._file = event.value.strip()
        event.input.display = bool(self._file)
        self._grid.focus_table()
        self._judge()

    def action_waive(self) -> None:
        """Ask who and why."""
        claim = self._grid.at_cursor
        if claim is None or self._report is None:
            return
        if not claim.is_fault:
            self.trouble.tell(f"claim {claim.id} {claim.words}: there is nothing to waive")
            return
        fields = (Field(name="by", title="who waives it"), Field(name="note", title="why it is waived"))
        form = Form(f"Waive {claim.id}: {claim.says}", fields)
        self.app.push_screen(form, partial(self._waive, self._report, claim.id))

    def _waive(self, report: SanityReport, claim_id: str, answers: dict[str, str] | None) -> None:
        if answers is None:
            return
        address = self.place.address

        def keep() -> None:
            accepted = accept(report, claim_id, by=answers["by"], note=answers["note"])
            with Store.open(address) as store:
                record(store, accepted)

        read_apart(self, keep, then=lambda _: self._judge(), failed=self.trouble.tell, group="waive")


def _report(store: Store | None, *, file: str, place: Place) -> SanityReport:
    claims = read_claims(Path(file).expanduser()) if file else article_claims()
    today = place.today
    as_of = price_date(None if claims.as_of is None else claims.as_of.isoformat(), today=today)
    targets = targets_in_force()
    book = book_in_force(store, today=today, targets=targets)
    return check(claims, as_of=as_of, book=book, targets=targets, waivers=store.waivers() if store else ())


def _columns() -> tuple[GridColumn[ClaimRecord], ...]:
    return (
        GridColumn(title="verdict", draw=_verdict, order=lambda one: _WORST_FIRST.index(Verdict(one.verdict))),
        GridColumn(title="claim", draw=lambda one: Text(plain(one.id))),
        GridColumn(title="rules", draw=lambda one: Text(" ".join(one.rules))),
        GridColumn(title="what it says", draw=lambda one: Text(plain(one.says))),
    )


def _verdict(one: ClaimRecord) -> Text:
    return signed(VERDICT_SIGNS[Verdict(one.verdict)], f"{one.words}{', waived' if one.waiver else ''}")


def _reasons(claim: ClaimRecord) -> Iterator[RenderableType]:
    yield Text(plain(f"{claim.id}: {claim.says}"), style="bold")
    if claim.waiver is not None:
        waiver = claim.waiver
        yield Text(plain(f"waived by {waiver.by} on {waiver.moment:%Y-%m-%d}: {waiver.note}"))
    for one in claim.findings:
        yield Text()
        yield from _finding(one)
    if not claim.findings:
        yield Text("no rule has anything to say of it")


def _finding(one: FindingRecord) -> Iterator[RenderableType]:
    yield signed(VERDICT_SIGNS[Verdict(one.verdict)], f"{one.rule} {one.title}: {one.verdict}")
    yield Padding(Text(plain(one.sentence)), (0, 0, 0, 2))
    for line in one.arithmetic:
        yield Padding(Text(plain(line), style="dim"), (0, 0, 0, 4))
