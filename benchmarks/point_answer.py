"""13. How soon a plan answers after one assumption is edited, as a screen that follows the keys needs it.

An answer is the question made anew, from the assumptions to its rates, and its projection: three fleets sized, priced,
compared and taken apart; prices and published rates are in memory, as in an open app. Beside it the same with all flip
points. Each answer is of another peak, so that nothing could be remembered.
"""

import sys
import time
from datetime import date

from benchmarks.comparison import Context, Found
from benchmarks.figures import of_repeats, value_of
from benchmarks.result import Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_most
from planner.services.plans.questions import PUBLISHED_MODELS, Ground, published_question
from planner.services.plans.request import Layer, PlanRequest
from pricing.book import shipped_book
from pricing.projection.projecting import project
from pricing.sensitivity import find_flips
from pricing.targets import shipped_targets

_MOST_ANSWER_S = 0.050
_AS_OF = date(2026, 7, 31)
_FIRST_PEAK = 50_000


def run(context: Context) -> Found:
    """Each model of the default plan."""
    found = Found()
    answers = context.times(100, 3)
    for model in PUBLISHED_MODELS:
        context.narrate(f"{answers} answers of {model}")
        found.rows.extend(_rows(model, answers))
    return found


def _rows(model: str, answers: int) -> list[Row]:
    alone, with_flips = [], []
    _answer(model, _FIRST_PEAK, is_flipping=True)  # reads the tables
    for turn in range(1, answers + 1):
        alone.append(_answer(model, _FIRST_PEAK + turn, is_flipping=False))
        with_flips.append(_answer(model, _FIRST_PEAK - turn, is_flipping=True))
    figure = of_repeats(alone, Unit.SECONDS)
    note = f"{answers} answers, each of another peak"
    return [
        Row(
            what=f"one edited assumption to the answer, {model}",
            ours=figure,
            target="≤ 50 ms",
            outcome=at_most(value_of(figure), _MOST_ANSWER_S),
            note=note,
            in_readme=True,
        ),
        Row(
            what=f"the same with all flip points, {model}",
            ours=of_repeats(with_flips, Unit.SECONDS),
            note=note,
            in_readme=True,
        ),
    ]


def _answer(model: str, peak_per_s: int, *, is_flipping: bool) -> float:
    """Seconds from the edited assumption."""
    edited = Layer(origin="the benchmark", values={"demand.peak": f"{peak_per_s} requests/s"})
    book, targets = shipped_book(), shipped_targets()
    began = time.perf_counter()
    ground = Ground(request=PlanRequest(layers=(edited,)), book=book, targets=targets, today=_AS_OF)
    projection = project(published_question(ground, model).question)
    if is_flipping:
        find_flips(projection)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
