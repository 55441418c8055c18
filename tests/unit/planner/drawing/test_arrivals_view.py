"""What is said beside offline throughput and beside the levels of a server: only what the run has shown."""

from typing import Any

import pytest
from helpers.builders import FP32, INT8
from helpers.server import make_level, make_rate
from rich.console import Console

from harness.vocabulary import LoadPoint
from planner.drawing.arrivals_view import against_baseline, levels_table
from planner.services.arrivals import OfflineFigures, ServedArm, level_figures


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"ratio": 2.5}, "2.50× (best loads differ: no interval)"),
        ({"ratio": 2.5, "is_like_baseline": True}, "2.50× (too few pairs of blocks: no interval)"),
        ({"ratio": None}, "–"),
        ({"baseline": None}, "baseline"),
    ],
)
def test_a_ratio_of_throughputs_says_why_it_has_no_interval(fields: dict[str, Any], told: str) -> None:
    default = {"arm": INT8, "load": LoadPoint(batch=8, concurrency=2), "throughput": 10.0, "baseline": FP32,
               "ratio": 2.0, "interval": None}  # fmt: skip

    assert against_baseline(OfflineFigures(**{**default, **fields})) == told


@pytest.mark.parametrize(("predicted_s", "is_marked"), [(0.00105, False), (0.0005, True), (0.002, True), (None, False)])
def test_a_wait_that_theory_does_not_foretell_is_marked(predicted_s: float | None, is_marked: bool) -> None:  # noqa: FBT001 - a case of a table
    level = level_figures(make_level(predicted_wait_s=predicted_s))
    console = Console(width=160, record=True)

    console.print(levels_table(ServedArm(arm=FP32, rate=make_rate(), against_baseline=None, levels=(level,))))

    drawn = " ".join(console.export_text().split())
    assert ("≠" in drawn) is is_marked
    assert ("outside the mean wait's interval" in drawn) is is_marked
