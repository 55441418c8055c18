"""What is followed over time, and which change of it matters.

The defaults are reasoned here, one by one, and every one can be set by `--tolerance`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from harness.errors import UsageError


class Figure(StrEnum):
    """What is followed over time, in the order in which it is shown."""

    VERDICT = "verdict"
    SPEED_UP = "speed-up"
    P50 = "p50"
    MEMORY = "memory"
    INT8_TIME = "int8-time"
    ACCURACY = "accuracy"
    WORST_CLASS = "worst-class"
    SIZE = "size"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """How a figure is judged.

    `is_exact`: the same model on the same data has it again, so that one run tells. `is_relative`: a change
    of it is a factor, not a difference. `tolerance` is the change that matters.
    """

    is_higher_better: bool
    is_relative: bool
    is_exact: bool
    tolerance: float


NATURES = {
    # An undecided or changed word is told by rules of its own (`verdicts_over_time`).
    Figure.VERDICT: Nature(is_higher_better=False, is_relative=False, is_exact=True, tolerance=0.5),
    # The change below which `bench` itself calls two speeds equivalent: not worth a migration.
    Figure.SPEED_UP: Nature(is_higher_better=True, is_relative=True, is_exact=False, tolerance=0.02),
    # Identical code differs by 1 to 9 % from launch to launch: what is smaller is rarely the code.
    Figure.P50: Nature(is_higher_better=False, is_relative=True, is_exact=False, tolerance=0.05),
    # Pages and allocators: the peak of some runtimes has two modes over launches.
    Figure.MEMORY: Nature(is_higher_better=False, is_relative=True, is_exact=False, tolerance=0.05),
    # One layer more or less of a network; timed by a profile, so it scatters.
    Figure.INT8_TIME: Nature(is_higher_better=True, is_relative=False, is_exact=False, tolerance=0.05),
    # A tenth of the loss that the gate allows: ten of 10,000 answers flip when a library is built anew.
    Figure.ACCURACY: Nature(is_higher_better=True, is_relative=False, is_exact=True, tolerance=0.001),
    # A third of the drop that the gate allows in a class.
    Figure.WORST_CLASS: Nature(is_higher_better=True, is_relative=False, is_exact=True, tolerance=0.01),
    # Names and versions that a tool writes into its files.
    Figure.SIZE: Nature(is_higher_better=False, is_relative=True, is_exact=True, tolerance=0.01),
}


def tolerances(text: str | None) -> Mapping[Figure, float]:
    """The change that matters of each figure: the defaults, with what `--tolerance` says instead.

    Args:
        text: one share for speed-ups and times alike (`3%`, `0.03`), or `figure=share` with commas between.

    Raises:
        UsageError: a figure that is not followed, or a share that is none.
    """
    found = {figure: nature.tolerance for figure, nature in NATURES.items()}
    for part in (text or "").split(","):
        name, is_named, share = part.rpartition("=")
        if text is None:
            break
        figures = [_figure(name.strip())] if is_named else [Figure.SPEED_UP, Figure.P50]
        found |= dict.fromkeys(figures, _share(share.strip()))
    return found


def _figure(name: str) -> Figure:
    settable = [str(figure) for figure in Figure if figure is not Figure.VERDICT]
    if name not in settable:
        raise UsageError(f"--tolerance {name!r}: there is no such figure; there are: {', '.join(settable)}")
    return Figure(name)


def _share(text: str) -> float:
    try:
        value = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        value = math.nan
    if not 0.0 < value < 1.0:
        raise UsageError(f"--tolerance {text!r}: write a share above 0 and below 1, for example 2% or 0.02")
    return value
