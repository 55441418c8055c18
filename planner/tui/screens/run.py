"""One run in full, over the list: panes on its verdict, speed, quality, proof, limits, conditions and raw rounds."""

from functools import partial
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from planner.services.listing import RunList
from planner.services.reporting.evidence_commands import bench_command
from planner.tui.dialogs.choose_run import ChooseRun, stored_runs
from planner.tui.results.classes import class_columns, class_rows, confusion_lines, quality_head
from planner.tui.results.latency import Timed, latency_lines, read_latency
from planner.tui.results.layers import layer_columns, layers_of, proof_head
from planner.tui.results.opened import Chosen, Differing, Opened, differing, open_run
from planner.tui.results.rounds import Rounds, read_rounds, round_columns
from planner.tui.results.told import (
    audit_lines,
    environment_lines,
    head_of,
    limit_lines,
    provenance_lines,
    rules_table,
    verdict_lines,
)
from planner.tui.screens.base import ViewScreen
from planner.tui.widgets.drawn import Drawn
from planner.tui.widgets.pane_tabs import PaneTabs
from planner.tui.widgets.table_pane import TablePane
from planner.tui.widgets.told import Told
from planner.wording.marks import marked, signed
from planner.wording.moments import age
from planner.wording.text import plain

_TITLES = {
    "verdict": "Verdict",
    "latency": "Latency",
    "quality": "Quality",
    "proof": "Proof",
    "limits": "Limits",
    "environment": "Environment",
    "audit": "Audit",
    "provenance": "Provenance",
    "raw": "Raw",
}
_OF_AN_ARM = {"latency", "quality", "proof", "raw"}
_WIDE = 100
_OF_A_LOAD = {"latency", "raw"}
_OF_A_PANE = {"confusions": "quality", "other": "environment", "copy": "provenance"}


class RunScreen(ViewScreen):
    """The panes of one run."""

    VIEW = "results"
    HELP_TEXT = """
One run in full. **]** and **[** turn the panes, **a** goes to the next arm (candidates first) and **b** to the next
load, where a pane is about one. **Quality**: `m` turns between classes and confusions where both do not fit.
**f** plans a fleet with it.
**Environment**: `o` sets another run's conditions beside these. **Provenance**: `y` copies the command that makes the
run again. Signs: ✓ good · ~ undecided · ✗ bad · ! broken.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", tooltip="back to the list"),
        Binding("right_square_bracket,tab", "turn(1)", "Next pane", key_display="]", tooltip="the next pane"),
        Binding("left_square_bracket,shift+tab", "turn(-1)", "Last pane", show=False, tooltip="the pane before"),
        Binding("a,right", "arm(1)", "Arm", key_display="a", tooltip="the next arm, in panes that are about one"),
        Binding("A,left", "arm(-1)", "Last arm", show=False, tooltip="the arm before"),
        Binding("b", "load(1)", "Load", tooltip="the next load: batch size, or calls in flight"),
        Binding("f", "plan", "Fleet", tooltip="plan a fleet with what this run measured"),
        Binding("m", "confusions", "Confusions", tooltip="classes, or which are taken for which"),
        Binding("o", "other", "Other run", tooltip="set another run's conditions beside these"),
        Binding("y", "copy", "Copy command", tooltip="copy the command that makes this run again"),
    ]

    FOLDED = frozenset(_OF_A_PANE)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._wanted = name
        self._opened: Opened | None = None
        self._arm = self._load = 0
        self._pane = "verdict"
        self._other: str | None = None

    def body(self) -> ComposeResult:
        """Head, titles, the open pane."""
        yield Told(id="run-head", markup=False)
        yield PaneTabs(_TITLES, opened=self._pane)
        yield Vertical(id="run-panes")

    def on_mount(self) -> None:
        """Read it."""
        self.query_one("#run-head", Told).tell(Text(plain(f"reading run {self._wanted} …"), style="dim"))
        self.read(partial(open_run, name=self._wanted), then=self._open, failed=self._broken)

    def _broken(self, why: str) -> None:
        told = signed("!", f"run {self._wanted} cannot be shown: {why}")
        self.query_one("#run-head", Told).tell(told, Text("esc goes back to the list", style="dim"))

    def _open(self, opened: Opened) -> None:
        self._opened = opened
        wanted = self.place.memory.of(self.VIEW).get("pane", "verdict")
        self._pane = wanted if wanted in _TITLES else "verdict"
        self.call_later(self._show)

    @property
    def _chosen(self) -> Chosen | None:
        opened = self._opened
        if opened is None or not opened.document.arms or not opened.document.loads:
            return None
        arms, loads = opened.candidates_first, opened.document.loads
        return Chosen(opened=opened, arm=arms[self._arm % len(arms)], load=loads[self._load % len(loads)])

    # Panes.

    async def _show(self) -> None:
        """The open pane, made when it is opened first."""
        opened, chosen, name = self._opened, self._chosen, self._pane
        if opened is None or chosen is None:
            return
        self._tell_head(opened, chosen)
        self.query_one(PaneTabs).open(name)
        holder = self.query_one("#run-panes")
        found = next((child for child in holder.children if child.id == f"pane-{name}"), None)
        if found is None:
            found = self._made(name, chosen)
            await holder.mount(found)
        for child in holder.children:
            child.display = child is found
        if isinstance(found, TablePane):
            found.grid.focus_table()
        else:
            found.focus()
        self._fill(found, name, chosen)
        self.refresh_bindings()

    def _tell_head(self, opened: Opened, chosen: Chosen) -> None:
        document, run = opened.document, opened.run
        head = Text(plain(f"{document.workload_name}  run {document.run}  "), style="bold")
        head.append_text(marked(document.state)).append(f"  {age(run.started_at, now=self.place.now())}", style="dim")
        if document.is_simulated:
            head.append("  SIMULATED", style="bold red")
        self.query_one("#run-head", Told).tell(head, *([head_of(chosen)] if self._pane in _OF_AN_ARM else []))

    def _made(self, name: str, chosen: Chosen) -> Widget:
        key = f"pane-{name}"
        if name == "quality":
            columns = class_columns(chosen, ())
            return TablePane(columns, empty="", sorted_by=1, name=key, has_side=True)
        if name == "proof":
            return TablePane(layer_columns(()), empty="no layer was seen", sorted_by=2, name=key)
        if name == "raw":
            return TablePane(round_columns(), empty="no round was measured under this load", sorted_by=0, name=key)
        return Drawn(id=key)

    def _fill(self, pane: Widget, name: str, chosen: Chosen) -> None:
        if isinstance(pane, TablePane):
            fill = {"quality": self._fill_quality, "proof": self._fill_proof, "raw": self._fill_raw}[name]
            fill(pane, chosen)
        elif isinstance(pane, Drawn):
            self._draw(pane, name, chosen)

    def _draw(self, pane: Drawn, name: str, chosen: Chosen) -> None:
        opened = chosen.opened
        if name == "latency":
            self._read_latency(pane, chosen)
        elif name == "environment":
            self._read_differing(pane, opened)
        elif name == "verdict":
            pane.draw(lambda width: Group(*verdict_lines(opened, width, database=self.place.address)))
        else:
            lines = {"limits": limit_lines, "audit": audit_lines, "provenance": provenance_lines}[name]
            pane.draw(lambda width: Group(*lines(opened, width)))

    def _read_latency(self, pane: Drawn, chosen: Chosen) -> None:
        def draw(timed: Timed) -> None:
            pane.draw(lambda width: Group(*latency_lines(timed, width)))

        self.read(partial(read_latency, chosen=chosen), then=draw, group="pane")

    def _read_differing(self, pane: Drawn, opened: Opened) -> None:
        def draw(found: Differing | None) -> None:
            pane.draw(lambda _: Group(*environment_lines(opened, found)))

        self.read(partial(differing, run=opened.run, other=self._other), then=draw, group="pane")

    def _fill_quality(self, pane: TablePane, chosen: Chosen) -> None:
        against = chosen.arm.quality_against_baseline
        head: list[RenderableType] = list(quality_head(chosen.arm, against))
        is_wide = self.size.width >= _WIDE  # where they would take the classes' room, Verdict has them
        rules = rules_table(chosen.opened, chosen.arm) if is_wide else None
        head += [rules] if rules is not None else []
        rows = class_rows(chosen)
        missing = "no class can be told apart: the workload has no labels, or the arm did not come so far\n\n"
        missing += f"with labelled data this would:  {bench_command(chosen.opened.run)} --data DATA"
        pane.head.tell(*head)
        pane.head.display = bool(head)
        pane.grid.fill(rows, columns=class_columns(chosen, rows), empty=missing)
        pane.set_class(not rows, "-alone")
        pane.side.draw(lambda width: Group(*confusion_lines(chosen, width)))

    def _fill_proof(self, pane: TablePane, chosen: Chosen) -> None:
        layers = layers_of(chosen)
        pane.head.tell(*proof_head(chosen, layers))
        pane.grid.fill(layers, columns=layer_columns(layers))

    def _fill_raw(self, pane: TablePane, chosen: Chosen) -> None:
        def fill(found: Rounds) -> None:
            part = f"{len(found.rows):,} of {found.of:,} rounds, evenly over the run" if found.of else "no rounds"
            told = f"{part} · control: the baseline against itself · sorted by launch and round"
            pane.head.tell(Text(told, style="dim"))
            pane.grid.fill(found.rows)

        self.read(partial(read_rounds, chosen=chosen), then=fill, group="pane")

    # What keys do.

    def why_not(self, action: str) -> str | None:
        """Keys of one pane are of that pane."""
        if action in {"confusions", "other", "copy"} and self._pane != (own := _OF_A_PANE[action]):
            return f"that key is of the pane {_TITLES[own]}: ] turns the panes"
        if action == "arm" and self._pane not in _OF_AN_ARM:
            return "this pane is about all arms: Latency, Quality, Proof and Raw are about one"
        if action != "load":
            return None
        if self._opened is not None and len(self._opened.document.loads) == 1:
            return "this run has one load"
        return None if self._pane in _OF_A_LOAD else "only Latency and Raw are about one load"

    async def action_open_pane(self, name: str) -> None:
        """Open a pane."""
        self._pane = name
        self.place.memory.of(self.VIEW)["pane"] = name
        await self._show()

    async def action_turn(self, by: int) -> None:
        """The next pane, or the one before."""
        names = list(_TITLES)
        await self.action_open_pane(names[(names.index(self._pane) + by) % len(names)])

    async def action_arm(self, by: int) -> None:
        """Another arm."""
        if self._opened is None:
            return
        self._arm = (self._arm + by) % len(self._opened.document.arms)
        await self._show()

    async def action_load(self, by: int) -> None:
        """Another load."""
        if self._opened is None:
            return
        self._load = (self._load + by) % len(self._opened.document.loads)
        await self._show()

    def action_confusions(self) -> None:
        """Classes or confusions."""
        panes = [one for one in self.query(TablePane) if one.id == "pane-quality"]
        if panes:
            panes[0].turn()

    def action_other(self) -> None:
        """Which run's conditions are set beside these."""
        self.read(stored_runs, then=self._choose, group="runs")

    def _choose(self, found: RunList) -> None:
        others = tuple(one for one in found.runs if self._opened is None or one.run_id != self._opened.run.run_id)
        dialog = ChooseRun("The conditions of which run shall stand beside these?", others, now=self.place.now())
        self.app.push_screen(dialog, self._beside)

    def _beside(self, run: str | None) -> None:
        if run is not None:
            self._other = run
            self.call_later(self.action_open_pane, "environment")

    def action_plan(self) -> None:
        """A fleet of what was measured."""
        self.go_to("fleet", runs=self._wanted)

    def action_copy(self) -> None:
        """To the clipboard, where the terminal lets one."""
        if self._opened is not None:
            self.app.copy_to_clipboard(bench_command(self._opened.run))
            self.notify("the command is on the clipboard, if the terminal allows it")
