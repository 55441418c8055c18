"""The colours and the font of a chart. Okabe and Ito's colours stay apart for colour-blind readers (jfly, 2008)."""

from dataclasses import dataclass

from planner.reports.figures import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours as SVG paints, and a font family.

    Attributes:
        ink: Text and axes.
        muted: Tick labels and rules.
        grid: Grid lines.
        paper: Behind the chart; labels that stand on lines are backed with it.
        good: For the better.
        caution: To be looked at.
        bad: For the worse.
        series: Six, in the order in which they are used.
        font: Families, as CSS lists them.
    """

    ink: str
    muted: str
    grid: str
    paper: str
    good: str
    caution: str
    bad: str
    series: tuple[str, str, str, str, str, str]
    font: str

    def of_tone(self, tone: Tone, *, neutral: str) -> str:
        """The colour of a tone; `neutral` where it has none."""
        named = {Tone.GOOD: self.good, Tone.CAUTION: self.caution, Tone.BAD: self.bad, Tone.BROKEN: self.bad}
        return named.get(tone, neutral)

    def of_series(self, index: int) -> str:
        """The colour of the series of that index; the seventh is as the first."""
        return self.series[index % len(self.series)]


_OKABE_ITO = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")

PRINT = Palette(
    ink="#1f2328",
    muted="#59636e",
    grid="#dfe3e8",
    paper="#ffffff",
    good="#1a7f4b",
    caution="#9a6700",
    bad="#b42318",
    series=_OKABE_ITO,
    font="'Noto Sans', 'DejaVu Sans', Arial, sans-serif",
)
"""For paper: nothing that a converter of plain SVG 1.1 does not know."""

SCREEN = Palette(
    ink="var(--ink, #1f2328)",
    muted="var(--muted, #59636e)",
    grid="var(--grid, #dfe3e8)",
    paper="var(--paper, #ffffff)",
    good="var(--good, #1a7f4b)",
    caution="var(--caution, #9a6700)",
    bad="var(--bad, #b42318)",
    series=(
        "var(--series-1, #0072b2)",
        "var(--series-2, #d55e00)",
        "var(--series-3, #009e73)",
        "var(--series-4, #cc79a7)",
        "var(--series-5, #e69f00)",
        "var(--series-6, #56b4e9)",
    ),
    font="system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
)
"""For browsers: CSS variables, so that a theme changes the chart too."""
