"""14. How sure a plan is: 10,000 draws of a whole question on arrays, beside asking the projection of each draw.

Each question of the default plan: the two published models, and the built-in workload of the repository's results.db
where that holds a run of it. An assessment is the draws, quantiles, chances, tornado and the value of every
measurement. The peer is `project` of the question with one draw's values put in, the way in which a spreadsheet's
what-if table does it: timed over fewer draws and multiplied, as the row says. Both give the same amounts to the cent
for those draws, or the comparison fails.
"""

import sys
import time
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.comparison import Context, Found
from benchmarks.figures import of_repeats, ratio_of, value_of
from benchmarks.result import BenchmarkError, Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_most
from planner.services.plans.questions import (
    PUBLISHED_MODELS,
    Ground,
    flagship_run,
    measured_question,
    published_question,
)
from planner.services.plans.request import PlanRequest
from planner.store.repository import Store
from pricing.book import shipped_book
from pricing.projection.model import ColumnName, Projection
from pricing.projection.projecting import project
from pricing.targets import shipped_targets
from pricing.uncertainty import Model, assess, drawn, substituted
from pricing.uncertainty.tornado import tornado

_DRAWS = 10_000
_MOST_DRAWN_S, _MOST_TORNADO_S = 0.200, 1.0
_AS_OF = date(2026, 7, 31)
_DATABASE = Path(__file__).resolve().parent.parent / "results.db"
_HALF_A_CENT = 0.005
_PEER = "project() of each draw"


def run(context: Context) -> Found:
    """Each question of the default plan."""
    found = Found()
    for title, projection in _projections():
        context.narrate(title)
        found.rows.extend(_rows(title, projection, context))
    return found


def _projections() -> list[tuple[str, Projection]]:
    ground = Ground(request=PlanRequest(), book=shipped_book(), targets=shipped_targets(), today=_AS_OF)
    asked = [(model, published_question(ground, model)) for model in PUBLISHED_MODELS]
    if _DATABASE.exists():
        with Store.open_existing(str(_DATABASE)) as store:
            runs = flagship_run(store)
        asked += [("the measured workload", measured_question(ground, runs))] if runs else []
    return [(title, project(one.question)) for title, one in asked]


def _rows(title: str, projection: Projection, context: Context) -> list[Row]:
    assess(projection, draws=100)  # reads the tables
    turns, fewer = context.times(7, 2), context.times(50, 3)
    drawing, assessing, asking, swinging = [], [], [], []
    for turn in range(turns):
        began = time.perf_counter()
        model = Model(projection)
        model.outcome(drawn(model.inputs, draws=_DRAWS, seed=turn))
        drawing.append(time.perf_counter() - began)
        asking.append(_one_by_one(projection, fewer=fewer, seed=turn) * _DRAWS / fewer)
        began = time.perf_counter()
        assess(projection, draws=_DRAWS, seed=turn)
        assessing.append(time.perf_counter() - began)
        began = time.perf_counter()
        for change in projection.changes:
            tornado(model, change.name)
        swinging.append(time.perf_counter() - began)
    draws, everything, bars = (of_repeats(times, Unit.SECONDS) for times in (drawing, assessing, swinging))
    return [
        Row(
            what=f"10,000 draws of every fleet, {title}",
            ours=draws,
            peer=of_repeats(asking, Unit.SECONDS),
            peer_name=_PEER,
            ratio=ratio_of(drawing, asking),
            target="≤ 200 ms",
            outcome=at_most(value_of(draws), _MOST_DRAWN_S),
            note=f"the peer's figure is that of {fewer} whole projections, multiplied; {len(drawing)} turns",
            in_readme=True,
        ),
        Row(
            what=f"the same with quantiles, tornado and the value of every measurement, {title}",
            ours=everything,
            target="≤ 200 ms",
            outcome=at_most(value_of(everything), _MOST_DRAWN_S),
            in_readme=True,
        ),
        Row(
            what=f"tornado of every change, {title}",
            ours=bars,
            target="≤ 1 s",
            outcome=at_most(value_of(bars), _MOST_TORNADO_S),
            in_readme=True,
        ),
    ]


def _one_by_one(projection: Projection, *, fewer: int, seed: int) -> float:
    """Seconds of so many projections, whose amounts are those of the arrays."""
    model = Model(projection)
    values = drawn(model.inputs, draws=fewer, seed=seed)
    outcome = model.outcome(values)
    asked = [
        substituted(projection.question, model.inputs, {key: float(row[number]) for key, row in values.items()})
        for number in range(fewer)
    ]
    began = time.perf_counter()
    answers = [project(one) for one in asked]
    taken = time.perf_counter() - began
    for name in ColumnName:
        if name in outcome.changes:
            worths = np.broadcast_to(outcome.changes[name].npv, fewer)
            _require_same(name, worths.tolist(), answers)
    return taken


def _require_same(name: ColumnName, worths: list[float], answers: list[Projection]) -> None:
    for worth, answer in zip(worths, answers, strict=True):
        change = answer.change(name)
        if change is None or abs(worth - float(change.cash.npv.planned.amount)) > _HALF_A_CENT:
            raise BenchmarkError(f"{name}: a draw is worth {worth} on arrays, and not so by project()")


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
