"""The part of Measure that shows a stored run as it happened. Nothing is measured, so it may paint as it likes."""

from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.timer import Timer

from planner.services.live_replay import Told
from planner.tui.dialogs.form import Field, Form
from planner.tui.measuring.player import Player
from planner.tui.measuring.standing import LiveRun
from planner.tui.measuring.story import replay_of
from planner.tui.screens.measure_watching import Watching

_TICK_S = 0.25
_ASKED = "replay"


class Replaying(Watching):
    """Holds a player while a run is replayed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "replay", "Replay a run", show=False, tooltip="show a stored run as it happened"),
        Binding("space", "hold", "Hold the replay", show=False, tooltip="stop and go on"),
        Binding("plus,equals_sign", "quicken(1)", "Quicker", show=False, tooltip="replay quicker"),
        Binding("minus", "quicken(-1)", "Slower", show=False, tooltip="replay slower"),
    ]

    _timer: Timer | None = None

    def why_no_replay(self, action: str) -> str | None:
        """Why a key of the replay is of no use now."""
        if action == "replay" and self.is_measuring:
            return "a run is measured: its replay comes after its end"
        if action in {"hold", "quicken"} and self.player is None:
            return "nothing is replayed: v shows a stored run as it happened"
        return None

    def replay_if_asked(self) -> None:
        """Another view may have left a run's name."""
        name = self.place.memory.of(self.VIEW).pop(_ASKED, None)
        if name is not None:
            self._read_replay(name)

    def action_replay(self) -> None:
        """Ask which one."""
        shown = self.newest.run.run_id if self.newest is not None and self.newest.run is not None else "latest"
        field = Field(name="run", title="run, by its first characters, or latest", value=shown)

        def answered(answer: dict[str, str] | None) -> None:
            if answer is not None:
                self._read_replay(answer["run"])

        self.app.push_screen(Form("Replay a stored run", [field]), answered)

    def _read_replay(self, name: str) -> None:
        if self.is_measuring:
            self.trouble.tell(self.why_no_replay("replay") or "")
            return
        self.read(partial(replay_of, name=name), then=self._play, group="replay")

    def _play(self, told: tuple[Told, ...]) -> None:
        if self.is_measuring:
            return
        self.player = Player(told=told)
        self.session.run = LiveRun(arguments=(), is_replay=True)
        self.show_anew(self.session.run)
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_interval(_TICK_S, partial(self._go_on, self.player))
        self._go_on(self.player)

    def _go_on(self, player: Player) -> None:
        run = self.run_now
        if player is not self.player or run is None or not self.is_current:
            return  # another run took its place, or another view is looked at
        for one in player.pass_time(_TICK_S):
            run.take(one.line)
            self.mark_dirty()
        if player.is_over and run.is_over:
            self.player = None
            if self._timer is not None:
                self._timer.stop()
            self.paint(with_plot=True)
            self.refresh_bindings()

    def action_hold(self) -> None:
        """Stop, or go on."""
        if self.player is not None:
            self.player.is_paused = not self.player.is_paused
            self.paint(with_plot=False)

    def action_quicken(self, steps: int) -> None:
        """Another speed."""
        if self.player is not None:
            self.player.quicken(steps)
            self.paint(with_plot=False)
