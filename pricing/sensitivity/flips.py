"""At which price, load, rate and date does the cheapest fleet change? By yearly cost as planned, outlays apart."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pricing.book import per_device_hour
from pricing.projection.columns import choices
from pricing.projection.model import Column, ColumnName, Projection
from pricing.sensitivity.dates import date_lines
from pricing.sensitivity.points import Flip, FlipKind, Flips
from pricing.sensitivity.variations import Priced, Variations

_STEPS = 40  # a decade: factors some 6 % apart
_LOADS = 3.0  # decades up and down
_RATES = 64.0  # a factor
_HALVINGS = 50  # of a step of 6 %: down to what a float tells apart
_EACH = f"in steps of {100 * (10 ** (1 / _STEPS) - 1):.0f} %"


def find_flips(projection: Projection) -> Flips:
    """Vary one thing at a time. A change is among the choices if quality allows it and its rate is more than a bound.

    Fleets are whole instances, so that the cheapest may change, and change back, with the load: the nearest change is
    told that the steps find. `at` is the first value beyond it, to the precision of a float.
    """
    allowed = choices(projection.columns)
    if len(allowed) < 2:  # noqa: PLR2004 - nothing to change to
        return Flips(points=(), dates=())
    question = projection.question
    variations = Variations(question, tuple(column.name for column in allowed))
    best = min(allowed, key=lambda column: column.cost.planned.amount)
    points = (*_prices(allowed, best), *_loads(projection, variations), *_rates(allowed, best, variations))
    return Flips(points=points, dates=date_lines(question, variations))


def _prices(allowed: Sequence[Column], best: Column) -> tuple[Flip, ...]:
    """All prices of a place move alike, and so does the cost of its fleets: the point is where their costs meet.

    What stays in its place shares today's prices, so between two such columns no price decides.
    """
    is_move = best.name is ColumnName.MOVE
    others = [column for column in allowed if (column.name is ColumnName.MOVE) is not is_move]
    if not others:
        return ()
    rival = min(others, key=lambda column: column.cost.planned.amount)
    factor = rival.cost.planned.ratio(best.cost.planned)
    stay, move = (rival, best) if is_move else (best, rival)
    ratio = _device_price(stay) / _device_price(move)

    def flip(kind: FlipKind, subject: str, now: float, at: float, unit: str) -> Flip:
        span = "all prices of that place alike"
        return Flip(
            kind=kind, subject=subject, now=now, at=at, unit=unit, before=best.name, after=rival.name, span=span
        )

    def price(column: Column, factor: float) -> Flip:
        offer = column.line.offer
        now = float(offer.rate.amount)
        subject = f"{offer.provider} {offer.instance}"
        return flip(FlipKind.PRICE, subject, now, now * factor, f"{offer.rate.currency}/h")

    subject = f"the price of one {stay.target_id} over that of one {move.target_id}"
    at = ratio / factor if is_move else ratio * factor
    return (price(best, factor), price(rival, 1 / factor), flip(FlipKind.PRICE_RATIO, subject, ratio, at, "×"))


def _device_price(column: Column) -> float:
    """Of an accelerator; of a CPU that of a hardware thread, or of the instance where that is not stated."""
    offer = column.line.offer
    price = per_device_hour(offer)
    return float(offer.rate.amount) / (offer.vcpus or 1) if price is None else float(price.amount)


def _loads(projection: Projection, variations: Variations) -> tuple[Flip, ...]:
    """The nearest load above and below the plan's at which another column is the cheapest."""
    peak = projection.question.assumptions.demand.peak_per_s
    before = variations.at_load(1.0).cheapest
    if before is None:
        return ()
    found = []
    for end, words in ((10**_LOADS, "up"), (10**-_LOADS, "down")):
        change = _nearest(variations.at_load, before, end)
        found.append(
            Flip(
                kind=FlipKind.LOAD,
                subject="the peak",
                now=peak,
                at=None if change is None else peak * change.factor,
                unit="requests/s",
                before=before,
                after=None if change is None else change.after,
                span=f"{words} to {peak * end:,.0f} requests/s, {_EACH}, every fleet as large as the load asks for",
            )
        )
    return tuple(found)


def _rates(allowed: Sequence[Column], best: Column, variations: Variations) -> tuple[Flip, ...]:
    """How slow the cheapest may be, and at which speed-up over today's replica it stops, or starts, to be a change."""
    stay = allowed[0]
    slower = _nearest(lambda factor: variations.at_rate(best, factor), best.name, 1 / _RATES)
    down = f"down to a {_RATES:.0f}th, {_EACH}"
    now = best.rate.sizing_per_s
    rate = Flip(
        kind=FlipKind.BASELINE if best.is_bound else FlipKind.RATE,
        subject=f"one replica of {best.target_id} in {best.precision}",
        now=now,
        at=None if slower is None else now * slower.factor,
        unit="requests/s",
        before=best.name,
        after=None if slower is None else slower.after,
        span=down,
    )
    if best is not stay:
        return (rate, _speed_up(stay, best, slower, before=best.name, span=down))
    second = min(allowed[1:], key=lambda column: column.cost.planned.amount)
    faster = _nearest(lambda factor: variations.at_rate(second, factor), best.name, _RATES)
    up = f"up to {_RATES:.0f} times that, {_EACH}"
    return (rate, _speed_up(stay, second, faster, before=best.name, span=up))


def _speed_up(stay: Column, column: Column, change: "_Change | None", *, before: ColumnName, span: str) -> Flip:
    """Replica for replica. Of a baseline that is bounded from above the speed-up is bounded from below."""
    now = column.rate.sizing_per_s / stay.rate.sizing_per_s
    least = ", at least" if stay.is_bound else ""
    return Flip(
        kind=FlipKind.SPEED_UP,
        subject=f"{column.precision} on {column.target_id} over {stay.precision} on {stay.target_id}{least}",
        now=now,
        at=None if change is None else now * change.factor,
        unit="×",
        before=before,
        after=None if change is None else change.after,
        span=span,
    )


@dataclass(frozen=True, slots=True)
class _Change:
    factor: float
    after: ColumnName


def _nearest(vary: Callable[[float], Priced], before: ColumnName, end: float) -> _Change | None:
    """The change nearest to 1 on the way to `end`; None where there is none, or no fleet can be sized before one."""
    steps = math.ceil(_STEPS * abs(math.log10(end)))
    near = 1.0
    for step in range(1, steps + 1):
        far = end ** (step / steps)
        after = vary(far).cheapest
        if after is None:
            return None
        if after is not before:
            return _halved(vary, before, near, far)
        near = far
    return None


def _halved(vary: Callable[[float], Priced], before: ColumnName, near: float, far: float) -> _Change | None:
    after = vary(far).cheapest
    for _ in range(_HALVINGS):
        middle = math.sqrt(near * far)
        if middle in (near, far):
            break
        found = vary(middle).cheapest
        near, far = (middle, far) if found is before else (near, middle)
        after = after if found is before else found
    return None if after is None else _Change(factor=far, after=after)
