"""What charts show, without saying how they are drawn.

Values are in the axis' unit; every chart is told in a sentence too, for those who do not see it.
"""

from dataclasses import dataclass
from enum import StrEnum

from planner.reports.figures import Figure, Tone


class Scale(StrEnum):
    """How an axis is divided. Dates are days since 1970-01-01."""

    LINEAR = "linear"
    LOG = "log"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """An axis. `lower_is_better`: None where neither is."""

    title: str
    unit: str = ""
    scale: Scale = Scale.LINEAR
    lower_is_better: bool | None = None
    starts_at_zero: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One column of a waterfall: a total stands on the ground, a change on the one before it."""

    label: str
    amount: Figure
    is_total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """From one total to another by steps."""

    key: str
    title: str
    told: str
    axis: Axis
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point with what it may be; `y` None breaks the line."""

    x: float
    y: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A line. `is_stepped`: it keeps its value until the next point. `is_dashed`: projected or only a bound."""

    name: str
    points: tuple[Point, ...]
    is_stepped: bool = False
    is_dashed: bool = False
    has_dots: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A line across the chart at a value of one axis: a limit, a flip point, today."""

    at: float
    label: str
    is_of_x: bool = True
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines over an axis: cumulative cash, prices over time, capacity against the promise, a latency distribution."""

    key: str
    title: str
    told: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar from one value to another: of a tornado, or an interval about `point`.

    `low_text` and `high_text` say what is at its ends.
    """

    label: str
    low: float
    high: float
    low_text: str
    high_text: str
    point: float | None = None
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Horizontal bars over one axis: a tornado, three cases, quality per class. `rules` have values of that axis."""

    key: str
    title: str
    told: str
    axis: Axis
    bars: tuple[Bar, ...]
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """A share of all values between two edges."""

    low: float
    high: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The distribution of one arm, with its quantiles."""

    name: str
    bins: tuple[Bin, ...]
    quantiles: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Distributions over one axis, one above the other."""

    key: str
    title: str
    told: str
    axis: Axis
    spreads: tuple[Spread, ...]


Chart = Waterfall | Lines | Bars | Distribution
