"""The only place that knows plotext: lines over time in the theme's colours, with ticks of our own."""

from collections.abc import Mapping, Sequence
from itertools import cycle

from textual_plotext import PlotextPlot

from planner.wording.text import plain

_MARKERS = ("braille", "dot", "x", "+")  # a line is told by its sign too, where colour does not
_THEME_COLOURS = ("primary", "success", "accent", "error", "secondary")
_TICKS = 4


class LinePlot(PlotextPlot):
    """Some lines. `show` replaces what is there."""

    DEFAULT_CSS = "LinePlot { height: 1fr; min-height: 6; }"

    def on_mount(self) -> None:
        """Draw anew in another theme's colours."""
        super().on_mount()
        self._shown: tuple[Mapping[str, Sequence[float]], str] = ({}, "")
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._draw())

    def show(self, lines: Mapping[str, Sequence[float]], *, title: str) -> None:
        """Lines by name, over their index."""
        self._shown = ({name: tuple(values) for name, values in lines.items() if values}, title)
        self._draw()

    def _draw(self) -> None:
        lines, title = self._shown
        plot = self.plt
        plot.clear_data()
        plot.clear_figure()
        plot.title(plain(title))
        values = [value for line in lines.values() for value in line]
        if values:
            low, high = min(values), max(values)
            room = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
            low, high = max(0.0, low - room), high + room
            plot.ylim(low, high)
            ticks = [low + (high - low) * step / _TICKS for step in range(_TICKS + 1)]
            plot.yticks(ticks, [f"{tick:.3g}" for tick in ticks])
            longest = max(map(len, lines.values()))
            plot.xticks([1, longest], ["1", str(longest)])
            for (name, line), marker, colour in zip(
                lines.items(), cycle(_MARKERS), cycle(self._colours()), strict=False
            ):
                plot.plot(range(1, len(line) + 1), line, marker=marker, color=colour, label=plain(name))
        self.refresh()

    def _colours(self) -> list[tuple[int, int, int]]:
        from textual.color import Color  # noqa: PLC0415 - here alone

        variables = self.app.get_css_variables()
        return [Color.parse(variables[name]).rgb for name in _THEME_COLOURS]
