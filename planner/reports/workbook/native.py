"""What a native chart is made of: areas of cells, and colours."""

from dataclasses import dataclass

from planner.reports.chart_model import Axis

TOTAL, DOWN, UP, PALETTE = "#24405E", "#3C8D5A", "#C0504D", ("#24405E", "#C77C11", "#3C8D5A", "#7A4E9E", "#6A737D")


@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """A series of a native chart. `colour` None: it only lifts what stands on it."""

    name: str
    categories: str
    values: str
    colour: str | None
    is_dashed: bool = False
    has_dots: bool = False
    is_in_legend: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Native:
    """A native chart.

    Attributes:
        kind: `column`, `bar`, `tornado` or `scatter`.
        title: Above it.
        told: The same in a sentence.
        x: The axis of categories; of a scatter chart that of numbers.
        y: The axis of values.
        strands: What is drawn.
        least: Where the axis of values begins; None: where the program likes.
        ends: Of the other axis.
    """

    kind: str
    title: str
    told: str
    x: Axis
    y: Axis
    strands: tuple[Strand, ...]
    least: float | None = None
    ends: tuple[float, float] | None = None
