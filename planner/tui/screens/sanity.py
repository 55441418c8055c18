"""Sanity: claims with the verdict of the rules and the arithmetic behind each; who waived what, and why."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from rich.padding import Padding
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import ContentSwitcher

from planner.drawing.sanity_view import claim_reasons
from planner.services.sanity import ClaimRecord, SanityReport, accept, record
from planner.store.repository import Store
from planner.store.waivers import Waiver
from planner.tui.dialogs.form import Answers, Field, Form
from planner.tui.reading import read_apart
from planner.tui.sanity.judging import Asked, Judged, Stamp, day_check, judged, stamp_of, write_template
from planner.tui.sanity.lists import claim_columns, state_of, waiver_columns
from planner.tui.screens.base import ViewScreen
from planner.tui.widgets.detail import Detail
from planner.tui.widgets.grid import Grid, GridColumn
from planner.tui.widgets.told import Told
from planner.wording.marks import signed
from planner.wording.text import plain

_LOOK_EVERY_S = 2.0
_CLAIMS, _WAIVERS = "sanity-list", "sanity-waivers"
_NO_WAIVER = (
    "nothing is waived\n\nv goes back to the claims · w waives there the one under the cursor, with a name and a reason"
)
_NO_CLAIM = "no claim is judged\n\no opens a file of claims · n writes one to fill in"


class SanityScreen(ViewScreen):
    """Claims to the left, why to the right."""

    VIEW = "sanity"
    HELP_TEXT = """
Claims that somebody made about speed, cost or energy, held against data sheets, published rates and prices. Without a
file: those of the article that planner was written after. **n** writes a file to fill in, **o** opens one; it is judged
again whenever it is saved. **w** waives what the rules say of a claim, with a name and a reason, which reports show;
**v** lists the waivers. ✓ holds · ~ cannot be checked · ! implausible or incomplete · ✗ wrong or impossible.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open_file", "File", tooltip="judge the claims of a file; none: the shipped ones"),
        Binding("n", "template", "New", tooltip="write a commented file of claims, and open it"),
        Binding("d", "day", "Day", show=False, tooltip="by the prices of which day they are judged"),
        Binding("w", "waive", "Waive", tooltip="accept this claim in spite of the rules, with a name and a reason"),
        Binding("v", "waivers", "Waivers", tooltip="who waived what, and why"),
        Binding("escape", "back", "Back", tooltip="back to the claims"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._asked = Asked()
        self._judged: Judged | None = None
        self._stamp: Stamp = None

    def body(self) -> ComposeResult:
        """Head, claims or waivers, reasons."""
        yield Told(id="sanity-head", markup=False)
        with Horizontal(id="sanity", classes="list-and-detail"):
            with ContentSwitcher(initial=_CLAIMS):
                yield Grid[ClaimRecord](claim_columns(), empty=_NO_CLAIM, key=lambda one: one.id, id=_CLAIMS)
                yield Grid[Waiver](self._waiver_columns(), empty=_NO_WAIVER, sorted_by=4, id=_WAIVERS)
            yield Detail(id="sanity-why")

    def on_mount(self) -> None:
        """Judge what was judged last."""
        self._asked = Asked(file=self.place.memory.of(self.VIEW).get("file", ""))
        self._grid(_CLAIMS).focus_table()
        self.set_interval(_LOOK_EVERY_S, self._look_again)
        self._judge_again()

    def _waiver_columns(self) -> tuple[GridColumn[Waiver], ...]:
        return waiver_columns(lambda: self._judged.report if self._judged else None)

    def _grid(self, name: str) -> Grid[object]:
        return self.query_one(f"#{name}", Grid)

    @property
    def _pane(self) -> str:
        return self.query_one(ContentSwitcher).current or _CLAIMS

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Back is shown where there is something to go back from."""
        if action == "back":
            return self.is_mounted and (self._is_wide or self._pane != _CLAIMS)
        return super().check_action(action, parameters)

    def why_not(self, action: str) -> str | None:
        """A claim is waived that is under the cursor, and has a fault."""
        if action != "waive" or not self.is_mounted:
            return super().why_not(action)
        if self._pane != _CLAIMS:
            return "these are waived already: v shows the claims, and a claim is waived there"
        claim = self._grid(_CLAIMS).at_cursor
        if not isinstance(claim, ClaimRecord):
            return "there is no claim to waive: o opens a file of claims"
        return None if claim.is_fault else f"claim {claim.id} {claim.words}: there is nothing to waive"

    @property
    def _is_wide(self) -> bool:
        return self.query_one("#sanity").has_class("-whole")

    def _judge_again(self) -> None:
        asked, today = self._asked, self.place.today

        def work(store: Store | None) -> tuple[Stamp, Judged]:
            return stamp_of(asked.path), judged(store, asked=asked, today=today)

        self.read(work, then=self._show, failed=self._fail)

    def _look_again(self) -> None:
        """Where the file has changed, judge it."""
        if not self.is_current or self._asked.path is None:
            return
        asked = self._asked

        def then(stamp: Stamp) -> None:
            if stamp != self._stamp and asked == self._asked:
                self._stamp = stamp
                self._judge_again()

        self.look(lambda: stamp_of(asked.path), then=then, group="look", settles=False)

    def _show(self, found: tuple[Stamp, Judged]) -> None:
        self._stamp, self._judged = found
        self.query_one("#sanity").remove_class("-stale")
        self.place.memory.of(self.VIEW)["file"] = self._asked.file
        self.query_one("#sanity-head", Told).tell(_head(self._judged))
        self._grid(_CLAIMS).fill(self._judged.report.claims)
        self._grid(_WAIVERS).fill(self._judged.waivers)

    def _fail(self, sentence: str) -> None:
        """What is shown is not of this file: it is dimmed until the file is mended."""
        self.query_one("#sanity").set_class(self._judged is not None, "-stale")
        last = " Dimmed: the last claims that could be judged." if self._judged is not None else ""
        saved = ". It is judged again when it is saved · o opens another, or none for the shipped claims"
        self.trouble.tell(f"{sentence}{saved if self._asked.file else ''}.{last}")

    def on_grid_looked(self, event: Grid.Looked) -> None:
        """Why."""
        if event.grid.id == self._pane:
            self._tell_of(event.row)
            self.refresh_bindings()

    def _tell_of(self, row: object) -> None:
        detail = self.query_one(Detail)
        if isinstance(row, ClaimRecord):
            detail.tell(*claim_reasons(row))
        elif isinstance(row, Waiver):
            report = self._judged.report if self._judged else None
            when = f"by {row.by} on {row.moment:%Y-%m-%d %H:%M} UTC"
            detail.tell(
                Text(plain(f"{row.claim_id}, waived {when}"), style="bold"),
                Padding(Text(plain(row.note)), (1, 0)),
                Text(plain(f"rules {' '.join(row.rules)} · claim {row.digest[:12]}")),
                state_of(row, report),
            )
        else:
            detail.tell()

    def on_grid_chosen(self, _event: Grid.Chosen) -> None:
        """Read it at full width."""
        self.query_one("#sanity").add_class("-whole")
        self.query_one(Detail).focus()
        self.refresh_bindings()

    def action_back(self) -> None:
        """From the full width, then from the waivers, to the claims."""
        self._open(self._pane if self._is_wide else _CLAIMS)

    def action_waivers(self) -> None:
        """The waivers; again: the claims."""
        self._open(_CLAIMS if self._pane == _WAIVERS else _WAIVERS)

    def _open(self, pane: str) -> None:
        self.query_one("#sanity").remove_class("-whole")
        self.query_one(ContentSwitcher).current = pane
        self._grid(pane).focus_table()
        self._tell_of(self._grid(pane).at_cursor)
        self.refresh_bindings()

    def action_open_file(self) -> None:
        """Ask for the path."""
        hint = "none: the shipped claims; → completes"
        field = Field(name="file", title="claims", value=self._asked.file, is_needed=False, is_path=True, hint=hint)
        self.app.push_screen(Form("Judge the claims of a file", (field,)), self._ask)

    def action_template(self) -> None:
        """Ask where to."""
        field = Field(name="file", title="a new file", value="claims.toml", is_path=True, is_new=True)
        self.app.push_screen(Form("Write a file of claims to fill in", (field,), judge=write_template), self._ask)

    def action_day(self) -> None:
        """Ask for the day."""
        field = Field(
            name="as_of",
            title="prices as of",
            value=self._asked.as_of,
            is_needed=False,
            check=day_check(self.place.today),
            hint="2026-07-20; empty: the file's own day, else today",
        )
        self.app.push_screen(Form("By the prices of which day", (field,)), self._ask)

    def _ask(self, answers: Answers | None) -> None:
        if answers is not None:
            file, as_of = answers.get("file", self._asked.file), answers.get("as_of", self._asked.as_of)
            self._asked = Asked(file=file, as_of=as_of)
            self._open(_CLAIMS)
            self._judge_again()

    def action_waive(self) -> None:
        """Ask who and why."""
        claim = self._grid(_CLAIMS).at_cursor
        if not isinstance(claim, ClaimRecord) or self._judged is None:
            return
        report = self._judged.report
        fields = (Field(name="by", title="who waives it"), Field(name="note", title="why it is waived"))

        def judge(answers: Mapping[str, str]) -> object:
            return accept(report, claim.id, by=answers["by"], note=answers["note"])

        form = Form(f"Waive {claim.id}: {claim.says}", fields, judge=judge)
        self.app.push_screen(form, partial(self._waive, report, claim.id))

    def _waive(self, report: SanityReport, claim_id: str, answers: Answers | None) -> None:
        if answers is None:
            return
        address = self.place.address

        def keep() -> None:
            accepted = accept(report, claim_id, by=answers["by"], note=answers["note"])
            with Store.open(address) as store:
                record(store, accepted)

        def then(_: None) -> None:
            self.post_message(self.Changed())
            self._judge_again()

        read_apart(self, keep, then=then, failed=self.trouble.tell, group="waive")


def _head(found: Judged) -> Text:
    """What is judged, by which day's prices, and what came of it."""
    report = found.report
    sign = "✗" if report.faults > report.waived else "✓"
    where = found.asked.path.name if found.asked.path is not None else "the shipped claims"
    faults = f"{len(report.claims)} claims, {report.faults} faults, {report.waived} waived (v)"
    text = signed(sign, f"{faults} · prices as of {report.as_of} (d) · {where}: {report.title}")
    text.no_wrap, text.overflow = True, "ellipsis"
    return text
