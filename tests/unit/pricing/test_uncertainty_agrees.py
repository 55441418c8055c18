"""That the model on arrays says of every draw what `project` says of the question with those values, to the cent."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from helpers.price_rows import make_offer
from helpers.projections import A100, T4, bound, own_book, owned, plain, question, rate, rates

from pricing.book import PriceBook
from pricing.errors import PricingError
from pricing.money import Money
from pricing.projection.model import ColumnName, Question
from pricing.projection.projecting import project
from pricing.uncertainty import Model, drawn, substituted
from pricing.vocabulary import Basis, BatchCurve, Range

_CPU = "epyc-milan"
_MANY = 4_000
_NIGHT_AND_DAY = [0.1] * 10 + [0.5] * 4 + [1.0] * 9 + [0.0]
_SPREAD = rates(
    rate(A100, "tf32", Range(low=7_000, point=9_000, high=14_000)),
    rate(A100, "int8", Range(low=25_000, point=None, high=36_000)),
    rate(T4, "int8", Range(low=4_000, point=5_500, high=7_000)),
)
_EIGHT = make_offer(20, instance="eight-a100", target_id=A100, device="A100", devices=8.0)
_FOUR = make_offer(4, instance="four-t4", devices=4.0)
_BOOK = PriceBook((*own_book(3, t4=1).offers, _EIGHT, _FOUR))
_LOAD: dict[str, Any] = {"demand__peak": "150000 requests/s"}


def _split() -> Question:
    return question(_SPREAD, book=_BOOK, fleet__zones=3, fleet__spares=1, **_LOAD)


def _autoscaled() -> Question:
    return question(_SPREAD, book=_BOOK, demand__profile=_NIGHT_AND_DAY, fleet__autoscaling=True, **_LOAD)


def _counted() -> Question:
    return question(_SPREAD, book=_BOOK, from__instances=17, **_LOAD)


def _bounded() -> Question:
    return question(_SPREAD | rates(bound(A100, "tf32", 15_000)), book=_BOOK, **_LOAD)


def _transferred() -> Question:
    """The T4's rate comes from the A100's, which serves, too."""
    base = _SPREAD[A100, "int8"]
    ratio = Range(low=0.12, point=0.16, high=0.22)
    made = replace(_SPREAD[T4, "int8"], basis=Basis(rate=base, ratio=ratio))
    return question(_SPREAD | rates(made), book=_BOOK, **_LOAD)


def _bought() -> Question:
    machines = (owned(T4, 2_000, residual=Money.of(200)), owned(T4, 1_700, name="used t4", life_years=2.0))
    return plain(_SPREAD, book=PriceBook(own_book().offers, owned=machines), to__purchase="owned", **_LOAD)


def _owned_today() -> Question:
    machines = (owned(A100, 15_000), owned(T4, 2_500, life_years=2.5))
    return question(
        _SPREAD,
        book=PriceBook((), owned=machines),
        from__purchase="owned",
        to__purchase="owned",
        money__horizon="4 years",
        **_LOAD,
    )


def _on_cpus(curve: BatchCurve | None, *, limit_s: float = 0.05) -> Question:
    book = PriceBook(
        tuple(
            make_offer(vcpus / 32, instance=f"{vcpus}-cpu", target_id=_CPU, device="EPYC", devices=0.0, vcpus=vcpus)
            for vcpus in (4, 32)
        )
    )
    known = rates(
        rate(_CPU, "fp32", Range(low=300, point=330, high=400), vcpus=4, curve=curve),
        rate(_CPU, "int8", Range(low=500, point=700, high=720), vcpus=4),
    )
    places: dict[str, Any] = {"from__target": _CPU, "to__target": _CPU, "from__precision": "fp32"}
    return question(known, book=book, limit_s=limit_s, demand__peak="2500 requests/s", **places)


def _one_queue() -> Question:
    return _on_cpus(BatchCurve(fixed_s=1 / 320, per_sample_s=0.0, max_batch=1))


def _batches() -> Question:
    return _on_cpus(BatchCurve(fixed_s=0.002, per_sample_s=0.001, max_batch=16))


def _too_slow_for_some() -> Question:
    """At 60 % of its rate a replica takes longer for one request than is promised."""
    return _on_cpus(BatchCurve(fixed_s=1 / 320, per_sample_s=0.0, max_batch=1), limit_s=0.0032)


_ASKED: tuple[Callable[[], Question], ...] = (
    _split,
    _autoscaled,
    _counted,
    _bounded,
    _transferred,
    _bought,
    _owned_today,
    _one_queue,
    _batches,
    _too_slow_for_some,
)


@pytest.mark.parametrize("ask", _ASKED, ids=lambda one: one.__name__[1:])
def test_every_draw_is_what_project_says_of_the_question_with_those_values(ask: Callable[[], Question]) -> None:
    asked = ask()
    model = Model(project(asked))
    draws = 12
    values = drawn(model.inputs, draws=draws, seed=3)
    found = model.outcome(values)

    assert len(values) > 2
    for number in range(draws):
        at = {key: float(row[number]) for key, row in values.items()}
        told = _told(found, number, draws)
        try:
            expected = project(substituted(asked, model.inputs, at))
        except PricingError:
            assert not np.broadcast_to(found.fleets[ColumnName.STAY].is_feasible, draws)[number]
            continue
        for column in expected.columns:
            assert round(told[column.name, "cost"], 2) == float(column.cost.planned.cents)
        for change in expected.changes:
            assert told[change.name, "saving"] == pytest.approx(float(change.per_year.planned.amount), abs=0.005)
            assert told[change.name, "npv"] == pytest.approx(float(change.cash.npv.planned.amount), abs=0.005)


def _told(found: Any, number: int, draws: int) -> dict[tuple[ColumnName, str], float]:  # noqa: ANN401 - as it comes
    def one(row: Any) -> float:  # noqa: ANN401 - likewise
        return float(np.broadcast_to(row, draws)[number])

    costs = {(name, "cost"): one(fleet.cost) for name, fleet in found.fleets.items()}
    savings = {(name, "saving"): one(change.saving) for name, change in found.changes.items()}
    return costs | savings | {(name, "npv"): one(change.npv) for name, change in found.changes.items()}
