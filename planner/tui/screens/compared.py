"""Two runs side by side, over the list that they were chosen from."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from planner.drawing.compare_view import compared
from planner.services.comparing import RunsCompared
from planner.tui.screens.base import ViewScreen
from planner.tui.widgets.drawn import Drawn


class ComparedScreen(ViewScreen):
    """As `planner compare` tells it."""

    VIEW = "results"
    HELP_TEXT = """
Two runs of one workload. Between runs nothing is paired: time has passed, so the ratio of two medians has no interval.
Only a speed-up **within** a run has one. **!** before a difference: it makes the runs unlike.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,c", "dismiss", "Back", key_display="esc", tooltip="back to the list"),
    ]

    def __init__(self, found: RunsCompared) -> None:
        super().__init__()
        self._found = found

    def body(self) -> ComposeResult:
        """The comparison."""
        yield Drawn(id="compared")

    def on_mount(self) -> None:
        """Draw it."""
        drawn = self.query_one(Drawn)
        drawn.tell(*compared(self._found))
        drawn.focus()
